import { cachedCatalog } from '../../lambdas/catalog/cached-catalog.ts';
import type {
  Aggregation,
  CatalogBodies,
  CatalogEntry,
  CatalogKind,
  CatalogReader,
  Meter,
} from '../../lambdas/catalog/types.ts';
import { manualClock } from '../../lambdas/platform/clock.ts';
import { addDays, daysBetween } from '../../lambdas/platform/period.ts';
import { memoryCatalog } from '../twins/memory-catalog.ts';

/** The company whose usage is simulated: one account of two subjects, and a subject that nobody owns at first. */
export const ACCOUNT = 'acct-01';
export const SUBJECTS = ['org-01', 'org-02'];
export const STRANGER = 'org-03';

/** The UTC days on which events happen: at the end of a month, and of summer time in Newfoundland. */
export const FIRST_DAY = '2026-10-29';
export const LAST_DAY = '2026-11-02';

/** Every UTC day that usage can lie in, and those beside them. */
export const daysOfUsage = (): string[] =>
  Array.from({ length: daysBetween(FIRST_DAY, LAST_DAY) + 3 }, (_, n) => addDays(FIRST_DAY, n - 1));

/** From when on searches are counted by another rule. */
export const SEARCHES_CHANGE = '2026-10-31T12:00:00.000Z';
/** Limits count by the month in Kolkata, which begins at half past six in the evening before in UTC. */
export const LIMIT_EDGE = '2026-10-31T18:30:00.000Z';
export const LIMIT_PERIODS = ['2026-10-01', '2026-11-01'] as const;
export const LIMITS = [
  { id: 'team-calls', meter: 'calls', kind: 'api.requests', quantity: 7_000, thresholds: [30, 50, 80, 100] },
  { id: 'team-users', meter: 'users', kind: 'user.active', quantity: 6, thresholds: [50, 100] },
];

const LONG_AGO = '2024-01-01T00:00:00.000Z';

const entry = <K extends CatalogKind>(
  kind: K,
  id: string,
  body: CatalogBodies[K],
  { version = 1, effectiveFrom = LONG_AGO, publishedAt = LONG_AGO } = {},
): CatalogEntry<CatalogBodies[K]> => ({
  kind,
  id,
  version,
  effectiveFrom,
  hash: '0'.repeat(64),
  publishedAt,
  proposedBy: 'ada',
  publishedBy: 'grace',
  body,
});

const meter = (
  id: string,
  aggregation: Aggregation,
  eventType: string,
  {
    valuePath,
    dimension,
    only,
  }: { readonly valuePath?: string; readonly dimension?: string; readonly only?: string[] },
  about?: Parameters<typeof entry>[3],
) =>
  entry(
    'meter',
    id,
    {
      id,
      name: id,
      eventType: `com.larkspur.${eventType}`,
      aggregation,
      ...(valuePath === undefined ? {} : { valuePath }),
      dimensions: dimension === undefined ? [] : [{ name: dimension, path: `/${dimension}` }],
      filters: only === undefined ? [] : [{ path: '/endpoint', oneOf: only }],
      unit: 'unit',
    },
    about,
  );

const value = { valuePath: '/count' };

/** A meter of each aggregation; one has two versions. Summaries are measured by none. */
const METERS = [
  meter('average', 'AVG', 'api.requests', value),
  meter('calls', 'SUM', 'api.requests', { ...value, dimension: 'endpoint' }),
  meter('largest', 'MAX', 'api.requests', value),
  meter('requests', 'COUNT', 'api.requests', {}),
  meter('searches', 'SUM', 'api.requests', { ...value, only: ['search'] }),
  meter(
    'searches',
    'SUM',
    'api.requests',
    { ...value, only: ['search', 'read'] },
    { version: 2, effectiveFrom: SEARCHES_CHANGE },
  ),
  meter('seats', 'LATEST', 'seats.changed', { valuePath: '/seats' }),
  meter('smallest', 'MIN', 'api.requests', value),
  meter('storage', 'TIME_WEIGHTED', 'storage.sampled', { valuePath: '/gb' }),
  meter('users', 'UNIQUE_COUNT', 'user.active', { valuePath: '/userId' }),
];

/** Published in the middle of some runs, over events that are there already: new meters, and a correction of an old one. */
const newMeters = (publishedAt: string) => [
  meter('endpoints', 'UNIQUE_COUNT', 'api.requests', { valuePath: '/endpoint' }, { publishedAt }),
  meter('searches', 'SUM', 'api.requests', { ...value, only: ['search', 'write'] }, { version: 3, publishedAt }),
  meter('writes', 'MAX', 'api.requests', { ...value, only: ['write'] }, { publishedAt }),
];

const PLAN = 'team';
const account = (id: string) => entry('account', id, { id, name: id, salesRegion: 'us', entity: 'us', plan: PLAN });

const COMPANY = [
  ...METERS,
  account(ACCOUNT),
  ...SUBJECTS.map((subject) => entry('attribution', subject, { subject, account: ACCOUNT })),
  entry('contract', 'contract-01', {
    id: 'contract-01',
    account: ACCOUNT,
    payer: ACCOUNT,
    entity: 'us',
    currency: 'USD',
    zone: 'Asia/Kolkata',
    start: '2026-01-01',
    anchorDay: 1,
    cadence: 'monthly',
    priceBook: 'book',
    items: [],
    policy: 'standard',
  }),
  ...LIMITS.map(({ id, meter: of, quantity, thresholds }) =>
    entry('limit', id, { id, plan: PLAN, meter: of, quantity: String(quantity), thresholds }),
  ),
];

/** The company's catalog, to which new meters are published. */
export type Company = {
  readonly catalog: CatalogReader;
  meters(): readonly CatalogEntry<Meter>[];
  publish(now: string): void;
  /** Whether the new meters were published. */
  hasNewMeters(): boolean;
};

/** The twin is read only once: it copies all that it answers. */
const readOnce = (entries: readonly CatalogEntry[]): CatalogReader =>
  cachedCatalog(memoryCatalog(entries), manualClock(LONG_AGO));

export const makeCompany = (): Company => {
  let [meters, catalog, isNew] = [METERS, readOnce(COMPANY), false];
  const history: CatalogReader['history'] = (kind) => catalog.history(kind);
  return {
    catalog: {
      history,
      get: (kind, id, asOf) => catalog.get(kind, id, asOf),
      list: (kind, asOf) => catalog.list(kind, asOf),
      version: (kind, id, version) => catalog.version(kind, id, version),
    },
    meters: () => meters,
    publish: (now) => {
      isNew = true;
      const added = newMeters(now);
      meters = [...METERS, ...added];
      catalog = readOnce([...COMPANY, ...added]);
    },
    hasNewMeters: () => isNew,
  };
};
