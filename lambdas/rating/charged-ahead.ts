import { canonicalJson } from '../platform/canonical-json.ts';
import { negate, ONE, parseDecimal } from '../platform/decimal.ts';
import { isInAdvance } from './apply-steps.ts';
import type { Charge } from './contract/bill.ts';
import { exact } from './exact.ts';
import { finishedAmount, finishingNodes } from './finish-charge.ts';
import type { Prices } from './prices-of.ts';
import type { Scene } from './scene.ts';
import { money } from './wording.ts';

/** The product of what is given back because nothing settles it any more. */
const UNUSED = 'charged-ahead';

/**
 * What was charged ahead for this period by prices that are not billed in advance any more, or not agreed any more, is
 * given back: a line each, in the order of the items. Example: an item of 300.00 USD a month in advance is dropped with
 * the next period: −300.00 USD.
 */
export const unusedAhead = (scene: Scene, prices: Prices): Charge[] => {
  const { input, priced, service } = scene;
  const open = Object.entries(input.opening.prices ?? {}).flatMap(([key, { ahead }]) => {
    const [item, dimensions] = JSON.parse(key) as [string, Readonly<Record<string, string>>];
    const price = prices.get(item);
    const settled = price?.steps.some(isInAdvance) === true;
    return ahead?.start === input.period.start && !settled ? [{ item, dimensions, price, ahead }] : [];
  });
  return open.map(({ item, dimensions, price, ahead }): Charge => {
    const charged = parseDecimal(ahead.amount);
    const amount = exact(negate(charged));
    return {
      item,
      product: price?.product ?? UNUSED,
      description: `${price?.description ?? item}: charged ahead and not used`,
      dimensions: { ...dimensions, 'charged-ahead': ahead.start },
      meter: undefined,
      period: service(),
      ahead: undefined,
      quantity: ONE,
      unit: 'period',
      amount: finishedAmount(amount, scene),
      recognition: 'straight-line-day',
      nodes: () => [
        () => ({
          step: UNUSED,
          text: `− ${money(charged, priced)} charged ahead for this period`,
          result: ahead.amount,
          unit: priced.code,
          children: [],
        }),
        ...finishingNodes(amount, scene),
      ],
      madeFrom: () => canonicalJson(ahead),
    };
  });
};
