import type { CatalogReader } from '../catalog/types.ts';
import { detailsOf } from '../close/details-of.ts';
import { notRatable } from '../close/not-ratable.ts';
import type { UsageReading } from '../close/ports.ts';
import { agreedVersions, refuseUncounted } from '../close/rate-contract.ts';
import type { PlannedContract } from '../close/records.ts';
import { priceOfQuantity } from '../rating/price-of-quantity.ts';
import { priceOf } from '../rating/prices-of.ts';
import { metersOf, rate, rateAmounts } from '../rating/rate.ts';
import type { Closing, Opening, RateInput } from '../rating/types.ts';
import type { DetailsWanted } from '../usage/read/usage-details.ts';
import { totalText } from './amounts.ts';
import { hasVolume, nearCliffsOf } from './near-cliffs.ts';
import type { NearCliff } from './types.ts';

/** Why a side cannot be rated, in a sentence. */
export type Refused = { readonly problem: string };
/** What a side agrees: all of a rating but usage and opening. */
export type Agreed = Omit<RateInput, 'usage' | 'opening' | 'usageHash'>;
/** What a side comes to. */
export type Side = { readonly amount: string; readonly closing: Closing; readonly cliffs: readonly NearCliff[] };

/** Runs what may say that the account's own data cannot be rated; anything else is thrown on. */
const orRefused = async <T>(work: () => T | Promise<T>): Promise<T | Refused> => {
  try {
    return await work();
  } catch (error) {
    const reason = notRatable(error);
    if (reason === undefined) throw error;
    return { problem: reason.message };
  }
};

/** The versions of a side, with what its prices need of usage beside quantities. */
export const agreedSide = (
  catalog: CatalogReader,
  planned: PlannedContract,
): Promise<{ readonly agreed: Agreed; readonly details: DetailsWanted } | Refused> =>
  orRefused(async () => {
    const agreed = await agreedVersions({ catalog }, planned);
    return { agreed, details: detailsOf(agreed) };
  });

/** What both sides need, so that usage is read once: hours where either looks at hours, which add up to days. */
export const bothDetails = (a: DetailsWanted, b: DetailsWanted): DetailsWanted => {
  const windows = { ...a.windows };
  for (const [meter, size] of Object.entries(b.windows ?? {})) {
    windows[meter] = windows[meter] === 'hour' ? 'hour' : size;
  }
  const [changes, transactions] = (['changes', 'transactions'] as const).map((name) => [
    ...new Set([...(a[name] ?? []), ...(b[name] ?? [])]),
  ]);
  return {
    ...(Object.keys(windows).length === 0 ? {} : { windows }),
    ...(changes === undefined || changes.length === 0 ? {} : { changes }),
    ...(transactions === undefined || transactions.length === 0 ? {} : { transactions }),
  };
};

/** The lines of a changed side that are near an edge of their volume price; only those need their arithmetic. */
const cliffsOf = (input: RateInput, nearPercent: number): NearCliff[] => {
  const { contract, priceBook, period } = input;
  const prices = new Map(contract.items.map((item) => [item.id, priceOf(item, contract, priceBook, period.start)]));
  if (![...prices.values()].some(hasVolume)) return [];
  return rate(input).lines.flatMap((line) => {
    const price = prices.get(line.item);
    return price === undefined ? [] : nearCliffsOf(line, price, priceBook.currency, nearPercent, priceOfQuantity);
  });
};

export type SideGiven = {
  readonly reading: UsageReading;
  readonly opening: Opening;
  readonly running: boolean;
  /** Absent: nobody asks for cliffs of this side. */
  readonly nearPercent?: number;
};

/** Rates a side. Pure: the library itself, with the amounts alone. */
export const rateSide = (
  agreed: Agreed,
  { reading, opening, running, nearPercent }: SideGiven,
): Promise<Side | Refused> =>
  orRefused(() => {
    refuseUncounted(reading, metersOf(agreed.contract, agreed.priceBook));
    const { usage, usageHash } = reading;
    const input: RateInput = { ...agreed, usage, usageHash, opening, ...(running ? { interim: true } : {}) };
    const { lines, closing } = rateAmounts(input);
    const cliffs = nearPercent === undefined ? [] : cliffsOf(input, nearPercent);
    return { amount: totalText(lines, agreed.contract.currency), closing, cliffs };
  });
