import type { Tier } from '../../catalog/types.ts';
import {
  add,
  compare,
  type Decimal,
  fromMinorUnits,
  isNegative,
  isZero,
  subtract,
  ZERO,
} from '../../platform/decimal.ts';
import type { RatingPolicy } from '../types.ts';
import { costIn, leaves, type ReadyTier, readTiers } from './tiers.ts';

type Tiering = Pick<RatingPolicy, 'tierEdge' | 'tierGap' | 'zeroUsageFlatFee'>;

/** What falls into one tier: how much, from where, and what it costs, its flat fee included. */
export type TierPart = {
  readonly tier: number;
  readonly from: Decimal;
  readonly quantity: Decimal;
  readonly amount: Decimal;
};

/** Tiers of which each has a unit price and nothing else, as whole numbers over common scales. */
type Plain = {
  readonly edgeScale: number;
  readonly priceScale: number;
  /** Where each tier ends, in units of `edgeScale`; `null` = never. */
  readonly ends: readonly (bigint | null)[];
  readonly prices: readonly bigint[];
  /** What all lower tiers cost together when they are full, in units of both scales. */
  readonly below: readonly bigint[];
};

/** The tiers of a graduated price, ready to price with. */
export type Graduation = { readonly tiers: readonly ReadyTier[]; readonly plain?: Plain };

const unitsAt = (value: Decimal, scale: number): bigint => value.units * 10n ** BigInt(scale - value.scale);

const plainOf = (tiers: readonly ReadyTier[]): Plain | undefined => {
  const only = tiers.every(
    ({ unitPrice, per, percent, flatFee, cap }) =>
      unitPrice !== undefined &&
      per === undefined &&
      percent === undefined &&
      flatFee === undefined &&
      cap === undefined,
  );
  if (!only) return undefined;
  const edgeScale = Math.max(0, ...tiers.map(({ end }) => end?.scale ?? 0));
  const priceScale = Math.max(0, ...tiers.map(({ unitPrice }) => unitPrice?.scale ?? 0));
  const ends = tiers.map(({ end }) => (end === null ? null : unitsAt(end, edgeScale)));
  const prices = tiers.map(({ unitPrice }) => unitsAt(unitPrice ?? ZERO, priceScale));
  const below: bigint[] = [0n];
  prices.forEach((price, n) => {
    below.push((below[n] ?? 0n) + ((ends[n] ?? 0n) - (ends[n - 1] ?? 0n)) * price);
  });
  return { edgeScale, priceScale, ends, prices, below };
};

/** Reads the tiers of a graduated price: once per price. */
export const graduation = (tiers: readonly Tier[]): Graduation => {
  const ready = readTiers(tiers);
  const plain = plainOf(ready);
  return plain === undefined ? { tiers: ready } : { tiers: ready, plain };
};

/** Unit prices only, tier by tier. The edge makes no difference, as both tiers give the same there. */
const pricePlainParts = (
  quantity: Decimal,
  { edgeScale, priceScale, ends, prices }: Plain,
  each: (part: TierPart) => void,
): Decimal => {
  const scale = Math.max(edgeScale, quantity.scale);
  const stretch = 10n ** BigInt(scale - edgeScale);
  const total = unitsAt(quantity, scale);
  let from = 0n;
  let amount = 0n;
  for (let n = 0; n < ends.length && from < total; n += 1) {
    const end = ends[n] ?? null;
    const edge = end === null ? total : end * stretch;
    const to = edge < total ? edge : total;
    const cost = (to - from) * (prices[n] ?? 0n);
    amount += cost;
    each({
      tier: n,
      from: fromMinorUnits(from, scale),
      quantity: fromMinorUnits(to - from, scale),
      amount: fromMinorUnits(cost, scale + priceScale),
    });
    from = to;
  }
  return fromMinorUnits(amount, scale + priceScale);
};

/** The same sum when nobody looks at its parts: what the full tiers below cost is known, the last one is added. */
const pricePlain = (quantity: Decimal, { edgeScale, priceScale, ends, prices, below }: Plain): Decimal => {
  if (quantity.units <= 0n) return ZERO;
  const scale = Math.max(edgeScale, quantity.scale);
  const stretch = STRETCHES[scale - edgeScale] ?? 10n ** BigInt(scale - edgeScale);
  const total = scale === quantity.scale ? quantity.units : unitsAt(quantity, scale);
  // The number of begun edge units: it is above an edge exactly when the quantity is.
  const begun = stretch === 1n ? total : (total + stretch - 1n) / stretch;
  let n = 0;
  for (; n < ends.length; n += 1) {
    const end = ends[n];
    if (end === null || end === undefined || begun <= end) break;
  }
  const from = n === 0 ? 0n : (ends[n - 1] ?? 0n);
  const full = (below[n] ?? 0n) * stretch;
  return fromMinorUnits(full + (total - from * stretch) * (prices[n] ?? 0n), scale + priceScale);
};

const STRETCHES = Array.from({ length: 16 }, (_, n) => 10n ** BigInt(n));

const priceAny = (
  quantity: Decimal,
  tiers: readonly ReadyTier[],
  policy: Tiering,
  each?: (part: TierPart) => void,
): Decimal => {
  let from = ZERO;
  let amount = ZERO;
  for (let n = 0; n < tiers.length; n += 1) {
    const tier = tiers[n];
    if (tier === undefined) break;
    const { end } = tier;
    const left = end !== null && leaves(quantity, end, policy);
    const to = left ? end : quantity;
    const part = subtract(to, from);
    const cost = costIn(tier, part);
    amount = add(amount, cost);
    each?.({ tier: n, from, quantity: part, amount: cost });
    if (!left) break;
    from = to;
  }
  return amount;
};

/**
 * Prices a quantity tier by tier, by the policy's edges. Less than nothing costs what nothing costs: the first tier's
 * flat fee if the policy charges it then (S1), else 0.
 * @param each called for every tier that is reached, in order.
 * @returns the exact amount.
 */
export const priceTiers = (
  quantity: Decimal,
  { tiers, plain }: Graduation,
  policy: Tiering,
  each?: (part: TierPart) => void,
): Decimal => {
  if (plain !== undefined && policy.tierGap === 'next') {
    return each === undefined ? pricePlain(quantity, plain) : pricePlainParts(quantity, plain, each);
  }
  const charged = isNegative(quantity) ? ZERO : quantity;
  if (isZero(charged) && (policy.zeroUsageFlatFee === 'none' || tiers[0]?.flatFee === undefined)) return ZERO;
  return priceAny(charged, tiers, policy, each);
};

/** Whether a part is worth a line of text: an edge that only belongs to the next tier adds nothing. */
export const isSaid = (part: TierPart): boolean => !isZero(part.quantity) || compare(part.amount, ZERO) !== 0;
