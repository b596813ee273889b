import { gzipSync } from 'node:zlib';
import type { CatalogEntry, Meter } from '../../../lambdas/catalog/types.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { makeArchive } from '../../../lambdas/usage/archive/archive.ts';
import { makeAppendEvents } from '../../../lambdas/usage/ingest/append-events.ts';
import { makeIngest } from '../../../lambdas/usage/ingest/ingest.ts';
import { writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import { memoryArchiveObjects } from '../../twins/memory-archive-objects.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { memoryOverlays, overlayReader } from '../../twins/memory-overlays.ts';
import { memoryDirtyMarks, memoryPublisher, memorySettled, memorySubjects } from '../../twins/memory-projection.ts';
import { memoryQuarantine } from '../../twins/memory-quarantine.ts';

const larkspur = 'com.larkspur';

const meter = (
  id: string,
  aggregation: Meter['aggregation'],
  type: string,
  valuePath?: string,
  dimension?: string,
): CatalogEntry<Meter> => ({
  kind: 'meter',
  id,
  version: 1,
  effectiveFrom: '2024-01-01T00:00:00.000Z',
  hash: '0'.repeat(64),
  publishedAt: '2024-01-01T00:00:00.000Z',
  proposedBy: 'ada',
  publishedBy: 'grace',
  body: {
    id,
    name: id,
    eventType: `${larkspur}.${type}`,
    aggregation,
    ...(valuePath === undefined ? {} : { valuePath }),
    dimensions: dimension === undefined ? [] : [{ name: dimension, path: `/${dimension}` }],
    filters: [],
    unit: 'unit',
  },
});

/** One meter of each aggregation, over the registered event types of the example company. */
export const PROOF_METERS: readonly CatalogEntry<Meter>[] = [
  meter('calls', 'SUM', 'api.requests', '/count', 'endpoint'),
  meter('requests', 'COUNT', 'api.requests'),
  meter('smallest', 'MIN', 'api.requests', '/count'),
  meter('largest', 'MAX', 'api.requests', '/count'),
  meter('average', 'AVG', 'api.requests', '/count'),
  meter('storage', 'TIME_WEIGHTED', 'storage.sampled', '/gb'),
  meter('users', 'UNIQUE_COUNT', 'user.active', '/userId'),
  meter('seats', 'LATEST', 'seats.changed', '/seats'),
];

type Attributes = Readonly<Record<string, unknown>>;

/** The text of an event of a type like `api.requests`, as a producer sends it. */
export const lineOf = (
  id: string,
  subject: string,
  time: string,
  type: string,
  data: Attributes,
  more: Attributes = {},
) =>
  JSON.stringify({
    specversion: '1.0',
    source: '//larkspur.example/platform',
    id,
    type: `${larkspur}.${type}`,
    subject,
    time,
    dataschema: `https://schemas.larkspur.example/${larkspur}.${type}/${type === 'api.requests' ? 2 : 1}`,
    data,
    ...more,
  });

/** The text of a cancellation of the event with an id. */
export const cancelLine = (id: string, cancelled: string, subject: string, time: string, more: Attributes = {}) =>
  JSON.stringify({
    specversion: '1.0',
    source: '//larkspur.example/platform',
    id,
    type: 'meterbridge.cancellation',
    subject,
    time,
    dataschema: 'https://schemas.meterbridge.dev/meterbridge.cancellation/1',
    data: { id: cancelled },
    ...more,
  });

/** The whole way from the stream to the ledger, real code over twins. */
export const proofWorld = (start = '2026-11-10T00:00:00.000Z', catalog = memoryCatalog(PROOF_METERS)) => {
  const clock = manualClock(start);
  const objects = memoryArchiveObjects();
  const archive = makeArchive(objects);
  const quarantine = memoryQuarantine();
  const ledger = memoryLedger();
  const [marks, subjects, settled] = [memoryDirtyMarks(), memorySubjects(), memorySettled()];
  const memory = writerMemory();
  const ids = countingIds();
  const overlays = memoryOverlays();
  const append = makeAppendEvents(
    { ledger, archive, marks, subjects, touched: overlays, backfills: overlays, memory, clock, ids },
    catalog,
  );
  const ingest = makeIngest(
    {
      archive,
      quarantine,
      append,
      spill: { send: () => Promise.reject(new Error('nothing is spilled here')) },
      thresholds: async () => [],
      settleEarly: async () => ({ settled: 0, failures: [] }),
      stamper: () => async () => undefined,
      clock,
    },
    { lateAfterHours: 6, horizonDays: 400 },
  );
  let sequence = 0;
  /** Delivers packs of lines as one batch of a shard; the answer is what delivers the very same batch again. */
  const deliver = async (packs: readonly (readonly string[])[], shard = 'shardId-000000000000') => {
    const records = packs.map((lines) => {
      sequence += 1;
      return {
        eventID: `${shard}:${sequence}`,
        eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/usage',
        kinesis: {
          sequenceNumber: String(sequence),
          data: gzipSync(lines.join('\n')).toString('base64'),
          approximateArrivalTimestamp: clock.nowMillis() / 1000,
        },
      };
    });
    await ingest({ Records: records });
    return async (from = 0) => {
      await ingest({ Records: records.slice(from) });
    };
  };
  const reader = overlayReader(overlays, archive, PROOF_METERS);
  const ports = { ledger, overlays: reader, marks, subjects, settled, publisher: memoryPublisher(), ids, clock };
  return { clock, objects, archive, quarantine, catalog, ledger, overlays, ports, deliver };
};

export type ProofWorld = ReturnType<typeof proofWorld>;

/** Events of every meter with everything that can befall them. */
export const traffic = async (world: ProofWorld): Promise<void> => {
  const api = (id: string, time: string, count: number | string, more = {}) =>
    lineOf(id, 'org-01', time, 'api.requests', { count, endpoint: 'read' }, more);
  const storage = (id: string, time: string, gb: number | string) =>
    lineOf(id, 'org-01', time, 'storage.sampled', { gb });
  const seats = (id: string, time: string, count: number) =>
    lineOf(id, 'org-01', time, 'seats.changed', { seats: count });
  const user = (id: string, time: string, userId: string) => lineOf(id, 'org-02', time, 'user.active', { userId });
  const again = await world.deliver([
    [
      api('a', '2026-10-01T00:05:00Z', 3),
      api('b', '2026-10-01T09:30:00+02:00', 4),
      api('c', '2026-10-02T00:00:00Z', 1),
    ],
    [storage('s0', '2026-09-20T12:00:00Z', '10.5'), storage('s1', '2026-10-02T06:00:00.1239Z', 40)],
    [storage('s2', '2026-10-03T18:00:00Z', '20.000000000001'), seats('t0', '2026-09-15T00:00:00Z', 5)],
    [seats('t1', '2026-10-03T10:00:00Z', 7), user('u1', '2026-10-01T00:00:00Z', 'ada')],
    [user('u2', '2026-10-01T01:00:00Z', 'grace'), user('u3', '2026-10-01T23:59:59.999Z', 'ada')],
    ['this is no JSON', api('wrong', '2026-10-01T00:00:00Z', 'many')],
    [
      lineOf(
        'old',
        'org-01',
        '2026-10-04T00:00:00Z',
        'api.requests',
        { calls: 9, path: '/search/x' },
        {
          dataschema: 'https://schemas.larkspur.example/com.larkspur.api.requests/1',
        },
      ),
    ],
  ]);
  // A redelivery, one that overlaps, a duplicate in another form, and a conflict.
  await again();
  await again(3);
  await world.deliver([[api('a', '2026-10-01T02:05:00+02:00', 3), api('b', '2026-10-01T07:30:00Z', 400)]]);
  // A cancellation after its event, one before it, and a replacement into another slot.
  await world.deliver([
    [cancelLine('x1', 'c', 'org-01', '2026-10-02T00:00:00Z'), cancelLine('x2', 'd', 'org-01', '2026-10-02T01:00:00Z')],
    [api('d', '2026-10-02T01:00:00Z', 1_000), api('e', '2026-10-02T02:00:00Z', 50)],
    [api('f', '2026-10-02T03:00:00Z', 60, { replaces: 'e', replacestime: '2026-10-02T02:00:00Z' })],
  ]);
};
