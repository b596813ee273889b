import { describe, expect, it } from 'vitest';
import type { CatalogEntry, Meter, PriceBook } from '../../../lambdas/catalog/types.ts';
import { startClose } from '../../../lambdas/close/start-close.ts';
import { ledgerUsage } from '../../../lambdas/close/usage-port.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { appendBatch } from '../../../lambdas/usage/ledger/append-batch.ts';
import { meterIndex } from '../../../lambdas/usage/ledger/meter-states.ts';
import { writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { unreadArchive } from '../../twins/memory-archive-lines.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { memoryOverlays, overlayReader } from '../../twins/memory-overlays.ts';
import { memoryDirtyMarks, memorySettled, memorySubjects } from '../../twins/memory-projection.ts';
import { memoryFindings } from '../../twins/memory-walk.ts';
import { usage } from '../usage/usage-fixtures.ts';
import { catalogOf, entry } from './close-catalog.ts';
import { approveAll, contract, documentsOf, goOn, makeWorld, runMachine } from './close-world.ts';

const SEPTEMBER = { start: '2026-09-01', end: '2026-10-01' };
const OCTOBER = { start: '2026-10-01', end: '2026-11-01' };

const meter = (id: string, aggregation: Meter['aggregation'], valuePath: string, unit: string): CatalogEntry<Meter> => {
  const body: Meter = { id, name: id, eventType: id, aggregation, valuePath, dimensions: [], filters: [], unit };
  return { ...entry('meter', id, body), body };
};
const METERS: CatalogEntry<Meter>[] = [
  meter('seats', 'LATEST', '/seats', 'seat'),
  meter('storage', 'TIME_WEIGHTED', '/gb', 'GB'),
];

/** 31.00 a seat and month, 0.10 a GB. */
const BOOK = entry<PriceBook>('price-book', 'going-on', {
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
  ],
});

const agreed = (over: Parameters<typeof contract>[1] = {}) =>
  contract('a1', {
    priceBook: 'going-on',
    zone: 'Etc/UTC',
    items: [
      { id: 'seats', price: 'seats' },
      { id: 'storage', price: 'storage' },
    ],
    ...over,
  });

const seats = (time: string, count: number, subject = 'org-a1'): CanonicalUsage =>
  usage({ id: `s-${time}-${subject}`, subject, time, type: 'seats', data: { seats: count } });
const gigabytes = (time: string, gb: string, subject = 'org-a1'): CanonicalUsage =>
  usage({ id: `g-${time}-${subject}`, subject, time, type: 'storage', data: { gb } });

const world = (...contracts: CatalogEntry[]) => {
  const others = catalogOf().filter(({ id, kind }) => kind !== 'contract' && id !== 'org-a2');
  const made = makeWorld([...others, ...METERS, BOOK, ...contracts]);
  const sources = {
    ledger: memoryLedger(),
    overlays: overlayReader(),
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
  const append = async (...events: CanonicalUsage[]) => {
    await appendBatch(
      { ...sources, archive: unreadArchive, touched: memoryOverlays(), clock, ids: countingIds(), memory },
      events,
      meterIndex(METERS),
    );
  };
  /** What a close of these dates bills, as `product: amount`. */
  const close = async (dates: typeof OCTOBER): Promise<string[]> => {
    const { closeId } = await startClose(made, { ...dates, startedBy: 'pia' });
    await runMachine(made, closeId);
    await approveAll(made, closeId);
    await goOn(made, closeId);
    expect((await made.store.close(closeId))?.status).toBe('done');
    made.clock.advance(3_600_000);
    const documents = await documentsOf(made, closeId);
    return documents.flatMap(({ lines }) => lines.map(({ product, amount }) => `${product}: ${amount}`));
  };
  return { made, append, close };
};

describe('what goes on from month to month', () => {
  it('are seats and storage that nobody touched since', async () => {
    const { append, close } = world(agreed());
    await append(seats('2026-09-21T00:00:00.000Z', 10), gigabytes('2026-09-16T00:00:00.000Z', '200'));
    // 10 seats for 10 of 30 days; 200 GB for 15 of 30 days.
    expect(await close(SEPTEMBER)).toEqual(['platform: 103.33', 'api-calls: 10.00']);
    expect(await close(OCTOBER)).toEqual(['platform: 310.00', 'api-calls: 20.00']);
  });

  it('also when the month before was never closed, or could not be rated', async () => {
    const never = world(agreed());
    await never.append(seats('2026-08-21T00:00:00.000Z', 10));
    expect(await never.close(OCTOBER)).toEqual(['platform: 310.00']);

    const failed = world(agreed({ items: [{ id: 'seats', price: 'gone' }] }));
    await failed.append(seats('2026-09-21T00:00:00.000Z', 10));
    expect(await failed.close(SEPTEMBER)).toEqual([]);
    const mended = { ...agreed(), version: 2, effectiveFrom: '2026-09-15T00:00:00.000Z' };
    failed.made.publish(mended);
    expect(await failed.close(OCTOBER)).toEqual(['platform: 310.00']);
  });

  it('and into a contract that begins within the month', async () => {
    const { append, close } = world(agreed({ start: '2026-10-12' }));
    await append(seats('2026-10-05T00:00:00.000Z', 31), gigabytes('2026-10-05T00:00:00.000Z', '100'));
    // 31 seats for 20 of 31 days; 100 GB all the time that is covered.
    expect(await close(OCTOBER)).toEqual(['platform: 620.00', 'api-calls: 10.00']);
  });

  it('and from one contract of a month to the next, and beyond one that ended', async () => {
    const first = agreed({ end: '2026-09-16' });
    const second = agreed({ id: 'contract-a1-next', start: '2026-09-16', end: '2026-09-26' });
    const third = agreed({ id: 'contract-a1-last', start: '2026-10-01' });
    const { append, close } = world(first, second, third);
    await append(seats('2026-09-01T00:00:00.000Z', 30), seats('2026-09-28T00:00:00.000Z', 40));
    // 30 seats for 15 and for 10 of 30 days; in October the 40 that were set while there was no contract.
    expect(await close(SEPTEMBER)).toEqual(['platform: 465.00', 'platform: 310.00']);
    expect(await close(OCTOBER)).toEqual(['platform: 1240.00']);
  });

  it('and with a subject that changes hands, at the edge of a month or within it', async () => {
    const edge = world(agreed());
    const moved = (effectiveFrom: string) =>
      entry('attribution', 'org-x', { subject: 'org-x', account: 'a1' }, { effectiveFrom });
    edge.made.publish(moved('2026-10-01T00:00:00.000Z'));
    await edge.append(seats('2026-09-05T00:00:00.000Z', 10, 'org-x'));
    await edge.close(SEPTEMBER);
    expect(await edge.close(OCTOBER)).toEqual(['platform: 310.00']);

    const inside = world(agreed());
    inside.made.publish(moved('2026-10-12T00:00:00.000Z'));
    await inside.append(seats('2026-10-05T00:00:00.000Z', 31, 'org-x'));
    expect(await inside.close(OCTOBER)).toEqual(['platform: 620.00']);
  });
});
