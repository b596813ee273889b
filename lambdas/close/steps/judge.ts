import { mapBounded } from '../../platform/bounded.ts';
import { compare, multiply, parseDecimal } from '../../platform/decimal.ts';
import { daysBetween } from '../../platform/period.ts';
import { getPinned } from '../data-files.ts';
import { unratedOf } from '../holds.ts';
import { absoluteText, moneyOf, sameTotals, totalsOf } from '../money.ts';
import { type ClosePorts, ok, refused, type StepResult } from '../ports.ts';
import { beginStep, closeOf, endStep } from '../progress.ts';
import { type ExceptionDraft, raise } from '../raise.ts';
import type { LinesFile } from '../rate-account.ts';
import type { AccountProgress, RatedOutcome } from '../records.ts';
import type { CloseRecord, Totals } from '../types.ts';

/** More than this times the period before, or less than one such part of it, is for a person to look at. */
const ANOMALY_FACTOR = '5';
/** Below this both times (in units of the currency) a change is not worth a person's time. */
const ANOMALY_FLOOR = '1000';
const AT_ONCE = 32;

/**
 * Control totals: every account is rated or excepted, and each account's stored lines add up to what its progress
 * says. Then every account against its own month before: what is billed by quarter or year has none. A difference in
 * the totals stops the close.
 */
export const judge = async (ports: ClosePorts, input: { readonly closeId: string }): Promise<StepResult> => {
  const record = await closeOf(ports.store, input.closeId);
  if (record.steps.judge.state === 'done') return ok({ accounts: record.steps.judge.total });
  const accounts = await ports.store.accounts(record.closeId);
  await beginStep(ports, record, 'judge', accounts.length);

  const open = accounts.filter(({ state }) => state === 'open').map(({ account }) => account);
  const expected = record.steps.prepare.total;
  if (open.length > 0 || accounts.length !== expected) {
    const which = open.length > 0 ? ` Not rated: ${open.slice(0, 10).join(', ')}.` : '';
    return refused('ACCOUNTS_MISSING', `${accounts.length - open.length} of ${expected} accounts are rated.${which}`);
  }
  const rated = accounts.flatMap((progress) => (progress.rated ? [{ progress, rated: progress.rated }] : []));
  const checked = await mapBounded(rated, AT_ONCE, (each) => checkLines(ports, each));
  const wrong = checked.flatMap((each) => each.wrong);
  if (wrong.length > 0) return refused('TOTALS_DIFFER', wrong.join(' '));

  const anomalies = await mapBounded(checked, AT_ONCE, (each) => checkHistory(ports, record, each));
  const raised = await Promise.all(anomalies.flat().map((draft) => raise(ports, record, draft)));
  await keepResults(ports, record, checked);

  const totals = totalsOf(rated.flatMap((each) => moneyOf(each.rated.totals)));
  const excepted = accounts.length - rated.length;
  const figures = { done: accounts.length, total: accounts.length, totals };
  const unrated = unratedOf(accounts).length;
  const left = [
    ...(excepted === 0 ? [] : [`${excepted} of ${accounts.length} accounts could not be rated.`]),
    ...(unrated === 0 ? [] : [`${unrated} contracts of accounts that have others could not be rated.`]),
  ];
  await endStep(ports, record, 'rate', { ...figures, notes: left });
  const unusual = raised.length === 0 ? [] : [`${raised.length} accounts differ much from their period before.`];
  await endStep(ports, record, 'judge', { ...figures, notes: [...left, ...unusual] });
  return ok({ accounts: accounts.length, excepted });
};

type Rated = { readonly progress: AccountProgress; readonly rated: RatedOutcome };

/** An account with what is compared from month to month: what contracts of months come to. */
type Checked = Rated & { readonly wrong: readonly string[]; readonly monthly: Totals };

/** The longest month. A quarter or a year has no such period just before it. */
const MONTH_DAYS = 31;

const checkLines = async (ports: ClosePorts, { progress, rated }: Rated): Promise<Checked> => {
  const file = await getPinned<LinesFile>(ports.files, { key: rated.linesKey, hash: rated.linesHash });
  const longer = new Set(
    progress.contracts.flatMap(({ contract, period }) =>
      daysBetween(period.start, period.end) > MONTH_DAYS ? [contract] : [],
    ),
  );
  const sum = totalsOf(file.lines);
  const strangers = file.lines.filter((line) => line.account !== progress.account).length;
  const isRight = sameTotals(sum, rated.totals) && file.lines.length === rated.lines && strangers === 0;
  const says = `The lines of ${progress.account} come to ${JSON.stringify(sum)}, not ${JSON.stringify(rated.totals)}.`;
  const monthly = totalsOf(file.lines.filter(({ contract }) => !longer.has(contract)));
  return { progress, rated, wrong: isRight ? [] : [says], monthly };
};

/** How an amount stands to the one before: far above, far below, or as ever. */
const compared = (before: string, now: string): 'far above' | 'far below' | undefined => {
  const [was, is] = [parseDecimal(absoluteText(before)), parseDecimal(absoluteText(now))];
  const [factor, floor] = [parseDecimal(ANOMALY_FACTOR), parseDecimal(ANOMALY_FLOOR)];
  if (compare(was, floor) < 0 && compare(is, floor) < 0) return undefined;
  if (compare(is, multiply(was, factor)) > 0) return 'far above';
  return compare(multiply(is, factor), was) < 0 ? 'far below' : undefined;
};

const checkHistory = async (ports: ClosePorts, record: CloseRecord, each: Checked): Promise<ExceptionDraft[]> => {
  const { account, accountName } = each.progress;
  const before = await ports.store.resultEndingAt(account, record.start);
  if (before === undefined) return [];
  const currencies = Object.keys({ ...before.totals, ...each.monthly });
  return currencies.flatMap((currency) => {
    const amount = (totals: Totals): string => totals[currency] ?? '0';
    const [was, is] = [amount(before.totals), amount(each.monthly)];
    const how = compared(was, is);
    if (how === undefined) return [];
    return [
      {
        kind: 'anomaly' as const,
        about: { account, currency, how },
        account,
        message: `${accountName} comes to ${is} ${currency}, ${how} the ${was} ${currency} of the period before. Look at its lines. If they are right, decide "accepted", else mend the cause and decide "fixed"; then close again.`,
        evidence: { before: was, now: is, currency, periodBefore: `${before.start} to ${before.end}` },
        amountAtStake: { currency, amount: is },
      },
    ];
  });
};

const keepResults = async (ports: ClosePorts, record: CloseRecord, rated: readonly Checked[]): Promise<void> => {
  await mapBounded(rated, AT_ONCE, ({ progress, monthly: totals, rated: { linesKey, linesHash } }) =>
    ports.store.putResult({
      account: progress.account,
      start: record.start,
      end: record.end,
      closeId: record.closeId,
      totals,
      linesKey,
      linesHash,
    }),
  );
};
