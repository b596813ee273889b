import type { CloseException, CloseRecord, CloseStep, ExceptionKind } from '../../../../lambdas/close/types.ts';
import type { Names } from '../../api/queries.ts';
import type { CloseAnswer } from '../../api/types.ts';
import { formatCount, plural } from '../../format/amount.ts';
import { formatDuration, formatPeriod, millisLeft } from '../../format/time.ts';
import { CLOSE_STEPS } from './steps.ts';

/** How a close speaks. */

export const STEP_NAMES: Readonly<Record<CloseStep, string>> = {
  readiness: 'Readiness',
  prepare: 'Prepare',
  rate: 'Rate',
  judge: 'Judge',
  exceptions: 'Exceptions',
  freeze: 'Freeze',
  approve: 'Approve',
  post: 'Post',
  reconcile: 'Reconcile',
  done: 'Done',
};

/** What a step counts, where that is not plain from its name. */
const STEP_UNITS: Readonly<Partial<Record<CloseStep, string>>> = {
  readiness: 'checks',
  exceptions: 'decided',
  prepare: 'accounts',
  rate: 'accounts',
  judge: 'accounts',
  freeze: 'documents',
  approve: 'manifests',
  post: 'documents',
  reconcile: 'documents',
};

export const EXCEPTION_NAMES: Readonly<Record<ExceptionKind, string>> = {
  'missing-price': 'Missing price',
  'missing-mapping': 'Missing mapping',
  'missing-meter': 'Missing meter',
  'missing-fx-rate': 'Missing rate of exchange',
  'superseding-book': 'Price book to be mended',
  'engine-differs': 'Newer rating differs',
  'disputed-line': 'Disputed line',
  'unattributed-usage': 'Usage of nobody yet',
  'same-id-at-two-times': 'Same id at two times',
  anomaly: 'Anomaly',
  'rating-failed': 'Rating failed',
  'reconciliation-break': 'Reconciliation break',
  'posting-failed': 'Posting failed',
};

/** `October 2026`, and `October 2026, 2nd run` from the second close of the same dates on. */
export const closeTitle = (close: Pick<CloseRecord, 'start' | 'end' | 'run'>, locale: string): string =>
  `${formatPeriod(close.start, close.end, locale)}${close.run > 1 ? `, run ${close.run}` : ''}`;

/** `18 of 24 accounts`; empty where there is nothing to count. */
export const stepCount = (close: CloseRecord, step: CloseStep, locale: string): string => {
  const { done, total } = close.steps[step];
  if (total === 0 || step === 'done') return '';
  const unit = STEP_UNITS[step];
  const counts =
    done === total ? formatCount(total, locale) : `${formatCount(done, locale)} of ${formatCount(total, locale)}`;
  return unit ? `${counts} ${total === 1 ? unit.replace(/s$/, '') : unit}` : counts;
};

/** The step where the close is now: what needs someone first, then what runs, else the last that ended. */
export const stepNow = (close: CloseRecord): CloseStep => {
  const by = (state: string) => CLOSE_STEPS.find((step) => close.steps[step].state === state);
  return by('failed') ?? by('needs you') ?? by('running') ?? by('waiting') ?? by('open') ?? 'done';
};

/** The accounts that an open exception keeps back. */
export const heldAccounts = (exceptions: readonly CloseException[]): readonly string[] => [
  ...new Set(exceptions.flatMap(({ state, account }) => (state === 'open' && account ? [account] : []))),
];

/** What is left, in sentences: the answer of the page. */
export const whatIsLeft = ({ close, manifests, exceptions }: CloseAnswer, now: number, locale: string): string[] => {
  const left: string[] = [];
  if (close.failure) left.push(`It ended at “${STEP_NAMES[close.failure.step]}”: ${close.failure.message}`);
  const awaiting = manifests.filter(({ status }) => status === 'awaiting approval').length;
  if (awaiting > 0) left.push(`${plural(awaiting, 'manifest', locale)} to approve or return.`);
  const open = exceptions.filter(({ state }) => state === 'open').length;
  const held = heldAccounts(exceptions).length;
  if (open > 0) {
    left.push(
      `${plural(open, 'exception', locale)} to decide${held > 0 ? `; ${plural(held, 'account', locale)} held` : ''}.`,
    );
  }
  const returned = manifests.filter(({ status }) => status === 'returned').length;
  if (returned > 0) left.push(`${plural(returned, 'manifest', locale)} returned: mend the reason, then close again.`);
  const step = stepNow(close);
  const progress = close.steps[step];
  if (close.status === 'running' && progress.state === 'running') {
    const millis = progress.startedAt ? millisLeft(progress.startedAt, now, progress.done, progress.total) : undefined;
    const time = millis === undefined ? '' : `, about ${formatDuration(millis)} left`;
    const count = stepCount(close, step, locale);
    left.push(`${STEP_NAMES[step]}${count ? `: ${count}` : ''}${time}.`);
  }
  if (left.length === 0)
    left.push(close.status === 'done' ? 'Nothing: posted and reconciled.' : 'Nothing for you now.');
  return left;
};

/** What an exception is about, by name. */
export const aboutOf = ({ account, subject }: CloseException, names: Names): string =>
  account ? names.account(account) : subject ? `subject ${subject}` : 'the close';
