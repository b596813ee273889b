import { negate, parseDecimal, ZERO } from '../platform/decimal.ts';
import type { RatedLine } from '../rating/types.ts';
import { amountText, negatedText } from './money.ts';
import type { Adjustment, SlimDocument, SlimLine } from './records.ts';

/** Lines of documents that no rating made: of adjustments, and of what was billed and is not rated any more. */

const ADJUSTMENT_NAMES: Readonly<Record<Adjustment['kind'], string>> = {
  goodwill: 'Goodwill',
  'excluded-line': 'Not charged',
  repair: 'Settled by hand',
};

/** The line of an adjustment, in the form of a rated one: what it is due, and who decided it and why. */
export const adjustmentLine = (entry: Adjustment, of: RatedLine | undefined): RatedLine => {
  const { entryId, kind, about, account, payer, contract, currency, product, period, reason, by } = entry;
  const isExcluded = kind === 'excluded-line';
  const due = isExcluded ? negate(parseDecimal(of?.amount ?? '0')) : parseDecimal(entry.amount ?? '0');
  const amount = amountText(due, currency);
  const ahead = isExcluded && of?.ahead !== undefined ? takenBack(of.ahead, currency) : undefined;
  const description = `${ADJUSTMENT_NAMES[kind]}: ${entry.description}`;
  const text = `${description}, decided by ${by}: ${reason}`;
  return {
    format: 1,
    id: entryId,
    account,
    payer,
    contract,
    item: kind,
    product,
    description,
    dimensions: { line: about },
    period,
    quantity: '1',
    unit: 'adjustment',
    currency,
    amount,
    ...(ahead === undefined ? {} : { ahead }),
    ...(of?.recognition === undefined ? {} : { recognition: of.recognition }),
    arithmetic: { step: 'line', text, result: amount, unit: currency, children: [] },
    pins: NO_PINS,
    inputsHash: '',
  };
};

/** What is not charged is not charged ahead either. */
const takenBack = (ahead: NonNullable<RatedLine['ahead']>, currency: string): NonNullable<RatedLine['ahead']> => ({
  ...ahead,
  amount: negatedText(ahead.amount, currency),
});

const NO_PINS: RatedLine['pins'] = {
  usageHash: '',
  contractVersion: 0,
  priceBook: '',
  priceBookVersion: 0,
  policy: '',
  engine: '',
};

/** The rated line of something that is not rated any more: an amount of 0 that says so. */
export const nothingLeft = (
  line: SlimLine,
  billed: readonly { readonly document: SlimDocument }[],
  currency: string,
): RatedLine => {
  const document = billed.find(({ document: each }) =>
    each.lines.some(({ lineId }) => lineId === line.lineId),
  )?.document;
  const zero = amountText(ZERO, currency);
  return {
    format: 1,
    id: line.lineId,
    account: line.account,
    payer: document?.account ?? line.account,
    contract: '',
    item: '',
    product: line.product,
    description: line.description,
    dimensions: {},
    period: document?.period ?? { start: '', end: '', zone: '' },
    quantity: '0',
    unit: line.unit,
    currency,
    amount: zero,
    arithmetic: {
      step: 'line',
      text: `${line.description}: nothing is rated here any more, so what was billed is taken back`,
      result: zero,
      unit: currency,
      children: [],
    },
    pins: NO_PINS,
    inputsHash: '',
  };
};
