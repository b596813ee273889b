import { formatDecimal } from '../platform/decimal.ts';
import { unusedAhead } from './charged-ahead.ts';
import { type Bill, billOf, type Charge } from './contract/bill.ts';
import { withCommitment } from './contract/commitment.ts';
import { withMaximum } from './contract/contract-maximum.ts';
import { couplingOf } from './contract/coupling.ts';
import { withCredits } from './contract/credits.ts';
import { withDiscounts } from './contract/discounts.ts';
import { withItemGroups } from './contract/item-groups.ts';
import { itemCharges, NO_STATES } from './item-charges.ts';
import { type Prices, priceOf } from './prices-of.ts';
import { ratedLines } from './rated-line.ts';
import { RatingError } from './rating-error.ts';
import { formatAmount } from './rounding-node.ts';
import { billContext, type Scene, sceneOf } from './scene.ts';
import type { Closing, Opening, Payment, PriceState, RateInput, RateResult } from './types.ts';

export { metersOf } from './prices-of.ts';

/**
 * Prices the usage of one contract for one period: all of it, cumulatively, never a slice (what was billed before is
 * subtracted by whoever bills). Pure: the same input gives bit-identical lines, in whatever order usage is listed.
 *
 * The period is clipped to the contract (`coveredPart`); `usage` must be the usage of that part. Lines come in the
 * order of the contract's items, then of the dimension values, then those of the contract itself in the order of its
 * arithmetic (README). `closing` is what the next period opens with; of `carryIn` it passes on what it was given, the
 * caller puts the ledger's carry-out in its place.
 * @throws {RatingError} if an input is missing or does not fit: an exception for a person, never a guess.
 */
export const rate = (input: RateInput): RateResult => {
  const { scene, prices, bill, closing, payments } = evaluate(input);
  const { contract, policy, period } = input;
  const from = scene.part.start > period.start && input.part !== undefined ? scene.part.start : period.start;
  const dropped = droppedItems(input.opening, prices);
  const coupling = couplingOf({ contract, policy, prices, period, dropped, from });
  return { lines: ratedLines(input, bill.charges, { currency: scene.billed, coupling }), closing, payments };
};

/** What a line comes to, without its explanation. */
export type AmountLine = Pick<Charge, 'item' | 'product' | 'dimensions'> & {
  readonly quantity: string;
  readonly currency: string;
  readonly amount: string;
};

/**
 * The same as `rate` by the same engine, without arithmetic, ids and hashes: for whoever re-rates a great deal and looks
 * at amounts only (previews, forecasts).
 * @throws {RatingError} as `rate`.
 */
export const rateAmounts = (
  input: RateInput,
): { readonly lines: readonly AmountLine[]; readonly closing: Closing; readonly payments: readonly Payment[] } => {
  const { scene, bill, closing, payments } = evaluate(input);
  const { code, exponent } = scene.billed;
  const lines = bill.charges.map(({ item, product, dimensions, quantity, amount }) => ({
    item,
    product,
    dimensions,
    quantity: formatDecimal(quantity),
    currency: code,
    amount: formatAmount(amount, exponent),
  }));
  return { lines, closing, payments };
};

/** Items that left something to this period and that this version of the contract does not have. */
const droppedItems = ({ prices: left = {} }: Opening, prices: Prices): string[] =>
  Object.keys(left)
    .map((key) => (JSON.parse(key) as [string])[0])
    .filter((item) => !prices.has(item));

type Evaluated = {
  readonly scene: Scene;
  readonly prices: Prices;
  readonly bill: Bill;
  readonly closing: Closing;
  readonly payments: readonly Payment[];
};

const evaluate = (input: RateInput): Evaluated => {
  checkInput(input);
  const { contract, priceBook, period, opening } = input;
  const prices: Prices = new Map(
    contract.items.map((item) => [item.id, priceOf(item, contract, priceBook, period.start)]),
  );
  const scene = sceneOf(input);
  const { charges, states } = itemsOf(scene, prices);
  const context = billContext(scene);
  const isMetered = (item: string): boolean => prices.get(item)?.meter !== undefined;
  const items = billOf(charges);
  const committed =
    scene.covered === undefined
      ? { bill: items, committed: opening.committed }
      : withCommitment(withItemGroups(items, context), context, isMetered);
  const { bill, payments, wallets } = withCredits(
    withDiscounts(withMaximum(committed.bill, context), context),
    context,
  );
  const closing: Closing = {
    format: 2,
    carryIn: opening.carryIn,
    ...(Object.keys(states).length === 0 ? {} : { prices: states }),
    ...(committed.committed === undefined ? {} : { committed: committed.committed }),
    ...(wallets.length === 0 ? {} : { wallets }),
  };
  return { scene, prices, bill, closing, payments };
};

const itemsOf = (scene: Scene, prices: Prices) => {
  const { contract, opening } = scene.input;
  const charges: Charge[] = [];
  const states: Record<string, PriceState> = scene.covered === undefined ? lasting(opening) : {};
  const settled = new Set<string>();
  let poolTaken = {};
  for (const item of contract.items) {
    const price = prices.get(item.id);
    if (price === undefined) continue;
    const of = itemCharges(scene, item, price, poolTaken);
    for (const charge of of.charges) charges.push(charge);
    if (of.states !== NO_STATES) Object.assign(states, of.states);
    for (const key of of.settled) settled.add(key);
    poolTaken = of.poolTaken;
  }
  if (opening.prices !== undefined) charges.push(...unusedAhead(scene, prices, settled, charges));
  return { charges, states };
};

/** What passes through a period that the contract covers nothing of: all but what is charged ahead. */
const lasting = ({ prices = {} }: Opening): Record<string, PriceState> =>
  Object.fromEntries(
    Object.entries(prices).flatMap(([key, { ahead: _, ...state }]) =>
      Object.keys(state).length === 0 ? [] : [[key, state]],
    ),
  );

const checkInput = ({ contract, priceBook, period, fx }: RateInput): void => {
  const [from, to] = [priceBook.currency, contract.currency];
  if (from !== to && fx === undefined) {
    throw new RatingError(
      'missing-fx-rate',
      `contract "${contract.id}" is in ${to}, its price book "${priceBook.id}" in ${from}: publish a rate from ${from} to ${to}`,
      { contract: contract.id, priceBook: priceBook.id, from, to },
    );
  }
  if (fx !== undefined && (fx.from !== from || fx.to !== to)) {
    throw new RatingError(
      'currency-mismatch',
      `the rate "${fx.id}" takes ${fx.from} to ${fx.to}, but the price book "${priceBook.id}" is in ${from} and the contract "${contract.id}" in ${to}`,
      { contract: contract.id, priceBook: priceBook.id, rate: fx.id },
    );
  }
  if (period.zone !== contract.zone) {
    throw new RatingError(
      'period-zone',
      `contract "${contract.id}" is billed in the zone ${contract.zone}, the period is in ${period.zone}`,
      { contract: contract.id, zone: period.zone },
    );
  }
};
