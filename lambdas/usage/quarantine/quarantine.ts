import type { AuditEntry, AuditRecord } from '../../platform/audit-log.ts';
import { contentHash } from '../../platform/hash.ts';
import type { Line } from '../events/decode.ts';
import type { Rejection } from '../events/rejection.ts';
import type {
  ArchivePointer,
  QuarantineCode,
  QuarantineCount,
  QuarantineEntry,
  QuarantineState,
  QuarantineSummary,
} from '../types.ts';
import { aboutLine } from './about-line.ts';

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

/** The states of an entry, in the order in which a list shows them: first what a person must see to. */
export const STATES: readonly QuarantineState[] = ['waiting', 'releasing', 'released', 'written-off'];

/**
 * Which entries are meant; what is absent says nothing. State, code and arrival lead through the index. All else is looked
 * at entry by entry: texts must be equal, `text` must be part of the message, case aside.
 */
export type QuarantineFilter = {
  readonly state?: QuarantineState;
  readonly code?: QuarantineCode;
  /** Arrival, half open, ISO 8601. */
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly type?: string;
  readonly source?: string;
  readonly dataschema?: string;
  readonly text?: string;
  /** The job that released or wrote off. */
  readonly job?: string;
};

/** What to list, and where to go on. */
export type QuarantineQuery = QuarantineFilter & { readonly after?: string };

/**
 * One page: entries by state, code and arrival. `next` continues the list; a page may be short, even empty, and have a
 * `next`: then so many entries did not match that the look at them was ended.
 */
export type QuarantinePage = { readonly entries: readonly QuarantineSummary[]; readonly next?: string };

/** An entry as it is to be, and the state that it must still have. */
export type QuarantineChange = { readonly entry: QuarantineEntry; readonly from: QuarantineState };

/** What became of an entry that a job did not release or write off, and why. */
export type QuarantineOutcome = {
  readonly id: string;
  readonly code: QuarantineCode | 'CHANGED' | 'NEEDS_BODY';
  readonly path: string;
  readonly message: string;
};

/** Where rejected lines wait, whole, until a person decides. An entry is kept for ever. */
export type QuarantineStore = {
  /** Stores entries. One that is there already is left as it is, so a redelivery changes nothing. */
  put(entries: readonly QuarantineEntry[]): Promise<void>;
  /** Strongly consistent. */
  get(id: string): Promise<QuarantineEntry | undefined>;
  /** At most `limit` entries. Read from an index: what has just changed may be missing for a moment. */
  list(query: QuarantineQuery, limit: number): Promise<QuarantinePage>;
  /** How many there are by state and code, without those of which there are none; read from the index. */
  counts(): Promise<readonly QuarantineCount[]>;
  /** The entries of an event, by its id hash: an event may have been refused several times. */
  byEvent(idHash: string): Promise<readonly QuarantineEntry[]>;
  /** The entries of lines that were released from this one and refused again. */
  refusedAgain(id: string): Promise<readonly QuarantineEntry[]>;
};

/** Decisions about entries. */
export type QuarantineDecisions = {
  /**
   * Changes entries, all or none, together with the audit log's entry of who decided it.
   * @returns the audit entry; `undefined` if one of them no longer had the state that it must have: nothing was written.
   */
  decide(changes: readonly QuarantineChange[], record: AuditRecord): Promise<AuditEntry | undefined>;
  /** Finishes what was decided before. `false`: it no longer had that state. */
  finish(change: QuarantineChange): Promise<boolean>;
  /** Keeps what a job did not do. Repeats change nothing. */
  keepOutcomes(jobId: string, outcomes: readonly QuarantineOutcome[]): Promise<void>;
  /** What a job did not do, ordered by entry; at most `limit`, from behind an entry on. */
  outcomes(jobId: string, limit: number, after?: string): Promise<readonly QuarantineOutcome[]>;
};

/** A decision changes at most so many entries: an entry may have 200 KB, and a transaction takes 100 items and 4 MB. */
export const MOST_AT_ONCE = 16;

/** Larger bodies stay in the archive alone: a table item has at most 400 KB, and nobody reads more in a list. */
const MAX_BODY = 64 * 1024;
/** Characters of a path or a sentence. */
const MAX_QUOTED = 2_000;

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
  const { code, subject, eventId } = rejection;
  const cut = line.line.length > MAX_BODY;
  // What is quoted of a line may be as long as the line, and may hold half a character, which no store takes.
  const quoted = (text: string): string => text.slice(0, MAX_QUOTED).toWellFormed();
  const [path, message] = [quoted(rejection.path), quoted(rejection.message)];
  return {
    id: quarantineIdOf(line, code),
    position: line.position,
    code,
    path,
    message,
    body: cut ? line.line.slice(0, MAX_BODY).toWellFormed() : line.line,
    bodyEncoding: line.encoding,
    ...(cut ? { bodyCut: true as const } : {}),
    pointer,
    ...(accepted ? { accepted } : {}),
    receivedAt: line.receivedAt,
    state: 'waiting',
    ...(line.encoding === 'utf8' ? aboutLine(line.line) : {}),
    ...(subject === undefined ? {} : { subject: subject.toWellFormed() }),
    ...(eventId === undefined ? {} : { eventId: eventId.toWellFormed() }),
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

/** An entry as lists show it. */
export const summaryOf = (entry: QuarantineEntry): QuarantineSummary => {
  const { body: _, bodyEncoding: __, bodyCut: ___, release, ...rest } = entry;
  if (release === undefined) return rest;
  const { body: ____, ...told } = release;
  return { ...rest, release: told };
};
