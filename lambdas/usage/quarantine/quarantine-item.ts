import { sha256 } from '../../platform/hash.ts';
import { idHashOf } from '../events/event-identity.ts';
import type { QuarantineEntry, QuarantineState, QuarantineSummary } from '../types.ts';
import { summaryOf } from './quarantine.ts';
import { placeOf } from './quarantine-places.ts';

/**
 * An entry as it lies in the table, format 2: the index `gsi1` holds the keys and the summary, the item besides the line
 * and how it was edited.
 */
export type QuarantineItem = {
  readonly pk: string;
  readonly sk: string;
  readonly gsi1pk: string;
  readonly gsi1sk: string;
  readonly format: 2;
  readonly summary: QuarantineSummary;
  readonly body: {
    readonly text: string;
    readonly encoding: 'utf8' | 'base64';
    readonly cut?: true;
    readonly edited?: string;
  };
};

/** The sort key of an entry's own item. */
export const ENTRY = 'ENTRY';

/**
 * The index keeps each state in so many partitions: a producer whose events are all refused must not be slowed down by
 * what one partition takes, which is 1,000 writes a second.
 */
export const SHARDS = 4;

/** The partition of the index for a state. */
export const partitionOf = (state: QuarantineState, shard: number): string => `${state}#${shard}`;

const shardOf = (id: string): number => (sha256(id)[0] ?? 0) % SHARDS;

/** The item of an entry. */
export const encodeEntry = (entry: QuarantineEntry): QuarantineItem => {
  const { id, state, body, bodyEncoding, bodyCut, release } = entry;
  return {
    pk: id,
    sk: ENTRY,
    gsi1pk: partitionOf(state, shardOf(id)),
    gsi1sk: placeOf(entry),
    format: 2,
    summary: summaryOf(entry),
    body: {
      text: body,
      encoding: bodyEncoding,
      ...(bodyCut ? { cut: true as const } : {}),
      ...(release?.body === undefined ? {} : { edited: release.body }),
    },
  };
};

/** Format 1 kept the whole entry in one attribute, in the index too. */
type FirstItem = { readonly format: 1; readonly gsi1pk: string; readonly entry: QuarantineEntry };

type StoredItem = QuarantineItem | FirstItem;

const unknown = (format: never): Error => new Error(`a quarantine entry has format ${format}, which is not known here`);

/** The summary in an item of the index. @throws {Error} for a format that this version does not know. */
export const decodeSummary = (item: Record<string, unknown>): QuarantineSummary => {
  const stored = item as StoredItem;
  if (stored.format === 1) return summaryOf(stored.entry);
  if (stored.format === 2) return stored.summary;
  throw unknown((stored as { format: never }).format);
};

/** The entry in an item. @throws {Error} for a format that this version does not know. */
export const decodeEntry = (item: Record<string, unknown>): QuarantineEntry => {
  const stored = item as StoredItem;
  if (stored.format === 1) return stored.entry;
  if (stored.format !== 2) throw unknown((stored as { format: never }).format);
  const { release, ...summary } = stored.summary;
  const { text, encoding, cut, edited } = stored.body;
  return {
    ...summary,
    body: text,
    bodyEncoding: encoding,
    ...(cut ? { bodyCut: true as const } : {}),
    ...(release ? { release: { ...release, ...(edited === undefined ? {} : { body: edited }) } } : {}),
  };
};

/** The partitions of the index under which an entry of a state may lie: format 1 had one per state. */
export const partitionsOf = (id: string, state: QuarantineState): readonly [string, string] => [
  partitionOf(state, shardOf(id)),
  state,
];

/** A pointer from something to an entry: an item without keys of the index. */
export type Reference = { readonly pk: string; readonly sk: string; readonly format: 1 };

/** Where the entries of an event are named. */
export const ofEvent = (idHash: string): string => `EVENT#${idHash}`;
/** Where the entries of lines are named that were released from an entry and refused again. */
export const ofRelease = (id: string): string => `RELEASED#${id}`;
/** Where a job keeps what it did not do. */
export const ofJob = (jobId: string): string => `JOB#${jobId}`;

/** The pointers that lead to an entry. */
export const referencesOf = ({ id, source, eventId, releasedFrom }: QuarantineEntry): Reference[] => {
  const from = [
    ...(source !== undefined && eventId !== undefined ? [ofEvent(idHashOf({ source, id: eventId }))] : []),
    ...(releasedFrom === undefined ? [] : [ofRelease(releasedFrom)]),
  ];
  return from.map((pk) => ({ pk, sk: id, format: 1 }));
};
