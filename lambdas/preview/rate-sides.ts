import type { CatalogReader } from '../catalog/types.ts';
import { notRatable } from '../close/not-ratable.ts';
import { agreedVersions } from '../close/rate-contract.ts';
import type { PlannedContract } from '../close/records.ts';
import { exponentOf } from '../platform/currency.ts';
import { formatFixed, parseDecimal, sum } from '../platform/decimal.ts';
import { priceOfQuantity } from '../rating/price-of-quantity.ts';
import { priceOf } from '../rating/prices-of.ts';
import { rate, rateAmounts } from '../rating/rate.ts';
import type { Closing, RateInput } from '../rating/types.ts';
import { hasVolume, nearCliffsOf } from './near-cliffs.ts';
import type { NearCliff } from './types.ts';

/** One side of a part: what it comes to, or why it cannot be rated. */
export type Side = { readonly amount: string; readonly closing: Closing } | { readonly problem: string };

/** Runs what may say that the account's own data cannot be rated; anything else is thrown on. */
export const sided = async (work: () => Promise<Side>): Promise<Side> => {
  try {
    return await work();
  } catch (error) {
    const reason = notRatable(error);
    if (reason === undefined) throw error;
    return { problem: reason.message };
  }
};

const amountOf = (lines: readonly { readonly amount: string }[], currency: string): string =>
  formatFixed(sum(lines.map(({ amount }) => parseDecimal(amount))), exponentOf(currency));

/** Rates with the amounts alone. Pure but for the versions that it looks up. */
export const rateSide = async (
  catalog: CatalogReader,
  planned: PlannedContract,
  given: Pick<RateInput, 'usage' | 'opening' | 'usageHash' | 'interim'>,
  seen: (input: RateInput) => void = () => undefined,
): Promise<Side> => {
  const input: RateInput = { ...(await agreedVersions({ catalog }, planned)), ...given };
  const { lines, closing } = rateAmounts(input);
  seen(input);
  return { amount: amountOf(lines, planned.currency), closing };
};

/** The lines of a changed side that are near an edge of their volume price; only those need their arithmetic. */
export const cliffsOf = (input: RateInput, nearPercent: number): NearCliff[] => {
  const { contract, priceBook, period } = input;
  const prices = new Map(contract.items.map((item) => [item.id, priceOf(item, contract, priceBook, period.start)]));
  if (![...prices.values()].some(hasVolume)) return [];
  return rate(input).lines.flatMap((line) => {
    const price = prices.get(line.item);
    return price === undefined ? [] : nearCliffsOf(line, price, priceBook.currency, nearPercent, priceOfQuantity);
  });
};
