import type { Contract, ContractItem, Price, PriceBook } from '../catalog/types.ts';
import { exponentOf } from '../platform/currency.ts';
import { formatDecimal, isZero, ONE, ZERO } from '../platform/decimal.ts';
import { applySteps } from './apply-steps.ts';
import { commitmentDraft } from './commitment.ts';
import { exact } from './exact.ts';
import { groupUsage, type UsageGroup } from './group-usage.ts';
import { type CoveredPart, coveredPart } from './period-part.ts';
import { frameOf, type LineDraft, type LineFrame, ratedLine } from './rated-line.ts';
import { RatingError } from './rating-error.ts';
import type { StepContext } from './steps/step.ts';
import type { RatedLine, RateInput, RateResult } from './types.ts';
import { quantity } from './wording.ts';

/**
 * Prices the usage of one contract for one period: all of it, cumulatively, never a slice (what was billed before is
 * subtracted by whoever bills). Pure: the same input gives bit-identical lines, in whatever order usage is listed.
 *
 * The period is clipped to the contract (`coveredPart`); `usage` must be the usage of that part. Lines come in the
 * order of the contract's items, then of the dimension values, the true-up of a minimum commitment last. `closing` is
 * `opening` as no step changes it yet; the caller puts the ledger's carry-out in its place.
 * @throws {RatingError} if an input is missing or does not fit: an exception for a person, never a guess.
 */
export const rate = (input: RateInput): RateResult => {
  checkInput(input);
  const part = coveredPart(input.contract, input.period);
  if (part === undefined) return { lines: [], closing: input.opening };
  const frame = frameOf(input, part.period);
  const lines = input.contract.items.flatMap((item) => itemLines(frame, item, part));
  const context = contextOf(input, part, []);
  const trueUp = commitmentDraft(input.contract, lines, context);
  return {
    lines: trueUp === undefined ? lines : [...lines, ratedLine(frame, context, trueUp)],
    closing: input.opening,
  };
};

/** The meters whose usage a contract's prices need, in the order of its items. @throws {RatingError} `missing-price`. */
export const metersOf = (contract: Contract, priceBook: PriceBook): string[] => [
  ...new Set(contract.items.flatMap((item) => priceOf(item, contract, priceBook).meter ?? [])),
];

const checkInput = ({ contract, priceBook, period }: RateInput): void => {
  if (priceBook.currency !== contract.currency) {
    throw new RatingError(
      'currency-mismatch',
      `contract "${contract.id}" is in ${contract.currency}, its price book "${priceBook.id}" in ${priceBook.currency}`,
      { contract: contract.id, priceBook: priceBook.id },
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

const priceOf = (item: ContractItem, contract: Contract, priceBook: PriceBook): Price => {
  const price = priceBook.prices.find((candidate) => candidate.id === item.price);
  if (price === undefined) {
    throw new RatingError(
      'missing-price',
      `price book "${priceBook.id}" has no price "${item.price}", which item "${item.id}" of contract "${contract.id}" names: publish it or amend the contract`,
      { contract: contract.id, item: item.id, price: item.price, priceBook: priceBook.id },
    );
  }
  // A custom price replaces the steps only: product, meter and dimensions stay those of the book.
  return item.steps === undefined ? price : { ...price, steps: item.steps };
};

const contextOf = (input: RateInput, part: CoveredPart, daily: UsageGroup['daily']): StepContext => ({
  currency: { code: input.contract.currency, exponent: exponentOf(input.contract.currency) },
  policy: input.policy,
  coveredDays: part.coveredDays,
  periodDays: part.periodDays,
  daily,
});

const itemLines = (frame: LineFrame, item: ContractItem, part: CoveredPart): RatedLine[] => {
  const { input } = frame;
  const price = priceOf(item, input.contract, input.priceBook);
  const groups = price.meter === undefined ? [feeGroup] : groupUsage(price, input.usage, part.period);
  return groups.flatMap((group) => {
    const context = contextOf(input, part, group.daily);
    const draft = price.meter === undefined ? feeDraft(item, price, context) : usageDraft(item, price, group, context);
    const nothing = isZero(group.quantity) && isZero(draft.amount.value);
    if (nothing && input.policy.zeroUsageLine === 'omit') return [];
    return [ratedLine(frame, context, draft)];
  });
};

/** A price without a meter has one line and no usage. */
const feeGroup: UsageGroup = { dimensions: {}, quantity: ZERO, unit: 'period', daily: [], rows: [] };

const feeDraft = (item: ContractItem, price: Price, context: StepContext): LineDraft => {
  const working = applySteps({ quantity: ONE, unit: 'period', amount: exact(ZERO), nodes: [] }, price.steps, context);
  return {
    item: item.id,
    product: price.product,
    description: price.description,
    dimensions: {},
    quantity: ONE,
    unit: 'period',
    amount: working.amount,
    nodes: working.nodes,
    madeFrom: { price },
  };
};

const usageDraft = (item: ContractItem, price: Price, group: UsageGroup, context: StepContext): LineDraft => {
  if (price.steps.some((step) => step.step === 'seats') && group.daily.length === 0) {
    throw new RatingError(
      'usage-incomplete',
      `price "${price.id}" is charged by day, but its usage has no daily values`,
      {
        price: price.id,
        item: item.id,
      },
    );
  }
  const usage = {
    step: 'usage',
    text: `${quantity(group.quantity, group.unit)} measured`,
    result: formatDecimal(group.quantity),
    unit: group.unit,
    children: [],
  };
  const start = { quantity: group.quantity, unit: group.unit, amount: exact(ZERO), nodes: [usage] };
  const working = applySteps(start, price.steps, context);
  return {
    item: item.id,
    product: price.product,
    description: described(price, group.dimensions),
    ...(price.meter === undefined ? {} : { meter: price.meter }),
    dimensions: group.dimensions,
    quantity: group.quantity,
    unit: group.unit,
    amount: working.amount,
    nodes: working.nodes,
    madeFrom: { price, usage: group.rows },
  };
};

const described = (price: Price, dimensions: Readonly<Record<string, string>>): string => {
  const values = Object.entries(dimensions).map(([name, value]) => `${name} ${value}`);
  return values.length === 0 ? price.description : `${price.description} (${values.join(', ')})`;
};
