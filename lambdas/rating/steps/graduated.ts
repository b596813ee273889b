import type { PriceStep, Tier } from '../../catalog/types.ts';
import { type Decimal, formatDecimal, fromMinorUnits, parseDecimal } from '../../platform/decimal.ts';
import { exact, plus } from '../exact.ts';
import type { ArithmeticNode } from '../types.ts';
import { money, number, quantity } from '../wording.ts';
import { done, type Step, type StepContext } from './step.ts';

type Params = Extract<PriceStep, { step: 'graduated' }>;

/** Tiers as whole numbers over common scales, made once per list of tiers: parsing would cost more than the pricing. */
type Ready = {
  readonly edgeScale: number;
  readonly priceScale: number;
  /** Where each tier ends, in units of `edgeScale`; `null` = never. */
  readonly ends: readonly (bigint | null)[];
  readonly prices: readonly bigint[];
};
const readyTiers = new WeakMap<readonly Tier[], Ready>();

const ready = (tiers: readonly Tier[]): Ready => {
  const known = readyTiers.get(tiers);
  if (known !== undefined) return known;
  const ends = tiers.map((tier) => (tier.upTo === null ? null : parseDecimal(tier.upTo)));
  const prices = tiers.map((tier) => parseDecimal(tier.unitPrice));
  const edgeScale = Math.max(0, ...ends.map((end) => end?.scale ?? 0));
  const priceScale = Math.max(0, ...prices.map((price) => price.scale));
  const made = {
    edgeScale,
    priceScale,
    ends: ends.map((end) => (end === null ? null : unitsAt(end, edgeScale))),
    prices: prices.map((price) => unitsAt(price, priceScale)),
  };
  readyTiers.set(tiers, made);
  return made;
};

const unitsAt = (value: Decimal, scale: number): bigint => value.units * 10n ** BigInt(scale - value.scale);

/** What falls into one tier: how much, from where, and what it costs. */
export type TierPart = {
  readonly tier: number;
  readonly from: Decimal;
  readonly quantity: Decimal;
  readonly amount: Decimal;
};

/**
 * Prices a quantity tier by tier. The edge belongs to the lower tier: with `upTo` 10 the tenth unit is still in it.
 * @param each called for every tier that holds something, in order.
 * @returns the exact amount.
 */
export const priceTiers = (quantity: Decimal, tiers: readonly Tier[], each?: (part: TierPart) => void): Decimal => {
  const { edgeScale, priceScale, ends, prices } = ready(tiers);
  const scale = Math.max(edgeScale, quantity.scale);
  const stretch = scale === edgeScale ? 1n : 10n ** BigInt(scale - edgeScale);
  const total = unitsAt(quantity, scale);
  let from = 0n;
  let amount = 0n;
  for (let n = 0; n < ends.length && from < total; n += 1) {
    const end = ends[n] ?? null;
    const edge = end === null ? total : stretch === 1n ? end : end * stretch;
    const to = edge < total ? edge : total;
    const cost = (to - from) * (prices[n] ?? 0n);
    amount += cost;
    each?.({
      tier: n,
      from: fromMinorUnits(from, scale),
      quantity: fromMinorUnits(to - from, scale),
      amount: fromMinorUnits(cost, scale + priceScale),
    });
    from = to;
  }
  return fromMinorUnits(amount, scale + priceScale);
};

const nodeOf = (part: TierPart, tier: Tier, unit: string, { currency }: StepContext): ArithmeticNode => {
  const range =
    tier.upTo === null ? `above ${number(part.from)}` : `${number(part.from)} to ${number(parseDecimal(tier.upTo))}`;
  const price = money(parseDecimal(tier.unitPrice), currency);
  return {
    step: 'tier',
    text: `${range}: ${quantity(part.quantity, unit)} × ${price} = ${money(part.amount, currency)}`,
    result: formatDecimal(part.amount),
    unit: currency.code,
    children: [],
  };
};

/**
 * Each part of the quantity at the price of its tier. Example with 0.01 up to 10,000 and 0.005 above: 15,000 calls =
 * 10,000 × 0.01 + 5,000 × 0.005 = 125.00.
 */
export const graduated: Step<Params> = (working, step, context) => {
  const children: ArithmeticNode[] = [];
  const amount = priceTiers(working.quantity, step.tiers, (part) => {
    const tier = step.tiers[part.tier];
    if (tier !== undefined) children.push(nodeOf(part, tier, working.unit, context));
  });
  const tiers = children.length === 1 ? 'in one tier' : `over ${children.length} tiers`;
  const measured = quantity(working.quantity, working.unit);
  return done(
    working,
    { amount: plus(working.amount, exact(amount)) },
    {
      step: step.step,
      text:
        children.length === 0
          ? `${measured}: nothing to charge`
          : `${measured} ${tiers} = ${money(amount, context.currency)}`,
      result: formatDecimal(amount),
      unit: context.currency.code,
      children,
    },
  );
};
