import type { Price } from '../catalog/types.ts';
import {
  add,
  type Decimal,
  formatDecimal,
  isNegative,
  isZero,
  maximum,
  negate,
  ONE,
  sum,
  ZERO,
} from '../platform/decimal.ts';
import { allocate } from './allocate.ts';
import { doSteps, type Plan, planOf } from './apply-steps.ts';
import { exact, NOTHING, roundExact } from './exact.ts';
import { pooledGroup, type UsageGroup } from './group-usage.ts';
import { chargeBy } from './price-charge.ts';
import { RatingError } from './rating-error.ts';
import type { LazyNode, StepContext, Working } from './steps/step.ts';
import type { PriceState } from './types.ts';
import { money, quantity } from './wording.ts';

/** What one price comes to for one group of its usage. */
export type PricedGroup = { readonly group: UsageGroup; readonly working: Working };

/** What an item's price comes to: a line per group, what it leaves by dimension values, and what the pools gave so far. */
export type PricedItem = {
  readonly groups: readonly PricedGroup[];
  readonly states: readonly { readonly dimensions: UsageGroup['dimensions']; readonly state: PriceState }[];
  readonly poolTaken: StepContext['poolTaken'];
};

/** Where amounts are shared out among lines and not rounded to the currency, they have this many decimals. */
const UNROUNDED_DECIMALS = 12;

const startOf = (group: UsageGroup): Working => ({
  quantity: group.quantity,
  unit: group.unit,
  fullQuantity: group.fullQuantity,
  transactions: group.transactions,
  amount: NOTHING,
  nodes: [measured(group)],
  closing: undefined,
  poolTaken: undefined,
});

const measured =
  (group: UsageGroup): LazyNode =>
  () => ({
    step: 'usage',
    text: `${quantity(group.quantity, group.unit)} measured`,
    result: formatDecimal(group.quantity),
    unit: group.unit,
    children: [],
  });

const withTaken = (taken: StepContext['poolTaken'], { poolTaken }: Working): StepContext['poolTaken'] =>
  poolTaken === undefined
    ? taken
    : { ...taken, [poolTaken.pool]: add(taken[poolTaken.pool] ?? ZERO, poolTaken.quantity) };

const statesOf = (priced: readonly PricedGroup[]): PricedItem['states'] => {
  const kept = priced.filter(({ working }) => working.closing !== undefined);
  return kept.map(({ group, working }) => ({ dimensions: group.dimensions, state: working.closing ?? {} }));
};

/** What the steps may know of a group, after earlier lines took so much of the pools. */
type ContextOf = (group: UsageGroup, poolTaken: StepContext['poolTaken']) => StepContext;

/**
 * Prices the usage of one item. S8: each group alone, or the charge of all together, shared out among them.
 * @param contextOf what the steps may know of a group: its opening is the state that the item left for its dimensions.
 */
export const priceItem = (
  price: Price,
  groups: readonly UsageGroup[],
  contextOf: ContextOf,
  poolTaken: StepContext['poolTaken'],
): PricedItem => {
  const first = groups[0];
  if (first === undefined) return { groups: [], states: [], poolTaken };
  const context = contextOf(first, poolTaken);
  const { policy, part } = context;
  const plan = planOf(price.steps, policy);
  if (policy.groupedTiers === 'pooled' && price.perDimensions.length > 0) {
    return pricePooled(price, plan, groups, pooledGroup(groups, price, part), contextOf, poolTaken);
  }
  const charge = chargeBy(price, plan);
  let taken = poolTaken;
  const priced = groups.map((group): PricedGroup => {
    const known = group === first ? context : contextOf(group, taken);
    const charged = charge(startOf(group), group, known);
    const working = doSteps(charged, plan.after, known);
    taken = withTaken(taken, working);
    return { group, working };
  });
  return { groups: priced, states: statesOf(priced), poolTaken: taken };
};

/** Groups weigh what they used, or took back where all together did; where nobody used anything, the first bears what there is. */
const weightsOf = (groups: readonly UsageGroup[]): Decimal[] => {
  const takenBack = isNegative(sum(groups.map((group) => group.quantity)));
  const used = groups.map((group) => maximum(takenBack ? negate(group.quantity) : group.quantity, ZERO));
  return used.every(isZero) ? used.map((_, n) => (n === 0 ? ONE : ZERO)) : used;
};

/** What of a price makes another quantity of what was measured. */
const changerOf = ({ steps, windowed, accumulate }: Price): string | undefined =>
  steps.find(({ step }) => step === 'unit-conversion' || step === 'allowance')?.step ??
  (windowed === undefined ? accumulate : 'windowed');

/** What groups share is priced by a matrix only as it was measured: of anything else nobody knows of which value it is. */
const refuseChanged = (price: Price, policy: string): void => {
  const changer = price.steps.some(({ step }) => step === 'matrix') ? changerOf(price) : undefined;
  if (changer === undefined) return;
  const message = `price "${price.id}" is priced for all values of ${price.perDimensions.join(', ')} together (policy "${policy}"), and "${changer}" changes what is measured, so nobody knows of which cell of its matrix it is: remove "${changer}" or name a policy that prices each value alone`;
  throw new RatingError('no-matrix-cell', message, { price: price.id, policy });
};

/**
 * The charge of all groups together, shared out by their quantities to the currency's last decimal (largest remainder,
 * then their order); what follows the charge is done for each. Example: 10.00 over 1 and 2 calls = 3.33 and 6.67.
 */
const pricePooled = (
  price: Price,
  plan: Plan,
  groups: readonly UsageGroup[],
  pool: UsageGroup,
  contextOf: ContextOf,
  poolTaken: StepContext['poolTaken'],
): PricedItem => {
  const context = contextOf(pool, poolTaken);
  const { currency, policy } = context;
  refuseChanged(price, policy.id);
  const charged = chargeBy(price, plan)(startOf(pool), pool, context);
  const places = policy.roundingStage === 'line' ? currency.exponent : UNROUNDED_DECIMALS;
  const whole = roundExact(charged.amount, places, policy.lineRounding);
  const amounts = allocate(whole, weightsOf(groups), places);
  const priced = groups.map((group, n): PricedGroup => {
    const amount = amounts[n] ?? ZERO;
    const shared: LazyNode = () => ({
      step: 'pooled',
      text: `${quantity(group.quantity, group.unit)} of ${quantity(pool.quantity, pool.unit)} in all: ${money(amount, currency)} of ${money(whole, currency)}`,
      result: formatDecimal(amount),
      unit: currency.code,
      children: charged.nodes.map((make) => make()),
    });
    const { quantity: measuredQuantity, unit } = group;
    const start = { quantity: measuredQuantity, unit, amount: exact(amount), nodes: [measured(group), shared] };
    return { group, working: doSteps(start, plan.after, contextOf(group, poolTaken)) };
  });
  const state = charged.closing === undefined ? [] : [{ dimensions: pool.dimensions, state: charged.closing }];
  return { groups: priced, states: [...state, ...statesOf(priced)], poolTaken: withTaken(poolTaken, charged) };
};
