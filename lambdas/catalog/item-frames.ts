import type { ContractItem, Price } from './types.ts';

/** A price as one item of a contract has it: `path` says where in the item its steps stand, `own` that they do. */
export type ItemFrame = {
  readonly path: string;
  readonly own: boolean;
  /** From which date on, for steps of a ramp. */
  readonly from?: string;
  readonly price: Price;
};

/** Every form that a price takes for an item: with the book's steps or the item's own, then with those of each ramp. */
export const itemFrames = (item: ContractItem, price: Price): ItemFrame[] => [
  {
    path: '/steps',
    own: item.steps !== undefined,
    price: item.steps === undefined ? price : { ...price, steps: item.steps },
  },
  ...(item.ramp ?? []).map(({ from, steps }, n) => ({
    path: `/ramp/${n}/steps`,
    own: true,
    from,
    price: { ...price, steps },
  })),
];
