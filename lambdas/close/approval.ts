import type { Clock } from '../platform/clock.ts';
import type { Caller } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import type { CloseStore } from './close-store.ts';
import type { TaskTokens } from './machine-client.ts';
import { isMaker } from './makers.ts';
import { isAsFrozen } from './manifest-hash.ts';
import { closeIdOfManifest, parseCloseId } from './names.ts';
import type { Manifest } from './types.ts';

export type ApprovalPorts = {
  readonly clock: Clock;
  readonly store: Pick<CloseStore, 'manifest' | 'exceptions' | 'decideManifest' | 'token'>;
  readonly tokens: TaskTokens;
  /** Lets some time pass. */
  readonly pause: (millis: number) => Promise<void>;
};

export type DecisionRequest = {
  readonly closeId: string;
  readonly manifestId: string;
  readonly decision: 'approve' | 'return';
  /** The hash that the person saw. */
  readonly hash: string;
  readonly reason?: string;
  readonly caller: Caller;
};

const conflict = (code: string, detail: string): ProblemError => new ProblemError(409, code, detail);
const alreadyDecided = ({ status, decision }: Manifest): ProblemError =>
  conflict('ALREADY_DECIDED', `the manifest is ${status}${decision ? ` (by ${decision.by} at ${decision.at})` : ''}`);

/**
 * Decides a manifest. Who made any of it may not decide it; a manifest other than the one that was seen is not decided.
 * The decision and its audit entry are one transaction; then the waiting execution is woken. Repeating the same decision
 * by the same person wakes it again, so a caller whose first answer was lost is safe to try once more.
 * @throws {ProblemError} 404, 403 ROLE_MISSING, 400 REASON_MISSING, 409 MAKER_IS_CHECKER, STALE_MANIFEST, ALREADY_DECIDED.
 */
export const decideManifest = async (ports: ApprovalPorts, request: DecisionRequest): Promise<Manifest> => {
  const manifest = await find(ports, request);
  // Said before the role: whoever made it is refused for that reason, whatever else they may be.
  await refuseMaker(ports, manifest, request.caller.name);
  if (!request.caller.roles.includes('finance-approver')) {
    throw new ProblemError(403, 'ROLE_MISSING', 'this needs the role finance-approver');
  }
  if (request.decision === 'approve' && !isAsFrozen(manifest)) {
    throw conflict(
      'STALE_MANIFEST',
      'the documents of the manifest are not those of its hash: return it and close again',
    );
  }
  if (request.decision === 'return' && !request.reason) {
    throw new ProblemError(400, 'REASON_MISSING', 'say why the manifest is returned');
  }
  if (manifest.status === 'awaiting approval') await untilSomeoneWaits(ports, request.manifestId);
  if (manifest.status === 'awaiting approval' && (await record(ports, manifest, request))) {
    return wake(ports, request.manifestId);
  }
  const now = await find(ports, request);
  if (isRepeat(now, request)) return wake(ports, request.manifestId);
  throw now.status === 'awaiting approval'
    ? conflict('STALE_MANIFEST', 'the manifest is not the one you saw: look at it again')
    : alreadyDecided(now);
};

/** Between freezing and waiting the machine takes a moment: 20 × 250 ms = 5 s are plenty for it. */
const MOMENTS = 20;
const MOMENT = 250;

/** A decision wakes the execution at once if it waits already. If it never does, the decision still counts. */
const untilSomeoneWaits = async (ports: ApprovalPorts, manifestId: string): Promise<void> => {
  for (let moment = 0; moment < MOMENTS; moment += 1) {
    if ((await ports.store.token(manifestId)) !== undefined) return;
    await ports.pause(MOMENT);
  }
};

const find = async (ports: ApprovalPorts, { closeId, manifestId }: DecisionRequest): Promise<Manifest> => {
  const manifest = closeIdOfManifest(manifestId) === closeId ? await ports.store.manifest(manifestId) : undefined;
  if (manifest === undefined) {
    throw new ProblemError(404, 'NO_SUCH_MANIFEST', `close ${closeId} has no manifest ${manifestId}`);
  }
  return manifest;
};

const refuseMaker = async (ports: ApprovalPorts, manifest: Manifest, person: string): Promise<void> => {
  const dates = parseCloseId(manifest.closeId);
  const exceptions = dates === undefined ? [] : await ports.store.exceptions(dates);
  if (isMaker(manifest, exceptions, person)) {
    throw conflict('MAKER_IS_CHECKER', 'you started this close or changed what it bills: someone else must decide');
  }
};

const isRepeat = ({ decision, hash }: Manifest, request: DecisionRequest): boolean =>
  decision !== undefined &&
  decision.by === request.caller.name &&
  decision.decision === request.decision &&
  hash === request.hash;

const record = (ports: ApprovalPorts, manifest: Manifest, request: DecisionRequest): Promise<boolean> => {
  const { decision, reason, caller, hash } = request;
  const { manifestId, totals, documents } = manifest;
  return ports.store.decideManifest(
    manifestId,
    hash,
    { decision, by: caller.name, at: ports.clock.now(), ...(reason ? { reason } : {}) },
    {
      actor: caller.name,
      action: `manifest.${decision}`,
      target: manifestId,
      details: { hash, totals, documents: documents.length, ...(reason ? { reason } : {}) },
    },
  );
};

/** Wakes the execution. No token yet, or one that nobody waits with: the machine looks at the table by itself. */
const wake = async (ports: ApprovalPorts, manifestId: string): Promise<Manifest> => {
  const [manifest, token] = await Promise.all([ports.store.manifest(manifestId), ports.store.token(manifestId)]);
  if (manifest === undefined) throw new Error(`manifest ${manifestId} is gone`);
  if (token !== undefined) await ports.tokens.wake(token, { status: manifest.status });
  return manifest;
};
