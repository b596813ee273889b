import { type Decimal, formatDecimal, formatFixed } from '../platform/decimal.ts';
import { contentHash } from '../platform/hash.ts';
import type { Period } from '../platform/period.ts';
import { ENGINE } from './engine.ts';
import { type Exact, roundExact } from './exact.ts';
import type { StepContext } from './steps/step.ts';
import type { ArithmeticNode, RatedLine, RateInput } from './types.ts';
import { exactMoney, money } from './wording.ts';

/** A line before it is rounded, named and pinned. */
export type LineDraft = {
  readonly item: string;
  readonly product: string;
  readonly description: string;
  readonly meter?: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly quantity: Decimal;
  readonly unit: string;
  readonly amount: Exact;
  readonly nodes: readonly ArithmeticNode[];
  /** What the amount was computed from beside the contract: price, usage rows, other lines. */
  readonly madeFrom: unknown;
};

/** A line's id: the same for every rating of the same item, period and dimensions, whatever the amount. */
const lineId = ({ contract, period }: RateInput, item: string, dimensions: LineDraft['dimensions']): string =>
  `ln-${contentHash([contract.account, contract.id, item, period, dimensions]).slice(0, 24)}`;

const rounding = (amount: Exact, rounded: Decimal, { currency, policy }: StepContext): ArithmeticNode => ({
  step: 'line-rounding',
  text: `${exactMoney(amount, currency)} rounded ${policy.lineRounding} to ${currency.exponent} decimals = ${money(rounded, currency)}`,
  result: formatFixed(rounded, currency.exponent),
  unit: currency.code,
  children: [],
});

/** What all lines of one rating share, made once: their pins and the hash of the shared inputs. */
export type LineFrame = {
  readonly input: RateInput;
  /** The covered part of the period, which the lines are for. */
  readonly part: Period;
  readonly pins: RatedLine['pins'];
  readonly inputsHash: string;
};

/** The frame of a rating. */
export const frameOf = (input: RateInput, part: Period): LineFrame => {
  const { contract, policy, period, opening } = input;
  const pins = {
    usageHash: input.usageHash,
    contractVersion: input.contractVersion,
    priceBook: input.priceBook.id,
    priceBookVersion: input.priceBookVersion,
    policy: policy.id,
    engine: ENGINE,
  };
  return { input, part, pins, inputsHash: contentHash({ pins, policy, contract, period, opening }) };
};

/** Rounds a draft, once and by the contract's policy, and pins everything it was computed from. */
export const ratedLine = (frame: LineFrame, context: StepContext, draft: LineDraft): RatedLine => {
  const { input, part, pins } = frame;
  const { contract, policy } = input;
  const { currency } = context;
  const rounded = roundExact(draft.amount, currency.exponent, policy.lineRounding);
  return {
    format: 1,
    id: lineId(input, draft.item, draft.dimensions),
    account: contract.account,
    payer: contract.payer,
    contract: contract.id,
    item: draft.item,
    product: draft.product,
    description: draft.description,
    ...(draft.meter === undefined ? {} : { meter: draft.meter }),
    dimensions: draft.dimensions,
    period: part,
    quantity: formatDecimal(draft.quantity),
    unit: draft.unit,
    currency: currency.code,
    amount: formatFixed(rounded, currency.exponent),
    arithmetic: {
      step: 'line',
      text: `${draft.description}: ${money(rounded, currency)}`,
      result: formatFixed(rounded, currency.exponent),
      unit: currency.code,
      children: [...draft.nodes, rounding(draft.amount, rounded, context)],
    },
    pins,
    inputsHash: contentHash({ shared: frame.inputsHash, from: draft.madeFrom }),
  };
};
