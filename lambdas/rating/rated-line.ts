import { formatDecimal } from '../platform/decimal.ts';
import { contentHash } from '../platform/hash.ts';
import type { Charge } from './contract/bill.ts';
import { ENGINE } from './engine.ts';
import { formatAmount } from './rounding-node.ts';
import type { RatedLine, RateInput } from './types.ts';
import { money } from './wording.ts';

/** The part of a line's id that tells the lines of two versions of a contract in one period apart. */
const versionPart = ({ period, part }: RateInput): readonly string[] =>
  part !== undefined && part.start > period.start ? [part.start] : [];

/** A line's id: the same for every rating of the same item, period and dimensions, whatever the amount. */
const lineId = (input: RateInput, item: string, dimensions: Charge['dimensions']): string => {
  const { contract, period } = input;
  const named = [contract.account, contract.id, item, period, dimensions, ...versionPart(input)];
  return `ln-${contentHash(named).slice(0, 24)}`;
};

const pinsOf = (input: RateInput): RatedLine['pins'] => ({
  usageHash: input.usageHash,
  contractVersion: input.contractVersion,
  priceBook: input.priceBook.id,
  priceBookVersion: input.priceBookVersion,
  policy: input.policy.id,
  engine: ENGINE,
  ...(input.fx === undefined
    ? {}
    : { fx: { id: input.fx.id, version: input.fx.version, rate: input.fx.rate, date: input.fx.date } }),
});

type Named = {
  readonly currency: { readonly code: string; readonly exponent: number };
  readonly coupling: (item: string) => string | undefined;
};

/**
 * Writes the charges of a rating down as lines: named, explained, and with everything pinned that they were computed
 * from. In the order of the charges.
 */
export const ratedLines = (
  input: RateInput,
  charges: readonly Charge[],
  { currency, coupling }: Named,
): RatedLine[] => {
  const { contract, policy, period, opening, part, interim, fx } = input;
  const pins = pinsOf(input);
  const shared = contentHash({ pins, policy, contract, period, opening, part, interim, fx });
  const made = new Map<Charge, RatedLine>();
  const lineOf = (charge: Charge): RatedLine => {
    const line = made.get(charge);
    if (line === undefined) throw new Error(`the line of "${charge.item}" is not written yet`);
    return line;
  };
  for (const charge of charges) {
    const { item, product, description, meter, dimensions, ahead, recognition } = charge;
    const amount = formatAmount(charge.amount, currency.exponent);
    const group = coupling(item);
    made.set(charge, {
      format: 2,
      id: lineId(input, item, dimensions),
      account: contract.account,
      payer: contract.payer,
      contract: contract.id,
      item,
      product,
      description,
      ...(meter === undefined ? {} : { meter }),
      dimensions,
      period: charge.period,
      quantity: formatDecimal(charge.quantity),
      unit: charge.unit,
      currency: currency.code,
      amount,
      ...(ahead === undefined
        ? {}
        : { ahead: { period: ahead.period, amount: formatAmount(ahead.amount, currency.exponent) } }),
      ...(group === undefined ? {} : { group }),
      recognition,
      arithmetic: {
        step: 'line',
        text: `${description}: ${money(charge.amount, currency)}`,
        result: amount,
        unit: currency.code,
        children: charge.nodes().map((make) => make()),
      },
      pins,
      inputsHash: contentHash({ shared, from: charge.madeFrom(lineOf) }),
    });
  }
  return [...made.values()];
};
