import type { Clock } from '../platform/clock.ts';
import { ProblemError } from '../platform/problem.ts';
import type { CloseStore } from './close-store.ts';
import type { CloseException } from './types.ts';

export type ResolvePorts = {
  readonly clock: Clock;
  readonly store: Pick<CloseStore, 'exception' | 'resolveException'>;
  /** Takes care that a document which has stopped is never sent again. False if it may still arrive. */
  readonly giveUp: (documentId: string) => Promise<boolean>;
  /** Decides that an id which came again counts every time. @throws {ProblemError} 409 if it is being cancelled already. */
  readonly countAll: (idHash: string, said: { readonly reason: string; readonly by: string }) => Promise<void>;
};

/**
 * Decides an exception, with its audit entry in one transaction; whoever decides becomes a maker of what these dates
 * bill. `accepted` lets things stand as they are, as does a word of the company's own (`count-both`, ...): of an id that
 * came again it decides that all count. Two do more: `fixed` opens the exception again when the same is found again, and
 * `void` gives up a document that the ERP will never take: it is never sent again, and what it bills counts as not billed.
 * @throws {ProblemError} 404, 409 ALREADY_RESOLVED, NOT_VOIDABLE, DECISION_UNFIT.
 */
export const resolveException = async (
  ports: ResolvePorts,
  request: { readonly exceptionId: string; readonly decision: string; readonly reason: string; readonly by: string },
): Promise<CloseException> => {
  const { exceptionId, decision, reason, by } = request;
  const known = await ports.store.exception(exceptionId);
  if (known === undefined) throw new ProblemError(404, 'NO_SUCH_EXCEPTION', `there is no exception ${exceptionId}`);
  if (known.state === 'open') await refuseUnfit(ports, known, decision);
  const { idHash } = known.evidence;
  const isSameId = known.kind === 'same-id-at-two-times' && typeof idHash === 'string';
  // Before the exception: one that stays open after its finding was decided is closed by the next close.
  if (known.state === 'open' && isSameId && decision !== 'fixed') await ports.countAll(idHash, { reason, by });
  const resolved = await ports.store.resolveException(
    exceptionId,
    { decision, reason, by, at: ports.clock.now() },
    {
      actor: by,
      action: 'exception.resolve',
      target: exceptionId,
      details: { kind: known.kind, decision, reason, ...(known.account ? { account: known.account } : {}) },
    },
  );
  const now = await ports.store.exception(exceptionId);
  if (!resolved || now === undefined) {
    const who = now?.resolution ? ` by ${now.resolution.by} (${now.resolution.decision})` : '';
    throw new ProblemError(409, 'ALREADY_RESOLVED', `the exception is decided already${who}`);
  }
  return now;
};

/** Words that say the opposite of what they would do here. */
const ONE_EVENT = /first|once|cancel/;

/**
 * A document is posted or it is not: only mending it or giving it up leads on. And which of several events stands is not
 * decided here.
 */
const refuseUnfit = async (ports: ResolvePorts, exception: CloseException, decision: string): Promise<void> => {
  if (exception.kind === 'same-id-at-two-times' && ONE_EVENT.test(decision)) {
    const how = `npm run ops -- same-id decide ${exception.evidence.idHash ?? '<finding>'} first`;
    const detail = `"${decision}" would count all of them here: an operator cancels all but the first by "${how}"`;
    throw new ProblemError(409, 'DECISION_UNFIT', detail);
  }
  if (exception.kind !== 'posting-failed') {
    if (decision !== 'void') return;
    throw new ProblemError(409, 'NOT_VOIDABLE', 'only a document that was not posted can be void');
  }
  if (decision === 'fixed') return;
  if (decision !== 'void') {
    const detail =
      'decide "fixed" and start the close again, which sends the document again; or "void", which gives it up';
    throw new ProblemError(409, 'DECISION_UNFIT', detail);
  }
  const documentId = String(exception.evidence.documentId);
  // Before the decision is written: a document that may still arrive in the ERP must not be billed a second time.
  if (!(await ports.giveUp(documentId))) {
    throw new ProblemError(409, 'NOT_VOIDABLE', `${documentId} is not stopped: it is posted, or may still be`);
  }
};
