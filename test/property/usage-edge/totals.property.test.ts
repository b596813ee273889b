import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { usageRoutes } from '../../../lambdas/operations/usage-routes.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { makeArchive } from '../../../lambdas/usage/archive/archive.ts';
import { archiveCounter } from '../../../lambdas/usage/archive/archive-totals.ts';
import { countedDays } from '../../../lambdas/usage/archive/counted-days.ts';
import { makeAppendEvents } from '../../../lambdas/usage/ingest/append-events.ts';
import { type KinesisBatch, makeIngest } from '../../../lambdas/usage/ingest/ingest.ts';
import { writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import { releaseJudge } from '../../../lambdas/usage/quarantine/judge-release.ts';
import { type QuarantinePorts, release, writeOff } from '../../../lambdas/usage/quarantine/release.ts';
import { memoryArchiveObjects } from '../../twins/memory-archive-objects.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { memoryJobs } from '../../twins/memory-jobs.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { memoryOverlays } from '../../twins/memory-overlays.ts';
import { memoryDirtyMarks, memorySubjects } from '../../twins/memory-projection.ts';
import { memoryQuarantine } from '../../twins/memory-quarantine.ts';
import { caller } from '../../unit/operations/call.ts';
import { METERS } from '../../unit/usage/usage-fixtures.ts';
import { cancellation, event, eventText } from '../../unit/usage-edge/events.ts';
import { kinesisRecord, SETTINGS } from '../../unit/usage-edge/ingest-fixture.ts';

/**
 * Every line that was received is in one class, whatever came, was repeated, cancelled, replaced, loaded into a backfill,
 * released or written off: received = accepted + cancellations + duplicate + quarantined + released + written off. And
 * no class but those of the quarantine ever loses a line.
 */

const meters = METERS.map((meter) =>
  meter.body.eventType === 'api'
    ? { ...meter, body: { ...meter.body, eventType: 'com.larkspur.api.requests' } }
    : meter,
);

const world = () => {
  const clock = manualClock('2026-10-05T10:00:10.000Z');
  const archive = makeArchive(memoryArchiveObjects());
  const ledger = memoryLedger();
  const subjects = memorySubjects();
  const overlays = memoryOverlays();
  overlays.stand({ backfill: 'b-1', state: 'open', isFixed: false });
  const audit = memoryAuditLog(clock);
  const quarantine = memoryQuarantine(audit);
  const catalog = memoryCatalog(meters);
  const appendPorts = {
    ledger,
    archive,
    subjects,
    touched: overlays,
    backfills: overlays,
    marks: memoryDirtyMarks(),
    memory: writerMemory(),
    clock,
    ids: countingIds(),
  };
  const ingest = makeIngest(
    {
      archive,
      quarantine,
      append: makeAppendEvents(appendPorts, catalog),
      spill: { send: () => Promise.reject(new Error('nothing is spilled here')) },
      thresholds: async () => [],
      settleEarly: async () => ({ settled: 0, failures: [] }),
      stamper: () => async () => undefined,
      clock,
    },
    SETTINGS,
  );
  const batches: KinesisBatch[] = [];
  let sequence = 0;
  const arrive = async (lines: readonly string[]) => {
    sequence += 1;
    const batch = { Records: [kinesisRecord(sequence, ...lines)] };
    batches.push(batch);
    await ingest(batch);
  };
  const ports: QuarantinePorts = {
    quarantine,
    archive,
    clock,
    judge: releaseJudge({ ledger, overlays, clock, limits: SETTINGS }),
    stream: {
      put: async (lines) => {
        for (const { line } of lines) await arrive([line]);
        return lines.map((_, n) => ({ stream: 'usage', shard: 's', sequence: String(sequence + n), index: 0 }));
      },
    },
  };
  const call = caller(
    usageRoutes({
      countedDays: countedDays(ledger, overlays),
      subjects,
      catalog,
      count: archiveCounter(archive, quarantine, clock),
      starter: { jobs: memoryJobs(audit), functions: {}, clock, ids: countingIds() },
      clock,
    }),
  );
  const totals = async (start: string, end: string) => {
    const { body } = await call({ method: 'GET', path: '/v1/usage/totals', query: { start, end } });
    return body as Totals;
  };
  return { arrive, batches, ingest, ports, quarantine, totals };
};

type Totals = {
  readonly [name in
    | 'received'
    | 'accepted'
    | 'cancelled'
    | 'backfilled'
    | 'cancellations'
    | 'duplicate'
    | 'released'
    | 'writtenOff'
    | 'waiting']: number;
} & { readonly quarantined: Readonly<Record<string, number>> };

const TIMES = ['2026-09-30T23:50:00Z', '2026-10-01T00:05:00Z', '2026-10-05T09:30:00Z', '2026-10-05T09:31:00Z'];
const time = fc.constantFrom(...TIMES);
const id = fc.constantFrom('a', 'b', 'c', 'd');
const data = fc.constantFrom(1, 2).map((count) => ({ count, endpoint: 'read' }));
const backfill = fc.constantFrom({}, {}, { backfill: 'b-1' });

const used = fc
  .tuple(id, time, data, backfill)
  .map(([name, at, said, of]) => eventText({ id: name, time: at, data: said, ...of }));
const replacing = fc
  .tuple(id, id, time, time, backfill)
  .map(([name, replaces, at, replacestime, of]) =>
    eventText({ id: `r-${name}`, time: at, replaces, replacestime, ...of }),
  );
const cancelling = fc
  .tuple(id, id, time, backfill)
  .map(([name, cancels, at, of]) =>
    JSON.stringify({ ...cancellation({ id: `c-${name}`, time: at, data: { id: cancels } }), ...of }),
  );
const wrong = fc.constantFrom(
  'no json',
  eventText({ id: 'w-1', data: { count: -1, endpoint: 'read' } }),
  eventText({ id: 'w-2', type: 'unknown' }),
  eventText({ id: 'w-3', time: '2026-10-06T00:00:00Z' }),
);
const line = fc.oneof({ arbitrary: used, weight: 4 }, replacing, cancelling, wrong);

const step = fc.oneof(
  {
    arbitrary: fc.record({
      what: fc.constant('arrive' as const),
      lines: fc.array(line, { minLength: 1, maxLength: 5 }),
    }),
    weight: 4,
  },
  fc.record({ what: fc.constant('again' as const), nth: fc.nat(9) }),
  fc.record({ what: fc.constant('release' as const), nth: fc.nat(9), force: fc.boolean(), edited: fc.option(used) }),
  fc.record({ what: fc.constant('died' as const), nth: fc.nat(9), edited: used }),
  fc.record({ what: fc.constant('write off' as const), nth: fc.nat(9) }),
);

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

const run = async (steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]): Promise<void> => {
  const { arrive, batches, ingest, ports, quarantine, totals } = world();
  const nth = (n: number): string | undefined => {
    const open = [...quarantine.entries.values()].filter(({ state }) => state === 'waiting' || state === 'releasing');
    return open[n % Math.max(1, open.length)]?.id;
  };
  const dying: QuarantinePorts = {
    ...ports,
    stream: {
      put: async (lines) => {
        await ports.stream.put(lines);
        throw new Error('died');
      },
    },
  };
  const take = async (each: (typeof steps)[number]): Promise<unknown> => {
    if (each.what === 'arrive') return arrive(each.lines);
    if (each.what === 'again') return ingest(batches[each.nth % Math.max(1, batches.length)] ?? { Records: [] });
    const entry = nth(each.nth);
    if (entry === undefined) return undefined;
    if (each.what === 'write off') return writeOff(ports, entry, 'no', 'olga');
    if (each.what === 'died') return release(dying, entry, { note: 'x', body: each.edited, force: true }, 'olga');
    const body = each.edited === null ? {} : { body: each.edited };
    return release(ports, entry, { note: 'x', force: each.force, ...body }, 'olga');
  };
  const ranges = [
    ['2026-09-01', '2026-10-01'],
    ['2026-10-01', '2026-11-01'],
    ['2026-09-01', '2026-11-01'],
  ] as const;
  const before = new Map<string, Totals>();
  for (const each of steps) {
    // Refusals are answers too, and what died has done what it has.
    await take(each).catch(() => undefined);
    for (const [start, end] of ranges) {
      const found = await totals(start, end);
      const { received, accepted, cancellations, duplicate, quarantined, released, writtenOff, waiting } = found;
      expect(received).toBe(accepted + cancellations + duplicate + sum(quarantined) + released + writtenOff);
      expect(waiting).toBe(0);
      const last = before.get(start + end);
      if (last !== undefined) {
        for (const name of ['received', 'accepted', 'cancellations', 'duplicate', 'released', 'writtenOff'] as const) {
          expect(found[name]).toBeGreaterThanOrEqual(last[name]);
        }
      }
      before.set(start + end, found);
    }
  }
  const all = before.get('2026-09-012026-11-01');
  if (all === undefined) return;
  const states = Map.groupBy(quarantine.entries.values(), ({ state }) => state);
  const count = (...names: Parameters<typeof states.get>[0][]) =>
    names.reduce((total, name) => total + (states.get(name)?.length ?? 0), 0);
  expect(all.released).toBe(count('released'));
  expect(all.writtenOff).toBe(count('written-off'));
  expect(sum(all.quarantined)).toBe(count('waiting', 'releasing'));
  expect(all.received).toBe(batches.reduce((total, { Records }) => total + linesOf(Records[0]?.kinesis.data ?? ''), 0));
};

