import type { PriceStep, Tier } from '../../../lambdas/catalog/types.ts';
import { add, compare, formatDecimal, multiply, parseDecimal, ZERO } from '../../../lambdas/platform/decimal.ts';
import { CannotExpress, decimalOf, type Reader } from './reader.ts';

/** How a case prices tiers. */
export type TierModel = 'graduated' | 'volume';

/**
 * Lets the last tier go on where a case ends it: no quantity of the case lies beyond, so no figure changes. Prices here
 * have a price for every quantity.
 */
const openEnded = <T extends { readonly upTo: string | null }>(
  tiers: readonly T[],
  largest: string,
  path: string,
): T[] => {
  const last = tiers.at(-1);
  if (last === undefined) throw new CannotExpress(`${path} is empty`);
  if (last.upTo !== null && compare(parseDecimal(largest), parseDecimal(last.upTo)) > 0) {
    throw new CannotExpress(`a quantity of ${largest} lies beyond the last tier of ${path}`);
  }
  return [...tiers.slice(0, -1), { ...last, upTo: null }];
};

const upToOf = (tier: Reader): string | null => {
  if (!tier.has('upTo')) throw new CannotExpress(`${tier.path} has no upTo`);
  return tier.decimal('upTo') ?? null;
};

const optional = <K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, string>);

const rangeTier = (tier: Reader, per: string | undefined): Tier => {
  const { unitPrice, percent } = { unitPrice: tier.decimal('unit'), percent: tier.decimal('ratePercent') };
  const flatFee = tier.decimal('flat');
  if (unitPrice === undefined && percent === undefined && flatFee === undefined) {
    throw new CannotExpress(`${tier.path} has no price`);
  }
  return {
    upTo: upToOf(tier),
    ...optional('unitPrice', unitPrice),
    ...(unitPrice === undefined ? {} : optional('per', per)),
    ...optional('percent', percent),
    ...optional('flatFee', flatFee),
    ...optional('cap', tier.decimal('cap')),
  };
};

/** `maxBlocks` blocks of `blockSize` units at `price` each: a tier that ends where the blocks before and its own end. */
const blockTiers = (tiers: readonly Reader[]): Tier[] => {
  let end = ZERO;
  return tiers.map((tier) => {
    const [size, price, blocks] = [tier.decimal('blockSize'), tier.decimal('price'), tier.decimal('maxBlocks')];
    if (size === undefined || price === undefined) throw new CannotExpress(`${tier.path} has no blockSize or no price`);
    const unlimited = blocks === undefined || blocks === '-1';
    if (!unlimited) end = add(end, multiply(parseDecimal(blocks), parseDecimal(size)));
    return { upTo: unlimited ? null : formatDecimal(end), unitPrice: price, per: size };
  });
};

/**
 * Blocks that end: whoever uses more of a graduated price pays nothing for it, of a volume price the price of the last
 * tier. Source: Kill Bill, `ContiguousIntervalConsumableUsageInArrear`.
 */
const endedBlocks = (tiers: readonly Tier[], model: TierModel): Tier[] => {
  const last = tiers.at(-1);
  if (last === undefined || last.upTo === null) return [...tiers];
  return model === 'volume'
    ? [...tiers.slice(0, -1), { ...last, upTo: null }]
    : [...tiers, { upTo: null, unitPrice: '0' }];
};

/** The charge step of tiers by range or of blocks. `per`: size of a package that a unit price is for. */
export const tierStep = (
  tiers: readonly Reader[],
  { model, largest, path, per }: { model: TierModel; largest: string; path: string; per?: string | undefined },
): PriceStep & { step: TierModel } => {
  const blocks = tiers.some((tier) => tier.has('blockSize'));
  const translated = blocks
    ? endedBlocks(blockTiers(tiers), model)
    : openEnded(
        tiers.map((tier) => rangeTier(tier, per)),
        largest,
        path,
      );
  return { step: model, tiers: translated };
};

/** One price for the whole step that is reached. */
export const stairstepOf = (tiers: readonly Reader[], largest: string, path: string): PriceStep => ({
  step: 'stairstep',
  tiers: openEnded(
    tiers.map((tier) => {
      const price = tier.decimal('flat') ?? tier.decimal('price');
      if (price === undefined) throw new CannotExpress(`${tier.path} has no price`);
      return { upTo: upToOf(tier), price };
    }),
    largest,
    path,
  ),
});

/** Peaks or limits by meter: as a case names them, or by their place in its lists. */
export const byMeter = (value: unknown, path: string): Readonly<Record<string, string>> => {
  if (typeof value !== 'object' || value === null) throw new CannotExpress(`${path} lists nothing per unit`);
  const entries = Array.isArray(value)
    ? value.map((each, n) => [`peak-${n + 1}`, each] as const)
    : Object.entries(value);
  return Object.fromEntries(entries.map(([meter, each]) => [meter, decimalOf(each, `${path}.${meter}`)]));
};

/** The first tier that every peak fits. */
export const capacityOf = (tiers: readonly Reader[]): PriceStep => ({
  step: 'capacity',
  tiers: tiers.map((tier) => {
    const price = tier.decimal('price');
    if (price === undefined) throw new CannotExpress(`${tier.path} has no price`);
    const limits = tier.raw('limits');
    return { limits: limits === 'unlimited' ? null : byMeter(limits, `${tier.path}.limits`), price };
  }),
});
