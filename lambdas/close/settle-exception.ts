import { type CloseDates, exceptionIdOf } from './names.ts';
import type { ClosePorts } from './ports.ts';
import type { ExceptionKind } from './types.ts';

/** Who decides when the cause is seen to be gone. Not a person, so nobody becomes a maker by it. */
export const SYSTEM = 'system:close-step';

/** How a cause is gone; `by`: a person who saw to it elsewhere, and made what is billed by that. */
type Gone = { readonly decision: string; readonly reason: string; readonly by?: string };

type Ports = Pick<ClosePorts, 'store' | 'clock'>;

/** Resolves an exception whose cause is seen to be gone, with its audit entry. Nothing happens when it is not open. */
export const settleExceptionOf = async (
  ports: Ports,
  exceptionId: string,
  { decision, reason, by = SYSTEM }: Gone,
): Promise<void> => {
  const known = await ports.store.exception(exceptionId);
  if (known?.state !== 'open') return;
  const { kind } = known;
  await ports.store.resolveException(
    exceptionId,
    { decision, reason, by, at: ports.clock.now() },
    {
      actor: SYSTEM,
      action: 'exception.resolve',
      target: exceptionId,
      details: { kind, decision, reason, ...(by === SYSTEM ? {} : { decidedBy: by }) },
    },
  );
};

/** The same for the exception about something. */
export const settleException = (
  ports: Ports,
  dates: CloseDates,
  kind: ExceptionKind,
  about: unknown,
  gone: Gone,
): Promise<void> => settleExceptionOf(ports, exceptionIdOf(dates, kind, about), gone);