const linesOf = (data: string): number =>
  gunzipSync(Buffer.from(data, 'base64'))
    .toString()
    .split('\n')
    .filter((text) => text !== '').length;

it('every line that was received is in one class, and stays there', { timeout: 30_000 }, async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14, size: 'max' }), run), { numRuns: 40 });
});

it('counts cancellations apart from usage, and a replacement once, in whatever slots it lies', async () => {
  const { arrive, totals } = world();
  await arrive([
    eventText({ id: 'a', time: TIMES[0] }),
    eventText({ id: 'b', time: TIMES[2] }),
    eventText({ id: 'r', time: TIMES[2], replaces: 'a', replacestime: TIMES[0] }),
    JSON.stringify({ ...event(), ...cancellation({ id: 'c', time: TIMES[2], data: { id: 'b' } }) }),
    eventText({ id: 'l', time: TIMES[2], backfill: 'b-1' }),
  ]);
  const october = { received: 4, accepted: 3, cancelled: 1, backfilled: 1, cancellations: 1, waiting: 0 };
  expect(await totals('2026-10-01', '2026-11-01')).toMatchObject(october);
  const september = { received: 1, accepted: 1, cancelled: 1, backfilled: 0, cancellations: 0, waiting: 0 };
  expect(await totals('2026-09-01', '2026-10-01')).toMatchObject(september);
});
