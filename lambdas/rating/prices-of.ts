import type { Contract, ContractItem, Price, PriceBook } from '../catalog/types.ts';
import { RatingError } from './rating-error.ts';
import { capacityMeters } from './steps/capacity.ts';

/** The price that an item names, as the book has it. @throws {RatingError} `missing-price`. */
const bookPrice = (item: ContractItem, contract: Contract, priceBook: PriceBook): Price => {
  const price = priceBook.prices.find((candidate) => candidate.id === item.price);
  if (price === undefined) {
    throw new RatingError(
      'missing-price',
      `price book "${priceBook.id}" has no price "${item.price}", which item "${item.id}" of contract "${contract.id}" names: publish it or amend the contract`,
      { contract: contract.id, item: item.id, price: item.price, priceBook: priceBook.id },
    );
  }
  return price;
};

/**
 * The price of an item in the period that begins on a local date: with the steps of the last ramp that has begun, else
 * the item's own, else the book's. Product, meter and dimensions are always those of the book.
 * @throws {RatingError} `missing-price`.
 */
export const priceOf = (item: ContractItem, contract: Contract, priceBook: PriceBook, start: string): Price => {
  const price = bookPrice(item, contract, priceBook);
  const steps = item.ramp?.findLast(({ from }) => from <= start)?.steps ?? item.steps;
  return steps === undefined ? price : { ...price, steps };
};

/**
 * The meters whose usage a contract's prices need in any of its periods, in the order of its items.
 * @throws {RatingError} `missing-price`.
 */
export const metersOf = (contract: Contract, priceBook: PriceBook): string[] => [
  ...new Set(
    contract.items.flatMap((item) => {
      const price = bookPrice(item, contract, priceBook);
      const steps = [item.steps ?? price.steps, ...(item.ramp ?? []).map((ramp) => ramp.steps)].flat();
      const peaks = steps.flatMap((step) => (step.step === 'capacity' ? capacityMeters(step) : []));
      return [...(price.meter === undefined ? [] : [price.meter]), ...peaks];
    }),
  ),
];

/** The price of each item of a contract, with the steps that hold in a period. */
export type Prices = ReadonlyMap<string, Price>;
