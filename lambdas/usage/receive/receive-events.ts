import { gunzipSync, gzipSync } from 'node:zlib';
import { portionsOf } from '../../platform/portions.ts';
import { ProblemError } from '../../platform/problem.ts';
import { CANCELLATION_TYPE } from '../events/corrections.ts';
import { readEnvelope } from '../events/envelope.ts';
import { batchElements, MAX_BATCH_DEPTH, packLines } from '../events/pack.ts';
import { onOneLine, opensDeeper, withoutBackslashKeys } from '../events/raw-json.ts';
import type { UsageEvent } from '../types.ts';
import type { PackedRecord, UsageStream } from './usage-stream.ts';

/** What a sender posts: the bytes as they came, the content type, and what the sender's key may send. */
export type EventsRequest = {
  readonly contentType: string;
  readonly body: Uint8Array;
  /** The CloudEvents sources that the key may send for. */
  readonly sources: readonly string[];
};

/** What became of one event of the request, by its place in it. `received`: durable, to be judged by ingest. */
export type EventResult =
  | { readonly index: number; readonly id: string; readonly status: 'received' }
  | {
      readonly index: number;
      /** Empty where the event does not say. */
      readonly id: string;
      readonly status: 'rejected';
      readonly code: string;
      readonly path: string;
      readonly message: string;
    };

/** A request has at most so many events, and so many bytes as sent and when unpacked. */
export const MAX_EVENTS = 1_000;
export const MAX_BODY_BYTES = 1024 * 1024;
const MAX_UNPACKED_BYTES = 16 * 1024 * 1024;
/** Unpacked bytes of one record of the stream; a record has at most 1 MiB, and not every line gets smaller by gzip. */
const MAX_PACK_BYTES = 900 * 1024;

const JSON_TYPES = ['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'];
const GZIP_TYPE = 'application/gzip';

const tooLarge = (detail: string): ProblemError => new ProblemError(413, 'TOO_LARGE', detail);

const unpacked = (body: Uint8Array): Uint8Array => {
  try {
    return gunzipSync(body, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    if (error instanceof RangeError)
      throw tooLarge(`the body unpacks to more than ${MAX_UNPACKED_BYTES} bytes: send less at once`);
    throw new ProblemError(400, 'BAD_ENCODING', 'the body is not gzip, though its content type says so');
  }
};

const textOf = ({ contentType, body }: EventsRequest): { readonly text: string; readonly packed: boolean } => {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const packed = type === GZIP_TYPE;
  if (!packed && !JSON_TYPES.includes(type)) {
    const known = [...JSON_TYPES, GZIP_TYPE].join(', ');
    throw new ProblemError(415, 'UNSUPPORTED_MEDIA_TYPE', `the content type must be one of ${known}`);
  }
  if (body.length > MAX_BODY_BYTES)
    throw tooLarge(`the body has ${body.length} bytes; at most ${MAX_BODY_BYTES} are taken`);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(packed ? unpacked(body) : body), packed };
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError(400, 'BAD_ENCODING', 'the body is not UTF-8');
  }
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(withoutBackslashKeys(text));
    return true;
  } catch {
    return false;
  }
};

const eventTexts = (request: EventsRequest): string[] => {
  const { text, packed } = textOf(request);
  if (opensDeeper(text, MAX_BATCH_DEPTH)) throw tooLarge(`the body is nested more than ${MAX_BATCH_DEPTH} deep`);
  const elements = batchElements(text, MAX_EVENTS);
  if (elements !== undefined) return elements;
  if (isJson(text)) return [text];
  if (packed) return packLines(text, MAX_EVENTS);
  throw new ProblemError(400, 'NOT_JSON', 'the body is not JSON: send one CloudEvent, or an array of them');
};

type Accepted = { readonly index: number; readonly id: string; readonly subject: string; readonly line: string };

const sourceFault = (path: string, source: string) => ({
  code: 'SOURCE_NOT_ALLOWED',
  path,
  message: `The key may not send for the source ${source}: use a key of that source.`,
});

/** What this sender may not say. A cancelled event's source counts too: nobody cancels what others sent. */
const senderFault = ({ type, source, data, releasedfrom }: UsageEvent, sources: readonly string[]) => {
  if (!sources.includes(source)) return sourceFault('/source', source);
  const { source: cancelled } = data;
  if (type === CANCELLATION_TYPE && typeof cancelled === 'string' && !sources.includes(cancelled)) {
    return sourceFault('/data/source', cancelled);
  }
  if (releasedfrom === undefined) return undefined;
  const message = 'Only a release from quarantine sets releasedfrom: leave it out.';
  return { code: 'ATTRIBUTE_NOT_ALLOWED', path: '/releasedfrom', message };
};

const check = (text: string, index: number, sources: readonly string[]): Accepted | EventResult => {
  const envelope = readEnvelope(text);
  if ('rejection' in envelope) {
    const { code, path, message, eventId = '' } = envelope.rejection;
    return { index, id: eventId, status: 'rejected', code, path, message };
  }
  const { event } = envelope;
  const { id, subject } = event;
  const fault = senderFault(event, sources);
  if (fault) return { index, id, status: 'rejected', ...fault };
  return { index, id, subject, line: onOneLine(text) };
};

const pack = (lines: readonly string[]): Uint8Array => gzipSync(`${lines.join('\n')}\n`);

/** Packs lines by subject, so that one writer sees all events of a chain together. */
export const packBySubject = (events: readonly { readonly subject: string; readonly line: string }[]): PackedRecord[] =>
  [...Map.groupBy(events, ({ subject }) => subject)].flatMap(([partitionKey, group]) => {
    const packs = portionsOf(group, { bytes: MAX_PACK_BYTES, sizeOf: ({ line }) => Buffer.byteLength(line) + 1 });
    return packs.map((some) => ({ partitionKey, data: pack(some.map(({ line }) => line)) }));
  });

/**
 * Takes a request: checks every event's envelope and source, and puts the good ones into the stream. When this returns,
 * every event with the status `received` is durable. What is in an event is judged by ingest, where a bad one is kept.
 * @throws {ProblemError} 400, 413 or 415 for a body that cannot be taken as a whole: nothing was put then.
 * @throws {StreamBusy} if the stream did not take everything; send the whole request again, repeats are not counted.
 */
export const receiveEvents = async (request: EventsRequest, stream: UsageStream): Promise<EventResult[]> => {
  const texts = eventTexts(request);
  if (texts.length === 0) throw new ProblemError(400, 'NO_EVENTS', 'the body holds no event');
  if (texts.length > MAX_EVENTS) throw tooLarge(`the body holds more than ${MAX_EVENTS} events: send fewer at once`);
  const checked = texts.map((text, index) => check(text, index, request.sources));
  const good = checked.filter((result): result is Accepted => 'line' in result);
  await stream.put(packBySubject(good));
  return checked.map((result) =>
    'line' in result ? { index: result.index, id: result.id, status: 'received' as const } : result,
  );
};
