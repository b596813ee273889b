import { exponentOf } from '../platform/currency.ts';
import { anchoredDay, type Period } from '../platform/period.ts';
import type { BillContext } from './contract/bill.ts';
import { contractYearOf } from './contract/contract-year.ts';
import { coveredPart, firstChargedDay, nextPeriod } from './period-part.ts';
import type { RateInput } from './types.ts';

/** Where amounts are not rounded to the currency, they have at most this many decimals. */
const UNROUNDED_PLACES = 12;

type Currency = { readonly code: string; readonly exponent: number };

/** What a rating is about, worked out once: which days, which next period, which currencies, how many decimals. */
export type Scene = {
  readonly input: RateInput;
  /** The part that is charged; without days where the contract covers none of it. */
  readonly part: Period;
  readonly covered: Period | undefined;
  /** The next period and the part of it that the contract covers; `undefined` where it covers none. */
  readonly next: () => { readonly period: Period; readonly part: Period } | undefined;
  /** What the lines are for: the part, or what they are charged ahead for. */
  readonly service: () => Period;
  readonly firstDay: string;
  /** Whether a contract year begins with this part, so that nothing was counted in it yet. */
  readonly newYear: () => boolean;
  /** The currency of the prices, and of the lines. */
  readonly priced: Currency;
  readonly billed: Currency;
  readonly places: number;
};

const currencyOf = (code: string): Currency => ({ code, exponent: exponentOf(code) });

const MONTHS = { monthly: 1, quarterly: 3, annual: 12 } as const;

/**
 * Whether a contract year begins with what is rated. A period belongs to the year that it begins in; of a contract that
 * was amended within it, a later part goes on with the year of the first.
 */
const beginsYear = ({ contract, period, part }: RateInput): boolean => {
  if (part !== undefined && part.start > period.start && part.start > firstChargedDay(contract)) return false;
  const before = anchoredDay(period.start, -MONTHS[contract.cadence], contract.anchorDay);
  const year = (date: string): string => contractYearOf(contract.start, date).start;
  return year(period.start) !== year(before);
};

/** Works something out when it is first asked for: most ratings have nothing ahead and count no year. */
const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

/** The scene of a rating. */
export const sceneOf = (input: RateInput): Scene => {
  const { contract, period, policy, priceBook } = input;
  const covered = coveredPart(contract, period, input.part);
  const next = once(() => {
    // What another version charges of this period is no matter of what this one charges ahead.
    if (input.part !== undefined && input.part.end < period.end) return undefined;
    const following = nextPeriod(contract, period);
    const part = coveredPart(contract, following);
    return part && { period: following, part };
  });
  const part = covered ?? { ...period, end: period.start };
  const billed = currencyOf(contract.currency);
  return {
    input,
    part,
    covered,
    next,
    service: () => covered ?? next()?.part ?? period,
    firstDay: firstChargedDay(contract),
    newYear: once(() => beginsYear(input)),
    priced: currencyOf(priceBook.currency),
    billed,
    places: policy.roundingStage === 'none' ? UNROUNDED_PLACES : billed.exponent,
  };
};

/** What the rules of the contract know of it. */
export const billContext = (scene: Scene): BillContext => {
  const { input, billed, places, service } = scene;
  const { contract, policy, opening, period } = input;
  return {
    contract,
    policy,
    opening,
    currency: billed,
    places,
    period,
    part: service(),
    anchorDay: contract.anchorDay,
    interim: input.interim === true,
    amended: input.part !== undefined,
  };
};
