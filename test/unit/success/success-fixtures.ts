import type { CatalogBodies, CatalogEntry, CatalogKind } from '../../../lambdas/catalog/types.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import type { DomainEventPublisher, DomainEvents } from '../../../lambdas/platform/domain-events.ts';
import { addDays } from '../../../lambdas/platform/period.ts';
import { stateKey } from '../../../lambdas/usage/ledger/state.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { overlayReader } from '../../twins/memory-overlays.ts';
import { memoryDirtyMarks, memorySettled, memorySubjects } from '../../twins/memory-projection.ts';
import { memorySignals } from '../../twins/memory-signals.ts';

const entry = <K extends CatalogKind>(kind: K, id: string, body: CatalogBodies[K]): CatalogEntry => ({
  kind,
  id,
  version: 1,
  effectiveFrom: '2024-01-01T00:00:00.000Z',
  hash: 'h',
  publishedAt: '2024-01-01T00:00:00.000Z',
  proposedBy: 'ada',
  publishedBy: 'grace',
  body,
});

const CATALOG = [
  entry('account', 'acct-05', {
    id: 'acct-05',
    name: 'Quill & Finch',
    salesRegion: 'us',
    entity: 'larkspur-inc',
    plan: 'business',
    success: { companyId: '1P02A', ownerEmail: 'csm@larkspur.example' },
  }),
  entry('account', 'acct-06', {
    id: 'acct-06',
    name: 'No Success',
    salesRegion: 'eu',
    entity: 'larkspur-gmbh',
    plan: 'team',
  }),
  entry('contract', 'contract-05', {
    id: 'contract-05',
    account: 'acct-05',
    payer: 'acct-05',
    entity: 'larkspur-inc',
    currency: 'USD',
    zone: 'Asia/Kolkata',
    start: '2024-01-01',
    anchorDay: 1,
    cadence: 'monthly',
    priceBook: 'list-usd',
    items: [],
    policy: 'standard',
  }),
  entry('attribution', 'org-05', { subject: 'org-05', account: 'acct-05' }),
  entry('attribution', 'org-55', { subject: 'org-55', account: 'acct-05' }),
  entry('attribution', 'org-06', { subject: 'org-06', account: 'acct-06' }),
  entry('meter', 'api_calls', {
    id: 'api_calls',
    name: 'API calls',
    eventType: 'com.larkspur.api.requests',
    aggregation: 'SUM',
    valuePath: '/count',
    dimensions: [{ name: 'endpoint', path: '/endpoint' }],
    filters: [],
    unit: 'call',
  }),
  entry('signal-rule', 'api-usage-drop', {
    id: 'api-usage-drop',
    name: 'Sudden drop in API calls',
    signal: 'usage-drop',
    meter: 'api_calls',
    baselineWeeks: 2,
    days: 3,
    below: '0.5',
    minimumBaseline: '1000',
    priority: 'High',
  }),
];

/** A publisher that remembers, and fails when told so. */
const memoryPublisher = () => {
  const raised: DomainEvents['signal.raised'][] = [];
  const state = { failing: false };
  const publisher: DomainEventPublisher = {
    publish: async (_type, details) => {
      if (state.failing) throw new Error('the bus is not there');
      raised.push(...(details as readonly DomainEvents['signal.raised'][]));
    },
  };
  return { publisher, raised, state };
};

/** Everything that the success domain needs, in memory, at noon of 2026-11-20. */
export const successHouse = () => {
  const clock = manualClock('2026-11-20T12:00:00.000Z');
  const usage = {
    ledger: memoryLedger(),
    overlays: overlayReader(),
    settled: memorySettled(),
    marks: memoryDirtyMarks(),
    subjects: memorySubjects(),
    clock,
  };
  const bus = memoryPublisher();
  const ports = {
    usage,
    clock,
    catalog: memoryCatalog(CATALOG),
    signals: memorySignals(),
    publisher: bus.publisher,
  };

  /** Settles days of a subject, one value a day, split over two endpoints. */
  const settle = async (subject: string, first: string, values: readonly number[], revision = 1): Promise<string[]> => {
    await usage.subjects.register({ subject, firstSeenAt: `${first}T00:00:00.000Z`, watchedFrom: first });
    const days: string[] = [];
    for (const [n, value] of values.entries()) {
      const day = addDays(first, n);
      days.push(day);
      const part = (share: number) => ({
        class: 'scalar' as const,
        count: 1,
        sum: String(share),
        min: String(share),
        max: String(share),
        latest: { time: `${day}T10:00:00.000Z`, value: String(share), idHash: 'a'.repeat(32) },
      });
      await usage.settled.put({
        format: 1,
        subject,
        day,
        revision,
        beganAt: '2026-11-20T00:00:00.000Z',
        versions: { [`${day}T10:00:00.000Z`]: revision },
        accepted: 2,
        late: 0,
        states: {
          [stateKey('api_calls', 1, { endpoint: 'read' })]: part(Math.floor(value / 2)),
          [stateKey('api_calls', 1, { endpoint: 'write' })]: part(value - Math.floor(value / 2)),
        },
      });
    }
    return days;
  };
  return { ports, settle, raised: bus.raised, bus: bus.state, clock };
};
