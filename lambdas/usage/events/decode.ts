import { gunzipSync } from 'node:zlib';
import type { Position } from '../types.ts';
import { batchElements, isBlank, packLines, unmarked } from './pack.ts';

/** A record of the stream as ingest takes it, whatever brought it. */
export type StreamRecord = {
  readonly stream: string;
  readonly shard: string;
  readonly sequence: string;
  readonly data: Uint8Array;
  /** When the stream took it, ISO 8601 UTC. The same on every delivery of the record. */
  readonly receivedAt: string;
};

/**
 * One line of a record: one usage event as it was sent, or what should have been one. `text` is UTF-8; a line that is
 * not, and a pack that cannot be unpacked or holds too much, is kept as base64 with the reason in `broken`.
 */
export type Line = { readonly position: Position; readonly receivedAt: string } & (
  | { readonly encoding: 'utf8'; readonly line: string }
  | { readonly encoding: 'base64'; readonly line: string; readonly broken: string }
);

const NOT_UTF8 = 'it is not UTF-8';

/** A pack may inflate to this many bytes; more is an attack or an accident. */
const MAX_INFLATED = 32 * 1024 * 1024;

/** A record may hold this many lines: a batch of them must be done in one run. */
export const MAX_RECORD_LINES = 50_000;

const LEAST_CHUNK = 1024;
const MOST_CHUNK = 1024 * 1024;

const LINE_FEED = 0x0a;
/** Keeps byte order marks: they are taken off line by line. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const isGzip = (data: Uint8Array): boolean => data[0] === 0x1f && data[1] === 0x8b;

/** A piece of a record before it has its position: its text, or bytes that are none. */
type Piece = string | { readonly bytes: Uint8Array; readonly broken: string };

/** The text of bytes; `undefined` if they are not UTF-8. */
const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
};

/** Lines of which at least one is not UTF-8: the others are as good as ever. */
const byteLines = (bytes: Uint8Array): Piece[] => {
  const pieces: Piece[] = [];
  for (let start = 0; start < bytes.length && pieces.length <= MAX_RECORD_LINES; ) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found === -1 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    const text = textOf(line);
    if (text === undefined) pieces.push({ bytes: line, broken: NOT_UTF8 });
    else if (!isBlank(text)) pieces.push(unmarked(text));
    start = end + 1;
  }
  return pieces;
};

/**
 * A pack says at its end how much it unpacks to (RFC 1952, ISIZE): into one chunk of just that, since a batch has thousands of
 * small ones and their chunks lie about until they are collected. One of several members says less, and takes several.
 */
const chunkFor = (data: Uint8Array): number => {
  const size = data.length < 4 ? 0 : new DataView(data.buffer, data.byteOffset).getUint32(data.length - 4, true);
  return Math.min(Math.max(size + 1, LEAST_CHUNK), MOST_CHUNK);
};

const unpack = (data: Uint8Array): Piece[] => {
  let inflated: Uint8Array;
  try {
    inflated = gunzipSync(data, { maxOutputLength: MAX_INFLATED, chunkSize: chunkFor(data) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ bytes: data, broken: `its gzip cannot be unpacked (${reason})` }];
  }
  const text = textOf(inflated);
  if (text === undefined) return byteLines(inflated);
  return batchElements(unmarked(text), MAX_RECORD_LINES) ?? packLines(text, MAX_RECORD_LINES);
};

const unpacked = (data: Uint8Array): Piece[] => {
  if (isGzip(data)) return unpack(data);
  const text = textOf(data);
  if (text === undefined) return [{ bytes: data, broken: NOT_UTF8 }];
  const whole = unmarked(text);
  return batchElements(whole, MAX_RECORD_LINES) ?? [whole];
};

const piecesOf = (data: Uint8Array): Piece[] => {
  const pieces = unpacked(data);
  return pieces.length <= MAX_RECORD_LINES
    ? pieces
    : [{ bytes: data, broken: `it holds more than ${MAX_RECORD_LINES} lines` }];
};

/**
 * The lines of a stream record, each with its position; nothing of the record is lost (but a byte order mark, and blank
 * lines of a pack). A record is gzip of newline-separated CloudEvents, a CloudEvents batch (JSON array, gzip or plain), or
 * one plain CloudEvent.
 */
export const decode = ({ stream, shard, sequence, data, receivedAt }: StreamRecord): Line[] =>
  piecesOf(data).map((piece, index): Line => {
    const position: Position = { stream, shard, sequence, index };
    if (typeof piece === 'string') return { position, receivedAt, encoding: 'utf8', line: piece };
    const line = Buffer.from(piece.bytes).toString('base64');
    return { position, receivedAt, encoding: 'base64', line, broken: piece.broken };
  });

/** A record of a Lambda Kinesis batch, as far as it is used here. */
export type KinesisRecord = {
  readonly eventID: string;
  readonly eventSourceARN: string;
  readonly kinesis: {
    readonly sequenceNumber: string;
    readonly data: string;
    readonly approximateArrivalTimestamp: number;
  };
};

/** `eventID` is `<shard>:<sequence>`; the ARN ends with `stream/<name>`. */
export const recordOf = (record: KinesisRecord): StreamRecord => ({
  stream: record.eventSourceARN.split('/').at(-1) ?? record.eventSourceARN,
  shard: record.eventID.split(':')[0] ?? record.eventID,
  sequence: record.kinesis.sequenceNumber,
  data: Buffer.from(record.kinesis.data, 'base64'),
  receivedAt: new Date(Math.round(record.kinesis.approximateArrivalTimestamp * 1000)).toISOString(),
});
