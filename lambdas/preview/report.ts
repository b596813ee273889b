import {
  add,
  compare,
  type Decimal,
  divide,
  formatFixed,
  fromInteger,
  isNegative,
  isZero,
  multiply,
  negate,
  parseDecimal,
  subtract,
  ZERO,
} from '../platform/decimal.ts';
import { contentHash } from '../platform/hash.ts';
import { amountText } from './amounts.ts';
import type { AccountPreview, AccountSum, PeriodPreview, PreviewParams, PreviewReport, PreviewSum } from './types.ts';

type Dates = { readonly start: string; readonly end: string };
type Pair = { readonly before: Decimal; readonly after: Decimal };

/** Lists in a report hold so many at most; the accounts' own list has all. */
const LONGEST_LIST = 100;
const HUNDRED = fromInteger(100);

/** Sums per currency of periods that can be rated both ways, ordered by currency. */
const sumsOf = (periods: readonly PeriodPreview[]): [string, Pair][] => {
  const sums = new Map<string, Pair>();
  for (const { currency, before, after } of periods) {
    if (before === undefined || after === undefined) continue;
    const known = sums.get(currency) ?? { before: ZERO, after: ZERO };
    sums.set(currency, {
      before: add(known.before, parseDecimal(before)),
      after: add(known.after, parseDecimal(after)),
    });
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
};

const sumOf = (currency: string, { before, after }: Pair): PreviewSum => {
  const text = (amount: Decimal): string => amountText(amount, currency);
  const difference = subtract(after, before);
  return {
    currency,
    before: text(before),
    after: text(after),
    difference: text(difference),
    ...(isZero(before) ? {} : { percent: percentOf(difference, before) }),
  };
};

const percentOf = (part: Decimal, whole: Decimal): string =>
  formatFixed(divide(multiply(part, HUNDRED), absolute(whole), 2, 'half-even'), 2);

const absolute = (amount: Decimal): Decimal => (isNegative(amount) ? negate(amount) : amount);

const isOver = ({ running }: PeriodPreview): boolean => running !== true;

/** The sums of one account over the periods that are over, one per currency. */
export const accountSums = ({ account, name, periods }: AccountPreview): AccountSum[] =>
  sumsOf(periods.filter(isOver)).map(([currency, pair]) => ({ account, name, ...sumOf(currency, pair) }));

/** The largest change first; equal ones by account. */
const byChange = (a: AccountSum, b: AccountSum): number => {
  const order = compare(absolute(parseDecimal(b.difference)), absolute(parseDecimal(a.difference)));
  return order !== 0 ? order : a.account < b.account ? -1 : 1;
};

/** Whether a bill rises by more than so many percent; one that was nothing does as soon as it is something. */
const isAtRisk = ({ before, difference }: PreviewSum, percent: number): boolean => {
  const [was, more] = [parseDecimal(before), parseDecimal(difference)];
  if (isNegative(more) || isZero(more)) return false;
  return compare(multiply(more, HUNDRED), multiply(absolute(was), fromInteger(percent))) > 0;
};

/**
 * The report of all accounts, in whatever order they are given. Pure: nothing of when or by whom it was asked for is in it,
 * so the same accounts give the same bytes.
 */
export const reportOf = (
  given: readonly AccountPreview[],
  { of, change, riskPercent }: Pick<PreviewParams, 'of' | 'change' | 'riskPercent'>,
  dates: Dates,
  running: Dates,
): PreviewReport => {
  const accounts = [...given].sort((a, b) => (a.account < b.account ? -1 : 1));
  const periods = accounts.flatMap((each) => each.periods);
  const sums = accounts.flatMap(accountSums);
  const winners = sums.filter(({ difference }) => isNegative(parseDecimal(difference)));
  const losers = sums.filter(({ difference }) => compare(parseDecimal(difference), ZERO) > 0);
  const risky = losers.filter((sum) => isAtRisk(sum, riskPercent));
  const problems = accounts.flatMap(({ account, periods: own }) =>
    own.flatMap(({ contract, start, problem }) =>
      problem === undefined ? [] : [{ account, contract, start, message: problem }],
    ),
  );
  const cliffs = accounts.flatMap((each) => each.cliffs);
  const atRisk = sumsOf(risky.map((sum) => ({ ...sum, contract: '', start: '', end: '', usageHash: '' })));
  return {
    format: 1,
    of,
    changeHash: change.hash,
    dates,
    running,
    accounts: accounts.length,
    totals: sumsOf(periods.filter(isOver)).map(([currency, pair]) => sumOf(currency, pair)),
    runningTotals: sumsOf(periods.filter((each) => !isOver(each))).map(([currency, pair]) => sumOf(currency, pair)),
    winners: winners.sort(byChange).slice(0, LONGEST_LIST),
    losers: losers.sort(byChange).slice(0, LONGEST_LIST),
    counts: {
      winners: winners.length,
      losers: losers.length,
      same: sums.length - winners.length - losers.length,
      problems: problems.length,
      cliffs: cliffs.length,
    },
    atRisk: {
      percent: riskPercent,
      accounts: new Set(risky.map(({ account }) => account)).size,
      amounts: atRisk.map(([currency, { before }]) => ({
        currency,
        amount: sumOf(currency, { before, after: before }).before,
      })),
    },
    problems: problems.slice(0, LONGEST_LIST),
    cliffs: cliffs.slice(0, LONGEST_LIST),
    accountsHash: contentHash(accounts),
  };
};
