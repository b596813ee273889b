import { contentHash } from '../../platform/hash.ts';
import type { Line } from '../events/decode.ts';
import type { Rejection } from '../events/validate.ts';
import type { ArchivePointer, QuarantineCode, QuarantineEntry } from '../types.ts';

/** All codes, in the order in which a line is checked. */
export const QUARANTINE_CODES: readonly QuarantineCode[] = [
  'TOO_LARGE',
  'BAD_ENCODING',
  'NOT_JSON',
  'NOT_CLOUDEVENT',
  'UNKNOWN_TYPE',
  'UNKNOWN_VERSION',
  'SCHEMA',
  'NUMBER_PRECISION',
  'BAD_TIME',
  'IN_FUTURE',
  'TOO_OLD',
  'UNKNOWN_BACKFILL',
  'BACKFILL_NOT_OPEN',
  'CONFLICT',
  'UNFORESEEN',
];

/** The states of an entry, in the order in which a list shows them. */
export const STATES: readonly QuarantineEntry['state'][] = ['waiting', 'released', 'written-off'];

/** What to list. `from` and `to` bound the arrival (half open, ISO 8601) and need a `code`. */
export type QuarantineQuery = {
  readonly code?: QuarantineCode;
  readonly state?: QuarantineEntry['state'];
  readonly after?: string;
  readonly from?: string;
  readonly to?: string;
};

/** One page: entries by state, code and arrival; `next` continues the list where there is more. */
export type QuarantinePage = { readonly entries: QuarantineEntry[]; readonly next?: string };

/** Where rejected lines wait, whole, until a person decides. */
export type QuarantineStore = {
  /** Stores entries. One that is there already is left as it is, so a redelivery changes nothing. */
  put(entries: readonly QuarantineEntry[]): Promise<void>;
  get(id: string): Promise<QuarantineEntry | undefined>;
  /** At most `limit` entries. */
  list(query: QuarantineQuery, limit: number): Promise<QuarantinePage>;
};

/** Sort place of an entry within its state: by code, then by arrival; unique. */
export const placeOf = (entry: Pick<QuarantineEntry, 'code' | 'receivedAt' | 'id'>): string =>
  `${entry.code}#${entry.receivedAt}#${entry.id}`;

/** The cursor behind an entry: its state's index and its place, e.g. `0|SCHEMA#2026-11-01T00:00:00.000Z#q-1`. */
export const cursorOf = (entry: QuarantineEntry): string => `${STATES.indexOf(entry.state)}|${placeOf(entry)}`;

/** What a cursor says. @throws {RangeError} for a text that `cursorOf` never made. */
export const readCursor = (after: string): { readonly stateIndex: number; readonly place: string } => {
  const match = /^([0-2])\|(.+)$/s.exec(after);
  if (match === null) throw new RangeError('this is not where a page of the quarantine ended');
  return { stateIndex: Number(match[1]), place: match[2] ?? '' };
};

/** The bounds of places that a query asks for, both inclusive. */
export const placesOf = (query: QuarantineQuery): { readonly from: string; readonly to: string } => {
  if (query.code === undefined) return { from: ' ', to: '~' };
  return {
    from: `${query.code}#${query.from ?? ''}`,
    // Places go on after the instant with `#`, so the bare instant is before all of its own entries: half open.
    to: `${query.code}#${query.to ?? '~'}`,
  };
};

/** Larger bodies stay in the archive alone: a table item has at most 400 KB, and nobody reads more in a list. */
const MAX_BODY = 64 * 1024;

/** The id follows from position and code, so that a line delivered twice is one entry. */
export const quarantineIdOf = (line: Pick<Line, 'position'>, code: QuarantineCode): string =>
  `q-${contentHash([line.position, code]).slice(0, 24)}`;

/** The entry for a rejected line. `accepted` is, for a conflict, where the accepted event lies. */
export const quarantineEntry = (
  line: Line,
  pointer: ArchivePointer,
  rejection: Rejection,
  accepted?: ArchivePointer,
): QuarantineEntry => {
  const { code, path, message, subject, eventId } = rejection;
  const cut = line.line.length > MAX_BODY;
  return {
    id: quarantineIdOf(line, code),
    position: line.position,
    code,
    path,
    message,
    body: cut ? line.line.slice(0, MAX_BODY) : line.line,
    bodyEncoding: line.encoding,
    ...(cut ? { bodyCut: true as const } : {}),
    pointer,
    ...(accepted ? { accepted } : {}),
    receivedAt: line.receivedAt,
    state: 'waiting',
    ...(subject === undefined ? {} : { subject }),
    ...(eventId === undefined ? {} : { eventId }),
  };
};

/** The rejection of an event whose id was accepted before with another body. */
export const conflictRejection = (subject: string, eventId: string): Rejection => ({
  code: 'CONFLICT',
  path: '',
  message: `An event with the id ${eventId} was accepted before with another body, and stands: send the new one under its own id.`,
  subject,
  eventId,
});
