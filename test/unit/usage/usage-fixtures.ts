import type { CatalogEntry, Meter } from '../../../lambdas/catalog/types.ts';
import { CANCELLATION_TYPE, correctionOf, slotOfEvent } from '../../../lambdas/usage/events/corrections.ts';
import { bodyHashOf, idHashOf } from '../../../lambdas/usage/events/event-identity.ts';
import type { CanonicalUsage, UsageEvent } from '../../../lambdas/usage/types.ts';

const meter = (
  id: string,
  aggregation: Meter['aggregation'],
  eventType: string,
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
    eventType,
    aggregation,
    ...(valuePath === undefined ? {} : { valuePath }),
    dimensions: dimension === undefined ? [] : [{ name: dimension, path: `/${dimension}` }],
    filters: [],
    unit: 'unit',
  },
});

/** One meter of each aggregation. */
export const METERS: readonly CatalogEntry<Meter>[] = [
  meter('calls', 'SUM', 'api', '/count', 'endpoint'),
  meter('requests', 'COUNT', 'api'),
  meter('smallest', 'MIN', 'api', '/count'),
  meter('largest', 'MAX', 'api', '/count'),
  meter('average', 'AVG', 'api', '/count'),
  meter('storage', 'TIME_WEIGHTED', 'storage', '/gb'),
  meter('users', 'UNIQUE_COUNT', 'user', '/userId'),
  meter('seats', 'LATEST', 'seats', '/seats'),
];

/** What an event is made of. */
export type EventSpec = {
  readonly id: string;
  readonly subject: string;
  readonly time: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly replaces?: string;
  readonly replacestime?: string;
  readonly backfill?: string;
};

/** A canonical usage event with the hashes it really has. */
export const usage = (spec: EventSpec, line = 0, late = false): CanonicalUsage => {
  const event: UsageEvent = {
    specversion: '1.0',
    source: '//larkspur.example/platform',
    dataschema: 'https://schemas.larkspur.example/any/1',
    ...spec,
  };
  return {
    ...correctionOf(event),
    event,
    idHash: idHashOf(event),
    bodyHash: bodyHashOf(event),
    slot: slotOfEvent(event, event.time),
    late,
    position: { stream: 'usage', shard: 'shardId-000000000000', sequence: String(line), index: 0 },
    pointer: { key: 'events/usage/2026/10/01/shardId-000000000000/1-2.ndjson.gz', line },
  };
};

/** An `api` event. */
export const api = (id: string, time: string, count: number | string, endpoint = 'read', subject = 'org-01') =>
  usage({ id, subject, time, type: 'api', data: { count, endpoint } });

/** A cancellation of an event, with an id of its own; `backfill` if it belongs to one. */
export const cancellation = (cancelled: CanonicalUsage, id: string, line = 0, backfill?: string): CanonicalUsage =>
  usage(
    {
      id,
      subject: cancelled.event.subject,
      time: cancelled.event.time,
      type: CANCELLATION_TYPE,
      data: { id: cancelled.event.id },
      ...(backfill === undefined ? {} : { backfill }),
    },
    line,
  );
