import type { AuditRecord } from '../../platform/audit-log.ts';
import type { Clock } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/problem.ts';
import type { Archive } from '../archive/archive.ts';
import type { LineStream } from '../quarantine/release-stream.ts';
import type { DecidableFindings } from './finding-store.ts';
import { countingPlaces, decided, placesToCancel, type SameIdDecision, type SameIdFinding } from './same-id.ts';
import { cancellationsOf } from './same-id-cancel.ts';

/** What deciding a finding needs. */
export type DecidePorts = {
  readonly findings: DecidableFindings;
  readonly archive: Pick<Archive, 'line'>;
  readonly stream: LineStream;
  readonly clock: Clock;
};

/** What a person says of a finding. */
export type FindingRequest = Pick<SameIdDecision, 'keep' | 'reason' | 'by'>;

/** A finding. @throws {ProblemError} 404. */
export const findingOf = async (
  { findings }: { readonly findings: Pick<DecidableFindings, 'get'> },
  findingId: string,
): Promise<SameIdFinding> => {
  const finding = await findings.get(findingId);
  if (finding !== undefined) return finding;
  throw new ProblemError(404, 'NO_SUCH_FINDING', `there is no finding ${findingId}: see GET /v1/ledger/same-ids`);
};

const toldOf = (finding: SameIdFinding, { keep, reason }: FindingRequest): AuditRecord['details'] => ({
  keep,
  reason,
  places: countingPlaces(finding).map(({ subject, start, version }) => ({ subject, start, version })),
});

const alreadySettled = (finding: SameIdFinding): ProblemError => {
  const last = finding.decisions.at(-1);
  const why =
    last === undefined ? 'only one of its places still counts' : `${last.by} decided "${last.keep}" (${last.reason})`;
  return new ProblemError(409, 'FINDING_SETTLED', `${finding.findingId} is settled: ${why}`);
};

const MOST_TRIES = 5;

/**
 * Decides one finding. `first`: the first accepted stands; the others are cancelled by lines of the stream, and the finding
 * is settled when a walk has seen them in the ledger. `all`: all of them count. The decision is written first, with its
 * entry in the audit log; asked for again, it puts the lines again, which the ledger counts once.
 * @throws {ProblemError} 404, or 409 if it is settled or was decided otherwise.
 */
export const decideFinding = async (
  ports: DecidePorts,
  findingId: string,
  request: FindingRequest,
): Promise<SameIdFinding> => {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const finding = await findingOf(ports, findingId);
    if (finding.state === 'settled') throw alreadySettled(finding);
    if (finding.state === 'cancelling') {
      if (request.keep === 'first') return cancelOthers(ports, finding);
      throw underWay(findingId);
    }
    const next = await keepDecision(ports, finding, request);
    if (next !== undefined) return next.state === 'cancelling' ? cancelOthers(ports, next) : next;
  }
  throw changed(findingId);
};

/**
 * Decides that all places of a finding count, where nobody can put lines on the stream. One that is settled stays as it is,
 * and of none there is nothing to decide.
 * @throws {ProblemError} 409 if its other events are being cancelled.
 */
export const countAll = async (
  ports: Pick<DecidePorts, 'findings' | 'clock'>,
  findingId: string,
  said: Pick<SameIdDecision, 'reason' | 'by'>,
): Promise<void> => {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const finding = await ports.findings.get(findingId);
    if (finding === undefined || finding.state === 'settled') return;
    if (finding.state === 'cancelling') throw underWay(findingId);
    if (await keepDecision(ports, finding, { ...said, keep: 'all' })) return;
  }
  throw changed(findingId);
};

const underWay = (findingId: string): ProblemError =>
  new ProblemError(409, 'CANCELLATION_UNDER_WAY', `the other events of ${findingId} are being cancelled already`);

const changed = (findingId: string): ProblemError =>
  new ProblemError(409, 'FINDING_CHANGED', `${findingId} changed while it was decided: look at it again`);

/** Writes a decision with its entry in the audit log; `undefined` if the finding has changed meanwhile. */
const keepDecision = async (
  { findings, clock }: Pick<DecidePorts, 'findings' | 'clock'>,
  finding: SameIdFinding,
  request: FindingRequest,
): Promise<SameIdFinding | undefined> => {
  const next = decided(finding, { ...request, at: clock.now() });
  const isKept = await findings.decide(next, {
    actor: request.by,
    action: 'same-id.decide',
    target: finding.findingId,
    details: toldOf(finding, request),
  });
  return isKept ? next : undefined;
};

/** Puts the cancellations of a finding on the stream. */
const cancelOthers = async (ports: DecidePorts, finding: SameIdFinding): Promise<SameIdFinding> => {
  await ports.stream.put(await cancellationsOf(ports.archive, finding));
  return finding;
};

/** Decides a finding by a rule; the rule itself is in the audit log. Answers how many events are cancelled by it. */
export const decideByRule = async (
  ports: DecidePorts,
  finding: SameIdFinding,
  decision: Omit<SameIdDecision, 'at'>,
): Promise<number | undefined> => {
  const next = decided(finding, { ...decision, at: ports.clock.now() });
  // Another was first: it is for the next page, or decided.
  if (!(await ports.findings.save(next))) return undefined;
  if (next.state === 'cancelling') await cancelOthers(ports, next);
  return next.state === 'cancelling' ? placesToCancel(next).length : 0;
};
