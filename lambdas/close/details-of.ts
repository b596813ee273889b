import type { Contract, Price, PriceBook, PriceStep } from '../catalog/types.ts';
import { priceOf } from '../rating/prices-of.ts';
import type { DetailsWanted } from '../usage/read/usage-details.ts';

const hasPartsPerTransaction = (step: PriceStep): boolean =>
  step.step === 'percentage' &&
  [step.fixed, step.transactionMinimum, step.transactionMaximum, step.freeTransactions].some(
    (part) => part !== undefined,
  );

const followsChanges = (step: PriceStep): boolean =>
  (step.step === 'seats' && step.proration !== 'day') || (step.step === 'graduated' && step.by === 'changes');

type Windowed = NonNullable<Price['windowed']>;

/** Hours where any price looks at hours of the day: they add up to days. */
const sizeOf = ({ every, hours }: Windowed, before: 'hour' | 'day' | undefined): 'hour' | 'day' =>
  before === 'hour' || every === 'hour' || hours !== undefined ? 'hour' : 'day';

/**
 * What the prices of a contract need of usage beside quantities: windows, changes of a level, single transactions. Each
 * costs reading, so only what some price needs is read. @throws {RatingError} `missing-price`.
 */
export const detailsOf = ({
  contract,
  priceBook,
  period,
}: {
  readonly contract: Contract;
  readonly priceBook: PriceBook;
  readonly period: { readonly start: string };
}): DetailsWanted => {
  const windows: Record<string, 'hour' | 'day'> = {};
  const changes = new Set<string>();
  const transactions = new Set<string>();
  for (const item of contract.items) {
    const { meter, steps, windowed } = priceOf(item, contract, priceBook, period.start);
    if (meter === undefined) continue;
    if (windowed !== undefined) windows[meter] = sizeOf(windowed, windows[meter]);
    if (steps.some(followsChanges)) changes.add(meter);
    if (steps.some(hasPartsPerTransaction)) transactions.add(meter);
  }
  return {
    ...(Object.keys(windows).length === 0 ? {} : { windows }),
    ...(changes.size === 0 ? {} : { changes: [...changes] }),
    ...(transactions.size === 0 ? {} : { transactions: [...transactions] }),
  };
};
