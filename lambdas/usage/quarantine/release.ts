import type { Clock } from '../../platform/clock.ts';
import { contentHash } from '../../platform/hash.ts';
import { ProblemError } from '../../platform/problem.ts';
import type { QuarantineEntry, QuarantineRelease } from '../types.ts';
import { composed, type DraftPorts, draftOf } from './draft.ts';
import type { JsonChange } from './json-text.ts';
import type { Judgement } from './judge-release.ts';
import type { QuarantineDecisions, QuarantineStore } from './quarantine.ts';
import type { StreamLine } from './release-line.ts';
import type { LineStream } from './release-stream.ts';

/** What deciding about entries needs. */
export type QuarantinePorts = DraftPorts & {
  readonly quarantine: QuarantineStore & QuarantineDecisions;
  readonly stream: LineStream;
  readonly clock: Clock;
};

/** An entry. @throws {ProblemError} 404. */
export const entryOf = async ({ quarantine }: Pick<QuarantinePorts, 'quarantine'>, id: string) => {
  const entry = await quarantine.get(id);
  if (entry === undefined) throw new ProblemError(404, 'NO_SUCH_ENTRY', `there is no quarantine entry ${id}`);
  return entry;
};

/** What a person says about a release. */
export type ReleaseRequest = {
  readonly note: string;
  /** The line as it was edited. */
  readonly body?: string;
  /** Put it although it would be refused again. */
  readonly force?: boolean;
};

/** What a release did. `auditSequence` is absent where an earlier try had decided it already. */
export type Released = {
  readonly entry: QuarantineEntry;
  readonly changes: readonly JsonChange[];
  readonly auditSequence?: number;
};

/** The entry as it is when it was decided to release it. */
export const releasing = (entry: QuarantineEntry, release: QuarantineRelease): QuarantineEntry => ({
  ...entry,
  state: 'releasing',
  release,
});

/** What the audit log tells of an entry. */
const toldOf = ({ code, subject, eventId }: QuarantineEntry) => ({
  code,
  ...(subject === undefined ? {} : { subject }),
  ...(eventId === undefined ? {} : { eventId }),
});

const refuseState = (entry: QuarantineEntry): ProblemError => {
  const { id, state, release, writeOff } = entry;
  if (state === 'written-off') {
    return new ProblemError(409, 'WRITTEN_OFF', `${id} was written off by ${writeOff?.by} (${writeOff?.reason})`);
  }
  const who = `by ${release?.by} at ${release?.at}`;
  return state === 'released'
    ? new ProblemError(409, 'ALREADY_RELEASED', `${id} was released ${who}, with another body or as it was`)
    : new ProblemError(
        409,
        'BEING_RELEASED',
        `${id} is being released ${who}: release it without a body to finish that`,
      );
};

/** Puts the line of an entry in `releasing` and marks it released. Done again it puts it again; the ledger knows the id. */
const finish = async (ports: QuarantinePorts, entry: QuarantineEntry, put: StreamLine): Promise<QuarantineEntry> => {
  const [position] = await ports.stream.put([put]);
  const release = entry.release && { ...entry.release, ...(position ? { position } : {}) };
  const released: QuarantineEntry = { ...entry, state: 'released', ...(release ? { release } : {}) };
  const isMine = await ports.quarantine.finish({ entry: released, from: 'releasing' });
  return isMine ? released : entryOf(ports, entry.id);
};

/**
 * Releases a line: it is put on the stream again, edited or as it came.
 *
 * 1. The line is judged as ingest would judge it now.
 * 2. The entry becomes `releasing`, with who, why and the edited line, together with its entry in the audit log.
 * 3. The line is put on the stream.
 * 4. The entry becomes `released`, with the line's new position.
 *
 * A try that dies after 2 or 3 is finished by the same request, or one without a body: the line is put again, and the
 * ledger counts it once. Asked again after 4, it answers what was done.
 * @throws {ProblemError} 404, 409 if somebody decided otherwise, 422 with the code, place and sentence of the judgement.
 */
export const release = async (
  ports: QuarantinePorts,
  id: string,
  { note, body, force = false }: ReleaseRequest,
  by: string,
): Promise<Released> => {
  const entry = await entryOf(ports, id);
  if (entry.state !== 'waiting') return again(ports, entry, body);
  const draft = await draftOf(ports, entry, body);
  const { put, edited, judgement, changes } = draft;
  const isRefused = judgement.verdict === 'refused';
  if (put === undefined || (isRefused && !force)) throw wouldBeRefused(judgement);
  const decided = releasing(entry, {
    by,
    at: ports.clock.now(),
    note,
    ...(edited === undefined ? {} : { body: edited }),
    ...(isRefused ? { forced: true as const } : {}),
  });
  const audit = await ports.quarantine.decide([{ entry: decided, from: 'waiting' }], {
    actor: by,
    action: 'quarantine.release',
    target: id,
    details: {
      ...toldOf(entry),
      note,
      ...(isRefused ? { forced: true } : {}),
      // The values themselves stand with the entry.
      changed: changes.map(({ path }) => path),
      ...(edited === undefined ? {} : { body: contentHash(edited) }),
    },
  });
  if (audit === undefined) return again(ports, await entryOf(ports, id), body);
  return { entry: await finish(ports, decided, put), changes, auditSequence: audit.sequence };
};

/** What a request does to an entry that was decided before. */
const again = async (ports: QuarantinePorts, entry: QuarantineEntry, body: string | undefined): Promise<Released> => {
  const done = entry.release?.body;
  const parts = await composed(ports, entry, done);
  const wanted = body === undefined ? done : (await composed(ports, entry, body))?.edited;
  if (entry.state === 'written-off' || wanted !== done) throw refuseState(entry);
  const changes = parts?.changes ?? [];
  if (entry.state === 'released' || parts?.put === undefined) return { entry, changes };
  return { entry: await finish(ports, entry, parts.put), changes };
};

const wouldBeRefused = (judgement: Judgement): ProblemError => {
  if (judgement.verdict !== 'refused') throw new Error('a line that is no JSON object is refused');
  const { code, path, message } = judgement;
  return new ProblemError(422, code, `the line would be refused again: ${message}`, [{ path, message }]);
};

/**
 * Writes a line off: it will never be counted. Asked again with the same reason, it answers what was done.
 * @throws {ProblemError} 404, or 409 if it was released or written off for another reason.
 */
export const writeOff = async (
  ports: Pick<QuarantinePorts, 'quarantine' | 'clock'>,
  id: string,
  reason: string,
  by: string,
): Promise<{ readonly entry: QuarantineEntry; readonly auditSequence?: number }> => {
  const entry = await entryOf(ports, id);
  const written: QuarantineEntry = { ...entry, state: 'written-off', writeOff: { by, at: ports.clock.now(), reason } };
  const audit =
    entry.state === 'waiting'
      ? await ports.quarantine.decide([{ entry: written, from: 'waiting' }], {
          actor: by,
          action: 'quarantine.write-off',
          target: id,
          details: { ...toldOf(entry), reason },
        })
      : undefined;
  if (audit !== undefined) return { entry: written, auditSequence: audit.sequence };
  const now = await entryOf(ports, id);
  if (now.state !== 'written-off' || now.writeOff?.reason !== reason) throw refuseState(now);
  return { entry: now };
};
