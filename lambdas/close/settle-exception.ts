import { type CloseDates, exceptionIdOf } from './names.ts';
import type { ClosePorts } from './ports.ts';
import type { ExceptionKind } from './types.ts';

/** Who decides when the cause is seen to be gone. Not a person, so nobody becomes a maker by it. */
export const SYSTEM = 'system:close-step';

/** Resolves an exception whose cause is seen to be gone, with its audit entry. Nothing happens when it is not open. */
export const settleException = async (
  ports: Pick<ClosePorts, 'store' | 'clock'>,
  dates: CloseDates,
  kind: ExceptionKind,
  about: unknown,
  gone: { readonly decision: string; readonly reason: string },
): Promise<void> => {
  const exceptionId = exceptionIdOf(dates, kind, about);
  const known = await ports.store.exception(exceptionId);
  if (known?.state !== 'open') return;
  await ports.store.resolveException(
    exceptionId,
    { ...gone, by: SYSTEM, at: ports.clock.now() },
    { actor: SYSTEM, action: 'exception.resolve', target: exceptionId, details: { kind, ...gone } },
  );
};
