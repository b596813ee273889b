import { gzipSync } from 'node:zlib';
import type { CatalogEntry, Meter } from '../../lambdas/catalog/types.ts';
import type { StreamRecord } from '../../lambdas/usage/events/decode.ts';

/**
 * Events as products send them: five types, about 400 bytes, ids that are UUIDs, a trace id beside them, each with the
 * time of its recording. Seeded, so that every run judges the same bytes.
 */

/** Distinct subjects; a record holds events of one of them. */
const SUBJECTS = 200;
/** Events of a subject that fall into the same slot within a batch. */
export const PER_SLOT = 25;
const SLOT_MILLIS = 15 * 60_000;
/** One event in so many is sent again. */
const ONE_AGAIN_OF = 100;

/** Mulberry32: 32 bits of state. */
const chance = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
};

const base = 'https://schemas.larkspur.example';
const ENDPOINTS = ['read', 'write', 'search'] as const;

/** The data of an event of one of the types: mostly API requests, as everywhere. */
const dataOf = (below: (end: number) => number): { readonly type: string; readonly data: Record<string, unknown> } => {
  const kind = below(100);
  if (kind < 60)
    return { type: 'com.larkspur.api.requests/2', data: { count: below(500) + 1, endpoint: ENDPOINTS[below(3)] } };
  if (kind < 80) return { type: 'com.larkspur.user.active/1', data: { userId: `u-${below(100_000)}` } };
  if (kind < 90) {
    return {
      type: 'com.larkspur.ai.summaries/1',
      data: { summaries: below(20), model: below(2) ? 'standard' : 'large' },
    };
  }
  if (kind < 98) return { type: 'com.larkspur.storage.sampled/1', data: { gb: `${below(9000)}.${below(90) + 10}` } };
  return {
    type: 'com.larkspur.api.requests/1',
    data: { calls: below(500) + 1, path: `/search/documents/${below(1e6)}` },
  };
};

/** When the first of the events happened. */
export const START = Date.parse('2026-10-05T09:00:00.000Z');

/** A batch of the stream, and the same lines as they are before packing. */
export type Batch = { readonly records: readonly StreamRecord[]; readonly lines: readonly string[] };

/** How a producer writes an event. */
export type Write = (event: unknown) => string;

/** Batches of `records` records of 60 to 500 events each: later ones go on in the slots of the earlier ones. */
export const batchesOf = (batches: number, records: number, seed: number, write: Write = JSON.stringify): Batch[] => {
  const below = chance(seed);
  const hex = (digits: number): string => Array.from({ length: digits }, () => below(16).toString(16)).join('');
  return Array.from({ length: batches }, (_, batch) => {
    const packs = Array.from({ length: records }, (_unused, n) => {
      const subject = `org-${String((n * 7) % SUBJECTS).padStart(4, '0')}`;
      const size = 60 + below(441);
      // A producer packs in the order of time: slot after slot, and within it one event after another.
      const slotOf = (place: number): number => Math.floor(place / PER_SLOT);
      const times = Array.from({ length: size }, (_, place) => slotOf(place) * SLOT_MILLIS + below(SLOT_MILLIS)).sort(
        (x, y) => x - y,
      );
      const texts: string[] = [];
      for (const offset of times) {
        const time = START + offset;
        const { type, data } = dataOf(below);
        const text = write({
          specversion: '1.0',
          id: `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
          source: '//larkspur.example/platform',
          type: type.slice(0, type.indexOf('/')),
          subject,
          time: new Date(time).toISOString(),
          recordedtime: new Date(time + below(4000)).toISOString(),
          dataschema: `${base}/${type}`,
          traceparent: `00-${hex(32)}-${hex(16)}-01`,
          data,
        });
        texts.push(below(ONE_AGAIN_OF) === 0 ? (texts[below(texts.length)] ?? text) : text);
      }
      return texts;
    });
    return {
      lines: packs.flat(),
      records: packs.map((texts, n) => ({
        stream: 'usage',
        shard: 'shardId-000000000000',
        sequence: `4966${String(batch).padStart(4, '0')}${String(n).padStart(48, '0')}`,
        data: gzipSync(texts.join('\n')),
        receivedAt: new Date(START + 6 * 3_600_000).toISOString(),
      })),
    };
  });
};

const meter = (id: string, type: string, aggregation: Meter['aggregation'], value: string, dimension?: string) => ({
  kind: 'meter' as const,
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
    eventType: `com.larkspur.${type}`,
    aggregation,
    valuePath: `/${value}`,
    dimensions: dimension === undefined ? [] : [{ name: dimension, path: `/${dimension}` }],
    filters: [],
    unit: 'unit',
  },
});

/** The meters of the example company. */
export const METERS: readonly CatalogEntry<Meter>[] = [
  meter('active_users', 'user.active', 'UNIQUE_COUNT', 'userId'),
  meter('ai_summaries', 'ai.summaries', 'SUM', 'summaries', 'model'),
  meter('api_calls', 'api.requests', 'SUM', 'count', 'endpoint'),
  meter('licensed_seats', 'seats.changed', 'LATEST', 'seats'),
  meter('storage', 'storage.sampled', 'TIME_WEIGHTED', 'gb'),
];
