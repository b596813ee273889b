import { listHolding } from '../catalog/as-of.ts';
import type { CatalogEntry, Contract, FxRate } from '../catalog/types.ts';
import { addDays, daysBetween, type Period } from '../platform/period.ts';
import type { PinnedFxRate } from '../rating/types.ts';

/** A rate holds until the next one, but no longer than this: what is older was forgotten, not left as it was. */
export const FX_DAYS = 31;

/** The day whose rate converts a period: its first, or its last (the usual one). */
const fxDayOf = ({ fxDate = 'period-end' }: Pick<Contract, 'fxDate'>, period: Period): string =>
  fxDate === 'period-start' ? period.start : addDays(period.end, -1);

/**
 * The rate of exchange of a period: of those published by `knownAt` from the price book's currency to the contract's,
 * the newest whose date is not after the day that the contract names. `missing` says in words which one is wanted.
 */
export const fxRateOf = (
  history: readonly CatalogEntry<FxRate>[],
  contract: Pick<Contract, 'fxDate' | 'currency'>,
  bookCurrency: string,
  period: Period,
  knownAt: string,
): { readonly fx: PinnedFxRate } | { readonly missing: string } => {
  const day = fxDayOf(contract, period);
  const rates = listHolding(history, { effectiveAt: `${day}T23:59:59.999Z`, knownAt });
  const [newest] = rates
    .filter(({ body }) => body.from === bookCurrency && body.to === contract.currency)
    .map(({ body, version, effectiveFrom }) => ({ ...body, version, date: effectiveFrom.slice(0, 10) }))
    .sort((a, b) => (a.date === b.date ? (a.id < b.id ? -1 : 1) : a.date < b.date ? 1 : -1));
  if (newest !== undefined && daysBetween(newest.date, day) < FX_DAYS) return { fx: newest };
  const last = newest === undefined ? 'there is none' : `the last one is of ${newest.date}`;
  return {
    missing: `a rate from ${bookCurrency} to ${contract.currency} for ${day}, not more than ${FX_DAYS} days old (${last})`,
  };
};
