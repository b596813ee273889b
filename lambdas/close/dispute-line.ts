import type { AuditLog } from '../platform/audit-log.ts';
import type { Clock } from '../platform/clock.ts';
import { ProblemError } from '../platform/problem.ts';
import type { CloseStore } from './close-store.ts';
import { raise } from './raise.ts';
import type { CloseException } from './types.ts';

export type DisputePorts = {
  readonly clock: Clock;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly store: Pick<CloseStore, 'lineReferences' | 'close' | 'raise'>;
};

/**
 * Holds a line that somebody doubts, with its coupled group and nothing else, until a person decides. Upheld, it is mended
 * at its source (cancelled events, an amended contract) or adjusted, never both.
 * @throws {ProblemError} 404 NO_SUCH_LINE.
 */
export const disputeLine = async (
  ports: DisputePorts,
  request: { readonly lineId: string; readonly reason: string; readonly by: string },
): Promise<CloseException> => {
  const { lineId, reason, by } = request;
  const reference = (await ports.store.lineReferences(lineId)).at(-1);
  const close = reference && (await ports.store.close(reference.closeId));
  if (reference === undefined || close === undefined) {
    throw new ProblemError(404, 'NO_SUCH_LINE', `no document has a line ${lineId}`);
  }
  const { account, amount, currency, documentId } = reference;
  const exception = await raise(ports, close, {
    kind: 'disputed-line',
    about: { lineId, reason },
    account,
    lineId,
    message: `${by} doubts the line ${lineId} of ${documentId}: ${reason}. It is held with the lines that share a minimum, maximum, discount or credit with it. When it is right, decide "accepted"; when it is mended (events cancelled, contract amended) or adjusted, decide "fixed"; then close again.`,
    evidence: { lineId, documentId, by },
    amountAtStake: { currency, amount },
  });
  const details = { account, documentId, reason, exceptionId: exception.exceptionId };
  await ports.audit.append({ actor: by, action: 'line.dispute', target: lineId, details });
  return exception;
};
