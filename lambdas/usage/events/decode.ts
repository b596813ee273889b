import { gunzipSync } from 'node:zlib';
import type { Position } from '../types.ts';
import { rawElements } from './raw-json.ts';

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

/** A pack may inflate to this many bytes; more is an attack or an accident. */
const MAX_INFLATED = 32 * 1024 * 1024;

/** A record may hold this many lines: a batch of them must be done in one run. */
export const MAX_RECORD_LINES = 50_000;

const LINE_FEED = 0x0a;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

const isGzip = (data: Uint8Array): boolean => data[0] === 0x1f && data[1] === 0x8b;

/** A piece of a record before it has its position. */
type Piece = { readonly text: string } | { readonly bytes: Uint8Array; readonly broken: string };

const pieceOf = (bytes: Uint8Array): Piece => {
  try {
    return { text: utf8.decode(bytes) };
  } catch {
    return { bytes, broken: 'it is not UTF-8' };
  }
};

const isArrayText = (text: string): boolean => {
  if (!text.trimStart().startsWith('[')) return false;
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
};

/** A CloudEvents batch gives its elements; anything else is one piece. */
const unbatch = (piece: Piece): Piece[] =>
  'text' in piece && isArrayText(piece.text) ? rawElements(piece.text).map((text) => ({ text })) : [piece];

const splitLines = (bytes: Uint8Array): Piece[] => {
  const pieces: Piece[] = [];
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found === -1 ? bytes.length : found;
    const piece = pieceOf(bytes.subarray(start, end));
    if (!('text' in piece) || piece.text.trim() !== '') pieces.push(piece);
    start = end + 1;
  }
  return pieces;
};

const unpack = (data: Uint8Array): Piece[] => {
  try {
    const inflated = gunzipSync(data, { maxOutputLength: MAX_INFLATED });
    const whole = pieceOf(inflated);
    return 'text' in whole && isArrayText(whole.text) ? unbatch(whole) : splitLines(inflated);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ bytes: data, broken: `its gzip cannot be unpacked (${reason})` }];
  }
};

const piecesOf = (data: Uint8Array): Piece[] => {
  const pieces = isGzip(data) ? unpack(data) : unbatch(pieceOf(data));
  return pieces.length <= MAX_RECORD_LINES
    ? pieces
    : [{ bytes: data, broken: `it holds ${pieces.length} lines, more than ${MAX_RECORD_LINES}` }];
};

/**
 * The lines of a stream record, each with its position; nothing of the record is lost (but a byte order mark). A record is gzip of
 * newline-separated CloudEvents, a CloudEvents batch (JSON array, gzip or plain), or one plain CloudEvent.
 */
export const decode = ({ stream, shard, sequence, data, receivedAt }: StreamRecord): Line[] => {
  return piecesOf(data).map((piece, index) => {
    const position: Position = { stream, shard, sequence, index };
    return 'text' in piece
      ? { position, receivedAt, encoding: 'utf8', line: piece.text }
      : {
          position,
          receivedAt,
          encoding: 'base64',
          line: Buffer.from(piece.bytes).toString('base64'),
          broken: piece.broken,
        };
  });
};

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
