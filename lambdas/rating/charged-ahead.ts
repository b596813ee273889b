import { type Decimal, formatDecimal, negate, ONE, parseDecimal } from '../platform/decimal.ts';
import type { Charge } from './contract/bill.ts';
import { exact, roundExact } from './exact.ts';
import { finishedAmount, finishingNodes, recognitionOf } from './finish-charge.ts';
import { lineKey } from './item-context.ts';
import type { Prices } from './prices-of.ts';
import { roundingNode } from './rounding-node.ts';
import type { Scene } from './scene.ts';
import type { LazyNode } from './steps/step.ts';
import type { PriceState } from './types.ts';
import { money } from './wording.ts';

/** The product of what is given back because nothing settles it any more. */
const UNUSED = 'charged-ahead';

/**
 * What was charged ahead for this period and nothing settled is given back, a line each: of items that were dropped, of
 * prices that are billed in arrears now, of dimension values that were not used. Example: an item of 300.00 USD a month in
 * advance is dropped with the next period: −300.00 USD.
 * @param settled line keys under which it was settled.
 * @param charges what was charged for the items, so that no two lines have one name.
 */
export const unusedAhead = (
  scene: Scene,
  prices: Prices,
  settled: ReadonlySet<string>,
  charges: readonly Charge[],
): Charge[] => {
  const { input, service } = scene;
  const open = Object.entries(input.opening.prices ?? {}).flatMap(([key, { ahead }]) => {
    if (ahead?.start !== input.period.start || settled.has(key)) return [];
    const [item, dimensions] = JSON.parse(key) as [string, Readonly<Record<string, string>>];
    const named = charges.some((charge) => lineKey(charge.item, charge.dimensions) === key);
    // Beside a line of the same name it needs a name of its own.
    const own = named ? { ...dimensions, 'charged-ahead': ahead.start } : dimensions;
    return [{ item, dimensions: own, price: prices.get(item), ahead }];
  });
  return open.map(({ item, dimensions, price, ahead }): Charge => {
    const { amount, nodes } = givenBack(scene, ahead);
    return {
      item,
      product: price?.product ?? UNUSED,
      description: `${price?.description ?? item}: charged ahead and not used`,
      meter: undefined,
      dimensions,
      period: service(),
      quantity: ONE,
      unit: 'period',
      amount,
      ahead: undefined,
      recognition: price === undefined ? 'straight-line-day' : recognitionOf(price),
      nodes: () => nodes,
      madeFrom: () => ahead,
    };
  });
};

type Ahead = NonNullable<PriceState['ahead']>;

/**
 * What was charged for it goes back as it was charged, in whole units of the currency where the contract's policy rounds to
 * them now; where only the price's amount is known, that is converted.
 */
const givenBack = (scene: Scene, ahead: Ahead): { readonly amount: Decimal; readonly nodes: readonly LazyNode[] } => {
  const { billed, priced, places, input } = scene;
  const currency = ahead.charged === undefined ? priced : billed;
  const charged = parseDecimal(ahead.charged ?? ahead.amount);
  const back = exact(negate(charged));
  const node: LazyNode = () => ({
    step: UNUSED,
    text: `− ${money(charged, currency)} charged ahead for this period`,
    result: formatDecimal(negate(charged)),
    unit: currency.code,
    children: [],
  });
  return ahead.charged === undefined
    ? { amount: finishedAmount(back, scene), nodes: [node, ...finishingNodes(back, scene)] }
    : {
        amount: roundExact(back, places, input.policy.lineRounding),
        nodes: [node, roundingNode(back, { currency: billed, places, policy: input.policy })],
      };
};
