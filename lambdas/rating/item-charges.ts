import type { ContractItem, Price } from '../catalog/types.ts';
import { type Decimal, formatDecimal, isZero, ONE, parseDecimal, subtract, ZERO } from '../platform/decimal.ts';
import { applySteps, isExpected, isInAdvance, planOf } from './apply-steps.ts';
import type { Charge } from './contract/bill.ts';
import { NOTHING } from './exact.ts';
import { finishedAmount, finishingNodes, recognitionOf } from './finish-charge.ts';
import { groupUsage, type UsageGroup } from './group-usage.ts';
import { itemContext, lineKey } from './item-context.ts';
import { type PricedGroup, type PricedItem, priceItem } from './price-item.ts';
import type { Scene } from './scene.ts';
import type { StepContext } from './steps/step.ts';
import type { PriceState } from './types.ts';

/**
 * What an item comes to: its charges, what it leaves by line key, under which keys it settled what was charged ahead, and
 * what it took of shared allowances.
 */
export type ItemCharges = {
  readonly charges: readonly Charge[];
  readonly states: Readonly<Record<string, PriceState>>;
  readonly settled: readonly string[];
  readonly poolTaken: StepContext['poolTaken'];
};

type Taken = StepContext['poolTaken'];

/** The group of a price without a meter: no usage, one line. */
const feeGroup = (count: Decimal): UsageGroup => ({
  dimensions: {},
  quantity: count,
  unit: 'period',
  daily: [],
  rows: [],
});

/** A fee has no usage to measure and says nothing of it. */
const priceFee = (price: Price, group: UsageGroup, context: StepContext, poolTaken: Taken): PricedItem => {
  const start = { quantity: group.quantity, unit: group.unit, amount: NOTHING, nodes: [] };
  const working = applySteps(start, price.steps, context);
  const states = working.closing === undefined ? [] : [{ dimensions: {}, state: working.closing }];
  return { groups: [{ group, working }], states, poolTaken };
};

/** Only what goes on without usage: what an allowance leaves, and what is counted over the year. */
const withoutUsage = (price: Price): Price => ({
  ...price,
  steps: price.steps.filter(({ step }) => step === 'unit-conversion' || step === 'allowance'),
});

/** Only what is charged ahead or settled: where nothing of the period is covered, nothing is used or left of it either. */
const onlyAhead = ({ accumulate: _accumulate, ...price }: Price): Price => ({
  ...price,
  steps: price.steps.filter(isExpected),
});

const sameNames = (dimensions: Readonly<Record<string, string>>, names: readonly string[]): boolean =>
  Object.keys(dimensions).length === names.length && names.every((name) => name in dimensions);

/** Dimension values for which the item left something in the period before and that were not used in this one. */
const carriedGroups = (scene: Scene, item: ContractItem, price: Price, groups: readonly UsageGroup[]): UsageGroup[] => {
  const { opening, policy } = scene.input;
  const { prices } = opening;
  if (prices === undefined || price.perDimensions.length === 0 || policy.groupedTiers === 'pooled') return [];
  const used = new Set(groups.map(({ dimensions }) => lineKey(item.id, dimensions)));
  return Object.keys(prices)
    .filter((key) => !used.has(key))
    .map((key) => JSON.parse(key) as [string, UsageGroup['dimensions']])
    .filter(([id, dimensions]) => id === item.id && sameNames(dimensions, price.perDimensions))
    .flatMap(([, dimensions]) => groupUsage(price, [], scene.part).map((group) => ({ ...group, dimensions })));
};

const described = (price: Price, dimensions: UsageGroup['dimensions']): string => {
  if (price.perDimensions.length === 0) return price.description;
  const values = Object.entries(dimensions).map(([name, value]) => `${name} ${value}`);
  return values.length === 0 ? price.description : `${price.description} (${values.join(', ')})`;
};

/** @param ahead what of the amount is charged ahead. */
const chargeOf = (
  scene: Scene,
  item: ContractItem,
  price: Price,
  { group, working }: PricedGroup,
  ahead: Decimal,
): Charge => {
  const next = isZero(ahead) || scene.covered === undefined ? undefined : scene.next();
  return {
    item: item.id,
    product: price.product,
    description: described(price, group.dimensions),
    meter: price.meter,
    dimensions: group.dimensions,
    period: scene.service(),
    quantity: group.quantity,
    unit: group.unit,
    amount: finishedAmount(working.amount, scene),
    ahead: next && { period: next.part, amount: ahead },
    recognition: recognitionOf(price),
    nodes: () => [...working.nodes, ...finishingNodes(working.amount, scene)],
    madeFrom: () => (price.meter === undefined ? { price } : { price, usage: group.rows }),
  };
};

