import type { Tier } from '../../catalog/types.ts';
import {
  add,
  compare,
  type Decimal,
  divide,
  isZero,
  minimum,
  multiply,
  parseDecimal,
  round,
  ZERO,
} from '../../platform/decimal.ts';
import type { RatingPolicy } from '../types.ts';
import { money, number, quantity } from '../wording.ts';
import type { StepContext } from './step.ts';

/** A tier with its numbers read. `end: null` is the last; what it does not have is absent. */
export type ReadyTier = {
  readonly end: Decimal | null;
  readonly unitPrice?: Decimal;
  readonly per?: Decimal;
  /** As written, and the factor that it is. */
  readonly percent?: { readonly said: Decimal; readonly factor: Decimal };
  readonly flatFee?: Decimal;
  readonly cap?: Decimal;
};

const HUNDREDTH = parseDecimal('0.01');

/** Reads the numbers of tiers: once per price, as reading would cost more than pricing. */
export const readTiers = (tiers: readonly Tier[]): readonly ReadyTier[] =>
  tiers.map(({ upTo, unitPrice, per, percent, flatFee, cap }) => ({
    end: upTo === null ? null : parseDecimal(upTo),
    ...(unitPrice === undefined ? {} : { unitPrice: parseDecimal(unitPrice) }),
    ...(per === undefined ? {} : { per: parseDecimal(per) }),
    ...(percent === undefined
      ? {}
      : { percent: { said: parseDecimal(percent), factor: multiply(parseDecimal(percent), HUNDREDTH) } }),
    ...(flatFee === undefined ? {} : { flatFee: parseDecimal(flatFee) }),
    ...(cap === undefined ? {} : { cap: parseDecimal(cap) }),
  }));

type Edges = Pick<RatingPolicy, 'tierEdge' | 'tierGap'>;

/**
 * Whether a quantity has left the tier that ends at `end`. S2: the edge itself belongs to the lower tier, or with
 * `exclusive` to the next. S3: with the gap `lower` a begun unit has not left it yet (100.5 of a tier to 100).
 */
export const leaves = (amount: Decimal, end: Decimal, { tierEdge, tierGap }: Edges): boolean => {
  const beyond = compare(tierGap === 'lower' ? round(amount, 0, 'floor') : amount, end);
  return tierEdge === 'exclusive' ? beyond >= 0 : beyond > 0;
};

/** The place of the tier that a quantity lies in; the last for what lies beyond all. */
export const tierOf = (amount: Decimal, tiers: readonly { readonly end: Decimal | null }[], edges: Edges): number => {
  const found = tiers.findIndex(({ end }) => end === null || !leaves(amount, end, edges));
  return found === -1 ? tiers.length - 1 : found;
};

const blocksOf = (amount: Decimal, per: Decimal): Decimal => divide(amount, per, 0, 'ceiling');

const uncapped = ({ unitPrice, per, percent }: ReadyTier, amount: Decimal): Decimal => {
  const units =
    unitPrice === undefined ? ZERO : multiply(per === undefined ? amount : blocksOf(amount, per), unitPrice);
  return percent === undefined ? units : add(units, multiply(amount, percent.factor));
};

/** What a quantity costs in a tier, its flat fee included: units or begun blocks, percent, at most the cap; flat fee. */
export const costIn = (tier: ReadyTier, amount: Decimal): Decimal => {
  const cost = uncapped(tier, amount);
  const capped = tier.cap === undefined ? cost : minimum(cost, tier.cap);
  return tier.flatFee === undefined ? capped : add(capped, tier.flatFee);
};

/** `10,000 calls × 0.01 USD`, `5 blocks of 1,000 × 1.00 USD + flat fee 50.00 USD`: what `costIn` computed, without the sum. */
export const costWords = (tier: ReadyTier, amount: Decimal, unit: string, { currency }: StepContext): string => {
  const { unitPrice, per, percent, flatFee, cap } = tier;
  const counted =
    per === undefined ? quantity(amount, unit) : `${quantity(blocksOf(amount, per), 'block')} of ${number(per)}`;
  const terms = [
    ...(unitPrice === undefined ? [] : [`${counted} × ${money(unitPrice, currency)}`]),
    ...(percent === undefined ? [] : [`${money(amount, currency)} × ${number(percent.said)} %`]),
  ];
  const cost = uncapped(tier, amount);
  const capped = cap !== undefined && compare(cost, cap) > 0;
  const priced = capped
    ? [`${terms.join(' + ')} = ${money(cost, currency)}, capped at ${money(cap, currency)}`]
    : terms;
  const flat = flatFee === undefined ? [] : [`flat fee ${money(flatFee, currency)}`];
  const said = isZero(amount) && flat.length > 0 ? flat : [...priced, ...flat];
  return said.length === 0 ? `${quantity(amount, unit)} free` : said.join(' + ');
};

/** `0 to 50,000`, `above 50,000`: where a tier lies. */
export const tierRange = (from: Decimal, end: Decimal | null): string =>
  end === null ? `above ${number(from)}` : `${number(from)} to ${number(end)}`;
