import { hull } from './intervals.ts';
import type { UsagePort } from './ports.ts';
import type { ExceptionDraft } from './raise.ts';
import type { AccountProgress } from './records.ts';

/** The ids of an account that were counted at two times: a person says whether they are one event or several. */
export const twiceCounted = async (
  ports: { readonly usage: Pick<UsagePort, 'twiceCounted'> },
  progress: AccountProgress,
): Promise<ExceptionDraft[]> => {
  const span = hull(progress.contracts.map(({ active }) => active));
  const subjects = [...new Set(progress.subjects.map(({ subject }) => subject))];
  if (span === undefined || subjects.length === 0) return [];
  const ids = await ports.usage.twiceCounted(subjects, span);
  return ids.map(({ idHash, slots }) => ({
    kind: 'same-id-at-two-times' as const,
    about: { account: progress.account, idHash },
    account: progress.account,
    subject: slots[0]?.subject ?? '',
    message: `${progress.accountName}: one event id was counted at ${slots.length} times (${slots.map(({ start }) => start).join(', ')}). If they are different events, decide "accepted" and close again, which bills them all. If they are one event, the ledger cannot take one back today: say so in the reason of "accepted", close again, and credit the difference in the ERP by hand.`,
    evidence: { idHash, slots },
  }));
};
