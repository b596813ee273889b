import type { Price, Recognition } from '../catalog/types.ts';
import { type Decimal, formatDecimal, parseDecimal } from '../platform/decimal.ts';
import { type Exact, roundExact, times } from './exact.ts';
import { roundingNode } from './rounding-node.ts';
import type { Scene } from './scene.ts';
import type { LazyNode } from './steps/step.ts';
import { equalTo, exactMoney, number, shown } from './wording.ts';

/** How a price is recognized if it does not say so: seats and fees by day, usage as used, a fee once when it is due. */
export const recognitionOf = ({ recognition, meter, steps }: Price): Recognition => {
  if (recognition !== undefined) return recognition;
  const has = (name: string): boolean => steps.some(({ step }) => step === name);
  if (has('seats')) return 'straight-line-day';
  if (meter !== undefined) return 'as-used';
  return has('one-time-fee') && !has('recurring-fee') ? 'point-in-time' : 'straight-line-day';
};

/** An amount of the price book's currency in the contract's. */
const converted = (amount: Exact, { input: { fx } }: Scene): Exact =>
  fx === undefined ? amount : times(amount, parseDecimal(fx.rate));

/** The amount of a line: converted where the price book has another currency, then rounded, once. */
export const finishedAmount = (amount: Exact, scene: Scene): Decimal =>
  roundExact(converted(amount, scene), scene.places, scene.input.policy.lineRounding);

/** How the amount of a line came about at its end: the conversion, if any, and the rounding. */
export const finishingNodes = (amount: Exact, scene: Scene): LazyNode[] => {
  const { input, priced, billed, places } = scene;
  const { fx, policy } = input;
  const inCurrency = converted(amount, scene);
  const rounding = roundingNode(inCurrency, { currency: billed, places, policy });
  if (fx === undefined) return [rounding];
  const conversion: LazyNode = () => ({
    step: 'fx',
    text: `${exactMoney(amount, priced)} × ${number(parseDecimal(fx.rate))} (${fx.source}, ${fx.date}) ${equalTo(inCurrency, billed)}`,
    result: formatDecimal(shown(inCurrency)),
    unit: billed.code,
    children: [],
  });
  return [conversion, rounding];
};
