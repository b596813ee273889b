import { hull } from './intervals.ts';
import type { TwiceCounted, UsagePort } from './ports.ts';
import type { ExceptionDraft } from './raise.ts';
import type { AccountProgress } from './records.ts';

/** So many ids of an account are an exception each; more are one for all of them: a producer made one mistake. */
const MOST = 20;

const messageOf = (accountName: string, { idHash, state, slots }: TwiceCounted): string => {
  const times = `${slots.length} times (${slots.map(({ start }) => start).join(', ')})`;
  return state === 'cancelling'
    ? `${accountName}: one event id was counted at ${times}, and all but the first are being cancelled. Close again when that is seen in the ledger.`
    : `${accountName}: one event id was counted at ${times}. If they are one event, have an operator decide so, which cancels all but the first ("npm run ops -- same-id decide ${idHash} first"), and close again. If they are different events, decide "accepted", which counts them all, and close again.`;
};

/**
 * The ids of an account that the walk found to be counted at two times and that nobody has settled: a person says whether
 * they are one event or several.
 */
export const twiceCounted = async (
  ports: { readonly usage: Pick<UsagePort, 'twiceCounted'> },
  progress: AccountProgress,
): Promise<ExceptionDraft[]> => {
  const { account, accountName } = progress;
  const span = hull(progress.contracts.map(({ active }) => active));
  const subjects = [...new Set(progress.subjects.map(({ subject }) => subject))];
  if (span === undefined || subjects.length === 0) return [];
  const ids = await ports.usage.twiceCounted(subjects, span, MOST + 1);
  const kind = 'same-id-at-two-times' as const;
  if (ids.length > MOST) {
    const message = `${accountName}: more than ${MOST} event ids were counted at two times. See "npm run ops -- same-id list"; have an operator decide about the whole producer ("npm run ops -- same-id rule"), then close again. "accepted" bills them all as they are.`;
    return [
      { kind, about: { account, many: true }, account, subject: subjects[0] ?? '', message, evidence: { many: true } },
    ];
  }
  return ids.map((found) => ({
    kind,
    about: { account, idHash: found.idHash },
    account,
    subject: found.slots[0]?.subject ?? '',
    message: messageOf(accountName, found),
    evidence: { idHash: found.idHash, slots: found.slots },
  }));
};
