import { expect } from 'vitest';
import type { CatalogEntry, Meter, PriceBook } from '../../../lambdas/catalog/types.ts';
import type { CloseDates } from '../../../lambdas/close/names.ts';
import type { LinesFile } from '../../../lambdas/close/rate-account.ts';
import { startClose } from '../../../lambdas/close/start-close.ts';
import { ledgerUsage } from '../../../lambdas/close/usage-port.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { appendBatch } from '../../../lambdas/usage/ledger/append-batch.ts';
import { meterIndex } from '../../../lambdas/usage/ledger/meter-states.ts';
import { writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import type { ArchivePointer, CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { archiveOf, unreadArchive } from '../../twins/memory-archive-lines.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { memoryOverlays, overlayReader } from '../../twins/memory-overlays.ts';
import { memoryDirtyMarks, memorySettled, memorySubjects } from '../../twins/memory-projection.ts';
import { memoryFindings } from '../../twins/memory-walk.ts';
import { usage } from '../usage/usage-fixtures.ts';
import { catalogOf, entry } from './close-catalog.ts';
import { approveAll, contract, documentsOf, goOn, makeWorld, runMachine } from './close-world.ts';

export const SEPTEMBER = { start: '2026-09-01', end: '2026-10-01' };
export const OCTOBER = { start: '2026-10-01', end: '2026-11-01' };
export const NOVEMBER = { start: '2026-11-01', end: '2026-12-01' };

const meter = (id: string, aggregation: Meter['aggregation'], valuePath: string, unit: string): CatalogEntry<Meter> => {
  const body: Meter = { id, name: id, eventType: id, aggregation, valuePath, dimensions: [], filters: [], unit };
  return { ...entry('meter', id, body), body };
};
const METERS: CatalogEntry<Meter>[] = [
  meter('seats', 'LATEST', '/seats', 'seat'),
  meter('storage', 'TIME_WEIGHTED', '/gb', 'GB'),
  meter('calls', 'SUM', '/count', 'call'),
];

/** 31.00 a seat and month by day, 0.10 a GB, 1.00 a call. */
export const BOOK = entry<PriceBook>('price-book', 'going-on', {
  id: 'going-on',
  name: 'Seats and storage',
  currency: 'USD',
  prices: [
    {
      id: 'seats',
      product: 'platform',
      description: 'Seats',
      meter: 'seats',
      perDimensions: [],
      steps: [{ step: 'seats', unitPrice: '31.00', proration: 'day' }],
    },
    {
      id: 'storage',
      product: 'api-calls',
      description: 'Storage',
      meter: 'storage',
      perDimensions: [],
      steps: [{ step: 'per-unit', unitPrice: '0.10' }],
    },
    {
      id: 'calls',
      product: 'api-calls',
      description: 'Calls',
      meter: 'calls',
      perDimensions: [],
      steps: [{ step: 'per-unit', unitPrice: '1' }],
    },
    {
      id: 'fee',
      product: 'platform',
      description: 'Fee',
      perDimensions: [],
      steps: [{ step: 'recurring-fee', amount: '31', proration: 'day' }],
    },
  ],
});

/** A contract over that book in UTC: seats and storage, unless said otherwise. */
export const agreed = (over: Parameters<typeof contract>[1] = {}) =>
  contract('a1', {
    priceBook: 'going-on',
    zone: 'Etc/UTC',
    items: [
      { id: 'seats', price: 'seats' },
      { id: 'storage', price: 'storage' },
    ],
    ...over,
  });

export const seats = (time: string, count: number, subject = 'org-a1'): CanonicalUsage =>
  usage({ id: `s-${time}-${subject}`, subject, time, type: 'seats', data: { seats: count } });
export const gigabytes = (time: string, gb: string, subject = 'org-a1'): CanonicalUsage =>
  usage({ id: `g-${time}-${subject}`, subject, time, type: 'storage', data: { gb } });

export const calls = (time: string, count: number, subject = 'org-a1'): CanonicalUsage =>
  usage({ id: `c-${time}-${subject}`, subject, time, type: 'calls', data: { count } });

/** A house whose closes read a real ledger (in memory): account a1 with these catalog entries. */
export const ledgerWorld = (...contracts: CatalogEntry[]) => {
  const others = catalogOf().filter(({ id, kind }) => kind !== 'contract' && id !== 'org-a2');
  const made = makeWorld([...others, ...METERS, BOOK, ...contracts]);
  const appended: CanonicalUsage[] = [];
  const sources = {
    ledger: memoryLedger(),
    overlays: overlayReader(memoryOverlays(), { lines: (key) => archiveOf(appended).lines(key) }),
    subjects: memorySubjects(),
    marks: memoryDirtyMarks(),
  };
  const port = ledgerUsage({
    ...sources,
    settled: memorySettled(),
    catalog: made.catalog,
    findings: memoryFindings(),
  });
  Object.assign(made.ports.usage, port);
  const clock = manualClock('2026-11-02T00:00:00.000Z');
  const memory = writerMemory();
  const append = async (...given: CanonicalUsage[]) => {
    const events = given.map((event, n) => ({ ...event, pointer: { key: 'archive/1', line: appended.length + n } }));
    appended.push(...events);
    await appendBatch(
      { ...sources, archive: unreadArchive, touched: memoryOverlays(), clock, ids: countingIds(), memory },
      events,
      meterIndex(METERS),
    );
  };
  const closed: string[] = [];
  /** What a close of these dates bills, as `product: amount`. */
  const close = async (dates: CloseDates): Promise<string[]> => {
    const over = `${dates.end}T12:00:00.000Z`;
    // After the grace, in every zone.
    if (made.clock.now() < over) made.clock.advance(Date.parse(over) + 2 * 86_400_000 - made.clock.nowMillis());
    const { closeId } = await startClose(made, { ...dates, startedBy: 'pia' });
    await runMachine(made, closeId);
    await approveAll(made, closeId);
    await goOn(made, closeId);
    expect((await made.store.close(closeId))?.status).toBe('done');
    made.clock.advance(3_600_000);
    closed.push(closeId);
    const documents = await documentsOf(made, closeId);
    return documents.flatMap(({ lines }) => lines.map(({ product, amount }) => `${product}: ${amount}`));
  };
  /** The lines that the newest close rated of an account, as `description period: amount`. */
  const lines = async (account = 'a1'): Promise<string[]> => {
    const progress = await made.store.account(closed.at(-1) ?? '', account);
    const file = JSON.parse((await made.files.getText(progress?.rated?.linesKey ?? '')) ?? '{"lines":[]}') as Pick<
      LinesFile,
      'lines'
    >;
    return file.lines.map(
      ({ description, period, amount }) => `${description} ${period.start} to ${period.end}: ${amount}`,
    );
  };
  /** What leads from a line to its events. */
  const explaining = {
    store: made.store,
    files: made.files,
    catalog: made.catalog,
    ledger: sources.ledger,
    archive: {
      line: async ({ key, line }: ArchivePointer) => {
        const found = (await archiveOf(appended).lines(key))[line];
        if (found === undefined) throw new Error(`${key} has no line ${line}`);
        return found;
      },
    },
  };
  return { made, append, close, lines, closed, sources, explaining };
};
