import type { ClosePorts } from './ports.ts';
import type { AccountProgress } from './records.ts';
import { SYSTEM, settleExceptionOf } from './settle-exception.ts';
import { twiceCounted } from './twice-counted.ts';
import type { CloseException, CloseRecord } from './types.ts';

/** Whether the cause of an exception about ids at two times is gone, and who decided that. */
const isGone = async (
  ports: ClosePorts,
  { evidence, account }: CloseException,
  accounts: readonly AccountProgress[],
): Promise<{ readonly by: string } | undefined> => {
  if (typeof evidence.idHash === 'string') {
    const { isSettled, by = SYSTEM } = await ports.usage.twiceCountedStands(evidence.idHash);
    return isSettled ? { by } : undefined;
  }
  // One for many ids: gone when there are not too many any more; what is left of them is raised by itself.
  const progress = accounts.find((each) => each.account === account);
  const left = progress === undefined ? [] : await twiceCounted(ports, progress);
  return left.some((draft) => draft.evidence.many === true) ? undefined : { by: SYSTEM };
};

/**
 * Closes the exceptions about ids at two times whose findings are settled by now, in the name of whoever decided: that
 * person made what is billed, as if it had been decided here.
 */
export const settleTwiceCounted = async (
  ports: ClosePorts,
  record: CloseRecord,
  accounts: readonly AccountProgress[],
): Promise<void> => {
  const open = (await ports.store.exceptions(record)).filter(
    ({ kind, state }) => kind === 'same-id-at-two-times' && state === 'open',
  );
  for (const exception of open) {
    const gone = await isGone(ports, exception, accounts);
    if (gone === undefined) continue;
    await settleExceptionOf(ports, exception.exceptionId, {
      decision: 'settled',
      reason: 'The finding of the ledger is settled: the id counts as it was decided.',
      by: gone.by,
    });
  }
};
