import type { DeliveryStatus } from '../delivery/types.ts';
import type { Clock } from '../platform/clock.ts';
import { ProblemError } from '../platform/problem.ts';
import type { CloseStore } from './close-store.ts';
import type { CloseException } from './types.ts';

export type ResolvePorts = {
  readonly clock: Clock;
  readonly store: Pick<CloseStore, 'exception' | 'resolveException'>;
  /** Where the delivery of a document stands. */
  readonly deliveryOf: (documentId: string) => Promise<DeliveryStatus | undefined>;
};

/**
 * Decides an exception, with its audit entry in one transaction; whoever decides becomes a maker of what these dates
 * bill. `accepted` lets things stand as they are, as does a word of the company's own (`count-both`, ...). Two do more:
 * `fixed` opens the exception again when a later close finds the same, and `void` gives up a document that the ERP will
 * never take.
 * @throws {ProblemError} 404, 409 ALREADY_RESOLVED, 409 NOT_VOIDABLE.
 */
export const resolveException = async (
  ports: ResolvePorts,
  request: { readonly exceptionId: string; readonly decision: string; readonly reason: string; readonly by: string },
): Promise<CloseException> => {
  const { exceptionId, decision, reason, by } = request;
  const known = await ports.store.exception(exceptionId);
  if (known === undefined) throw new ProblemError(404, 'NO_SUCH_EXCEPTION', `there is no exception ${exceptionId}`);
  if (decision === 'void') await refuseUnlessStopped(ports, known);
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

/** A document that may still arrive in the ERP must not be billed a second time. */
const refuseUnlessStopped = async (ports: ResolvePorts, exception: CloseException): Promise<void> => {
  const documentId = exception.evidence.documentId;
  if (exception.kind !== 'posting-failed' || typeof documentId !== 'string') {
    throw new ProblemError(409, 'NOT_VOIDABLE', 'only a document that was not posted can be void');
  }
  const state = (await ports.deliveryOf(documentId))?.state;
  if (state !== 'failed' && state !== 'parked') {
    const message = `the delivery of ${documentId} is ${state ?? 'not known'}: it may still be posted`;
    throw new ProblemError(409, 'NOT_VOIDABLE', message);
  }
};
