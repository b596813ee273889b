import type { SignalRule } from '../catalog/types.ts';
import {
  add,
  compare,
  type Decimal,
  divide,
  formatDecimal,
  fromInteger,
  isNegative,
  maximum,
  multiply,
  negate,
  parseDecimal,
  round,
  subtract,
  ZERO,
} from '../platform/decimal.ts';

/** The use of one meter on one day. Days follow one another without a gap; a day without use has `0`. */
export type DayValue = { readonly day: string; readonly value: string };

/** What the detector says of one day. `unjudged`: too little history, or a baseline too small to mean anything. */
export type DayVerdict = DayValue & {
  readonly verdict: 'normal' | 'dropped' | 'unjudged';
  /** What this account uses on such a weekday; absent when there is too little history. */
  readonly baseline?: string;
};

/** A run of dropped days that is long enough to call about. */
export type Episode = {
  /** First day of the run. */
  readonly since: string;
  /** The day on which it became long enough; value and baseline are that day's. */
  readonly day: string;
  readonly value: string;
  readonly baseline: string;
  /** Change against the baseline in whole percent, e.g. `-72`. */
  readonly changePercent: string;
};

/** What the detector needs of a rule. */
export type DropRule = Pick<SignalRule, 'baselineWeeks' | 'days' | 'below' | 'minimumBaseline'>;

const WEEK = 7;
const HALF = parseDecimal('0.5');
const HUNDRED = fromInteger(100);
/** Two standard deviations, as the median absolute deviation tells them (1.4826 × MAD estimates one). */
const NOISE = parseDecimal('2.9652');
/** Two equal weeks prove no stillness: the deviation counts as at least this part of the median. */
const LEAST_DEVIATION = parseDecimal('0.05');

/** How many days of history a judgement of one day may look back on. */
export const historyDays = (rule: DropRule): number => rule.baselineWeeks * WEEK * 2 + rule.days;

/** The median; of an even number of values the mean of the middle two. @throws {RangeError} for none. */
export const median = (values: readonly Decimal[]): Decimal => {
  const sorted = values.toSorted(compare);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new RangeError('no values, no median');
  return multiply(add(lower, upper), HALF);
};

const distance = (a: Decimal, b: Decimal): Decimal => {
  const difference = subtract(a, b);
  return isNegative(difference) ? negate(difference) : difference;
};

const isDrop = (value: Decimal, baseline: Decimal, history: readonly Decimal[], below: Decimal): boolean => {
  const deviation = maximum(
    median(history.map((past) => distance(past, baseline))),
    multiply(baseline, LEAST_DEVIATION),
  );
  const isLow = compare(value, multiply(baseline, below)) < 0;
  const isBeyondNoise = compare(value, subtract(baseline, multiply(NOISE, deviation))) < 0;
  return isLow && isBeyondNoise;
};

/**
 * Judges each day against the same weekday of the weeks before. Days that dropped never enter a baseline, so a drop
 * does not become the new normal while it lasts; days before the first use are no history.
 */
export const judgeDays = (series: readonly DayValue[], rule: DropRule): DayVerdict[] => {
  const first = series.findIndex(({ value }) => compare(parseDecimal(value), ZERO) > 0);
  if (first === -1) return [];
  const below = parseDecimal(rule.below);
  const smallest = parseDecimal(rule.minimumBaseline);
  const healthy: Decimal[][] = Array.from({ length: WEEK }, () => []);

  return series.slice(first).map((day, n): DayVerdict => {
    const sameWeekday = healthy[n % WEEK] ?? [];
    const value = parseDecimal(day.value);
    const history = sameWeekday.slice(-rule.baselineWeeks);
    if (history.length < rule.baselineWeeks) {
      sameWeekday.push(value);
      return { ...day, verdict: 'unjudged' };
    }
    const baseline = median(history);
    const judged = { ...day, baseline: formatDecimal(baseline) };
    const isTooSmall = compare(baseline, smallest) < 0;
    if (!isTooSmall && isDrop(value, baseline, history, below)) return { ...judged, verdict: 'dropped' };
    sameWeekday.push(value);
    return { ...judged, verdict: isTooSmall ? 'unjudged' : 'normal' };
  });
};

const changeOf = (value: string, baseline: string): string => {
  const ratio = divide(subtract(parseDecimal(value), parseDecimal(baseline)), parseDecimal(baseline), 6, 'half-even');
  return formatDecimal(round(multiply(ratio, HUNDRED), 0, 'half-even'));
};

/**
 * The episodes in judged days: each run of at least `rule.days` dropped days, told as of the day it was long enough. A
 * day that says nothing (a weekend too small to judge) neither lengthens a run nor ends it: one drop is one episode.
 */
export const episodesOf = (verdicts: readonly DayVerdict[], rule: DropRule): Episode[] => {
  const episodes: Episode[] = [];
  let run: DayVerdict[] = [];
  for (const verdict of verdicts) {
    if (verdict.verdict === 'unjudged') continue;
    run = verdict.verdict === 'dropped' ? [...run, verdict] : [];
    const since = run[0]?.day;
    if (run.length !== rule.days || since === undefined || verdict.baseline === undefined) continue;
    const { day, value, baseline } = verdict;
    episodes.push({ since, day, value, baseline, changePercent: changeOf(value, baseline) });
  }
  return episodes;
};
