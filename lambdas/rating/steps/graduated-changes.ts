import {
  add,
  compare,
  type Decimal,
  formatDecimal,
  isNegative,
  isZero,
  maximum,
  minimum,
  subtract,
  sum,
  ZERO,
} from '../../platform/decimal.ts';
import { type Exact, exact, isBelowZero, NOTHING, plus, ratio, share, times } from '../exact.ts';
import { RatingError } from '../rating-error.ts';
import type { ArithmeticNode } from '../types.ts';
import { equalTo, instant, money, number, quantity, shown } from '../wording.ts';
import { type HeldShare, heldShares } from './covered.ts';
import { type Apply, charging, type Shift, type StepContext, type Working } from './step.ts';
import { leaves, type ReadyTier, tierRange } from './tiers.ts';

/** So many units of a tier that begins at `start`. */
type InTier = { readonly tier: ReadyTier; readonly start: Decimal; readonly units: Decimal };
/** What a change puts into one tier (or takes out of it), and what it costs for the time that it holds. */
type Crossing = InTier & { readonly shift: Shift; readonly words: () => string; readonly amount: Exact };

/** The units of each tier that a level crosses between two values; below 0 there is none. */
const unitsBetween = (from: Decimal, to: Decimal, tiers: readonly ReadyTier[]): readonly InTier[] => {
  const [low, high] = [maximum(minimum(from, to), ZERO), maximum(from, to)];
  return tiers.flatMap((tier, n) => {
    const start = tiers[n - 1]?.end ?? ZERO;
    const top = tier.end === null ? high : minimum(high, tier.end);
    const units = subtract(top, maximum(low, start));
    return isNegative(units) || isZero(units) ? [] : [{ tier, start, units }];
  });
};

const unitPriceOf = ({ unitPrice, percent }: ReadyTier): Decimal => add(unitPrice ?? ZERO, percent?.factor ?? ZERO);

/** What is charged of a change: what somebody said, or by the time for which it holds. */
const chargedOf = (
  { at, by, prorated }: Shift,
  heldFrom: (at: string) => HeldShare,
): { readonly charged: Exact; readonly words: () => string } => {
  if (prorated !== undefined)
    return { charged: exact(prorated), words: () => `, charged as ${number(prorated)} of ${number(by)},` };
  const { part, whole, words } = heldFrom(at);
  return { charged: share(exact(by), part, whole), words: () => ` × ${words()}` };
};

type Run = { readonly crossings: readonly Crossing[]; readonly highest: Decimal };

const runOf = (shifts: readonly Shift[], tiers: readonly ReadyTier[], context: StepContext): Run => {
  const heldFrom = heldShares(context);
  let level = ZERO;
  let highest = ZERO;
  const crossings = shifts.flatMap((shift) => {
    const before = level;
    level = add(level, shift.by);
    if (compare(level, highest) > 0) highest = level;
    const { charged, words } = chargedOf(shift, heldFrom);
    const crossed = unitsBetween(before, level, tiers);
    const all = sum(crossed.map(({ units }) => units));
    return crossed.map((part) => ({
      ...part,
      shift,
      words,
      amount: ratio(times(charged, unitPriceOf(part.tier)), part.units, all),
    }));
  });
  return { crossings, highest };
};

/** The flat fees of the tiers that the level reached at any time, each once. */
const flatFees = (highest: Decimal, tiers: readonly ReadyTier[], { policy }: StepContext): readonly ReadyTier[] => {
  if (isZero(highest) && policy.zeroUsageFlatFee === 'none') return [];
  return tiers.filter((tier, n) => {
    const edge = tiers[n - 1]?.end;
    return tier.flatFee !== undefined && (edge === undefined || (edge !== null && leaves(highest, edge, policy)));
  });
};

const nodeOf = (run: Run, fees: readonly ReadyTier[], amount: Exact, working: Working, { currency }: StepContext) => {
  const crossed = run.crossings.map(
    ({ tier, start, units, shift, words, amount: cost }): ArithmeticNode => ({
      step: 'change',
      text: `${instant(shift.at)}: ${isNegative(shift.by) ? '−' : '+'}${number(units)} (${tierRange(start, tier.end)}) × ${money(unitPriceOf(tier), currency)}${words()} ${equalTo(cost, currency)}`,
      result: formatDecimal(shown(cost)),
      unit: currency.code,
      children: [],
    }),
  );
  const flat = fees.map(
    ({ flatFee = ZERO }): ArithmeticNode => ({
      step: 'tier',
      text: `flat fee ${money(flatFee, currency)}`,
      result: formatDecimal(flatFee),
      unit: currency.code,
      children: [],
    }),
  );
  return {
    step: 'graduated',
    text: `${quantity(working.quantity, working.unit)} in the end, at most ${number(run.highest)}, by the changes ${equalTo(amount, currency)}`,
    result: formatDecimal(shown(amount)),
    unit: currency.code,
    children: [...crossed, ...flat],
  };
};

/**
 * The running level chooses the tier, the share of the period that a change holds is what is charged. A change that
 * crosses tiers is spread over them in proportion to its units; a tier's flat fee is charged once if the level ever
 * reached it; in all never below 0. Example with 10.00 up to 5 (flat 100.00) and 5.00 above (flat 50.00): changes of
 * +5 charged as 3.5, +2 as 1, −4 as −1.6, +10 as 2 = 35 + 5 − 12 + 12 + 150 = 190.00.
 * @throws {RatingError} `usage-incomplete` if there is usage without its changes.
 */
export const graduatedByChanges =
  (tiers: readonly ReadyTier[]): Apply =>
  (working, context) => {
    if (context.changes === undefined && !isZero(working.quantity)) {
      throw new RatingError(
        'usage-incomplete',
        'a price by changes of the level needs the changes: its usage has none',
        {
          unit: working.unit,
        },
      );
    }
    const run = runOf(context.changes ?? [], tiers, context);
    const fees = flatFees(run.highest, tiers, context);
    const total = [
      ...run.crossings.map(({ amount }) => amount),
      ...fees.map(({ flatFee }) => exact(flatFee ?? ZERO)),
    ].reduce(plus, NOTHING);
    const amount = isBelowZero(total) ? NOTHING : total;
    return charging(working, amount, () => nodeOf(run, fees, amount, working, context));
  };