/** Whether a line is written: one that says nothing (no usage, no amount) only on request, a fee that is not due never. */
const isWritten = ({ group, working }: PricedGroup, price: Price, showAll: boolean): boolean =>
  price.meter === undefined
    ? working.nodes.length > 0 && (showAll || !isZero(working.amount.value))
    : showAll || !isZero(group.quantity) || !isZero(working.amount.value);

type States = ItemCharges['states'];

/** States that are left under one key are one: of pooled tiers, and of a group without dimension values. */
const bothStates = (one: States, other: States): States => ({
  ...one,
  ...Object.fromEntries(Object.entries(other).map(([key, state]) => [key, { ...one[key], ...state }])),
});

const statesByKey = (item: ContractItem, states: PricedItem['states']): States =>
  states.reduce<States>((all, { dimensions, state }) => bothStates(all, { [lineKey(item.id, dimensions)]: state }), {});

/** What most items leave: nothing. */
export const NO_STATES = {} as const;

const chargesFor = (
  scene: Scene,
  item: ContractItem,
  price: Price,
  groups: readonly UsageGroup[],
  taken: Taken,
  showAll: boolean,
): ItemCharges => {
  const plan = planOf(price.steps, scene.input.policy);
  const contextOf = itemContext(scene, item, price, plan);
  const priced = (ahead: boolean): PricedItem => {
    const [fee] = groups;
    return price.meter === undefined && fee !== undefined
      ? priceFee(price, fee, contextOf(fee, ahead, taken), taken)
      : priceItem(price, groups, (group, poolTaken) => contextOf(group, ahead, poolTaken), taken);
  };
  const all = priced(plan.inAdvance);
  const ahead = plan.inAdvance ? aheadOf(scene, all.groups, priced(false).groups) : [];
  const charges: Charge[] = [];
  all.groups.forEach((each, n) => {
    if (isWritten(each, price, showAll)) charges.push(chargeOf(scene, item, price, each, ahead[n] ?? ZERO));
  });
  const states = all.states.length === 0 ? NO_STATES : statesByKey(item, all.states);
  return {
    charges,
    states: plan.inAdvance ? withCharged(states, item, all.groups, ahead) : states,
    settled: plan.inAdvance ? groups.map(({ dimensions }) => lineKey(item.id, dimensions)) : [],
    poolTaken: all.poolTaken,
  };
};

/** What each group is charged ahead: what it comes to less what it would come to without. */
const aheadOf = (scene: Scene, all: readonly PricedGroup[], now: readonly PricedGroup[]): Decimal[] =>
  all.map(({ working }, n) => {
    const alone = now[n];
    const amount = finishedAmount(working.amount, scene);
    return alone === undefined ? ZERO : subtract(amount, finishedAmount(alone.working.amount, scene));
  });

/** The states with what the lines were charged ahead. */
const withCharged = (
  states: States,
  item: ContractItem,
  groups: readonly PricedGroup[],
  ahead: readonly Decimal[],
): States => {
  const byKey = new Map(groups.map(({ group }, n) => [lineKey(item.id, group.dimensions), ahead[n] ?? ZERO]));
  return Object.fromEntries(
    Object.entries(states).map(([key, state]) => {
      const charged = formatDecimal(byKey.get(key) ?? ZERO);
      return [key, state.ahead === undefined ? state : { ...state, ahead: { ...state.ahead, charged } }];
    }),
  );
};

/**
 * The charges of one item, in the order of the dimension values. Where the contract covers nothing of the period, only
 * what is billed in advance is left: it is charged for the next period, or given back for this one.
 */
export const itemCharges = (scene: Scene, item: ContractItem, bookPrice: Price, poolTaken: Taken): ItemCharges => {
  const { covered, input, part } = scene;
  if (covered === undefined && !bookPrice.steps.some(isInAdvance))
    return { charges: [], states: {}, settled: [], poolTaken };
  const price = covered === undefined ? onlyAhead(bookPrice) : bookPrice;
  const showAll = covered !== undefined && input.policy.zeroUsageLine === 'show';
  if (price.meter === undefined) {
    const count = item.quantity === undefined ? ONE : parseDecimal(item.quantity);
    return chargesFor(scene, item, price, [feeGroup(count)], poolTaken, showAll);
  }
  const groups = groupUsage(price, input.usage, part);
  const used = chargesFor(scene, item, price, groups, poolTaken, showAll);
  const carried = covered === undefined ? [] : carriedGroups(scene, item, price, groups);
  if (carried.length === 0) return used;
  const { states, poolTaken: taken } = chargesFor(scene, item, withoutUsage(price), carried, used.poolTaken, false);
  return { ...used, states: bothStates(states, used.states), poolTaken: taken };
};
