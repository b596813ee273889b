import {
  add,
  type Decimal,
  formatDecimal,
  fromMinorUnits,
  isNegative,
  isZero,
  negate,
  parseDecimal,
  subtract,
  toMinorUnits,
  ZERO,
} from '../platform/decimal.ts';
import { addDays } from '../platform/period.ts';
import { allocateUnits } from '../rating/allocate.ts';
import { scheduleOf, type UsedOn } from '../rating/recognition.ts';
import type { RatedLine } from '../rating/types.ts';
import { amountText } from './money.ts';
import type { RevenuePart } from './types.ts';

/** Amount and quantity of a line, or of a part of it. */
export type Worth = { readonly amount: Decimal; readonly quantity: Decimal };

/** What documents said of a line before: its revenue, and what of it older ones billed without saying so. */
export type SaidRevenue = { readonly parts: readonly RevenuePart[]; readonly unsaid: Worth };

type Part = Pick<RevenuePart, 'recognition' | 'from' | 'through'> & Worth;

const absolute = (value: Decimal): Decimal => (isNegative(value) ? negate(value) : value);

/** A quantity over parts in proportion to their amounts, in steps of its own last decimal. */
const shares = (quantity: Decimal, amounts: readonly Decimal[]): Decimal[] => {
  const scale = Math.max(0, ...amounts.map((amount) => amount.scale));
  const weights = amounts.map((amount) => toMinorUnits(absolute(amount), scale));
  return allocateUnits(quantity.units, weights).map((units) => fromMinorUnits(units, quantity.scale));
};

/**
 * The revenue of one service period. Spread evenly it is one part: first and last day say all, and the ERP spreads it. As
 * used it is a part for each calendar month in which something was, so that every month gets exactly its entry of the
 * schedule, whatever the ERP does within it.
 */
const revenueOfSpan = (line: RatedLine, used: readonly UsedOn[]): Part[] => {
  const { recognition, entries } = scheduleOf(line, used);
  const whole: Worth = { amount: parseDecimal(line.amount), quantity: parseDecimal(line.quantity) };
  const { start, end } = line.period;
  const through = end > start ? addDays(end, -1) : start;
  if (recognition === 'straight-line-day' || recognition === 'straight-line-month') {
    return [{ recognition, from: start, through, ...whole }];
  }
  const some = entries.filter(({ amount }) => !isZero(parseDecimal(amount)));
  if (some.length === 0) return [{ recognition, from: start, through, ...whole }];
  const amounts = some.map(({ amount }) => parseDecimal(amount));
  const quantities = shares(whole.quantity, amounts);
  return some.map(({ from, to }, n) => ({
    recognition,
    from,
    through: addDays(to, -1),
    amount: amounts[n] ?? ZERO,
    quantity: quantities[n] ?? ZERO,
  }));
};

/** The revenue of a line; what is charged ahead has parts of its own, for the service period that it is for. */
const revenueOf = ({ ahead, ...line }: RatedLine, used: readonly UsedOn[]): Part[] => {
  if (ahead === undefined) return revenueOfSpan(line, used);
  const own = amountText(subtract(parseDecimal(line.amount), parseDecimal(ahead.amount)), line.currency);
  return [
    ...revenueOfSpan({ ...line, amount: own }, used),
    ...revenueOfSpan({ ...line, amount: ahead.amount, period: ahead.period }, used),
  ];
};

const keyOf = ({ recognition, from, through }: Part): string => JSON.stringify([recognition, from, through]);

const minus = (part: Part): Part => ({ ...part, amount: negate(part.amount), quantity: negate(part.quantity) });

/**
 * How the amount of a document's line becomes revenue: the parts of all that is billed of the line with it, less what
 * documents said before. The parts sum to the amount exactly. Parts that change nothing are left out, but one is always
 * there. A line that older documents billed without a word on revenue is taken as if they had said it as the line says now.
 * @param total amount and quantity of the line on all of its documents, this one included.
 * @param used what was used by month, for lines that are recognized as used over more than one.
 */
export const revenueParts = (
  line: RatedLine,
  total: Worth,
  said: SaidRevenue,
  used: readonly UsedOn[] = [],
): RevenuePart[] => {
  const { currency } = line;
  const of = ({ amount, quantity }: Worth): Part[] =>
    revenueOf({ ...line, amount: amountText(amount, currency), quantity: formatDecimal(quantity) }, used);
  const before: Part[] = [
    ...said.parts.map((part) => ({
      ...part,
      amount: parseDecimal(part.amount),
      quantity: parseDecimal(part.quantity),
    })),
    ...(isZero(said.unsaid.amount) ? [] : of(said.unsaid)),
  ];
  const sums = new Map<string, Part>();
  for (const part of [...of(total), ...before.map(minus)]) {
    const known = sums.get(keyOf(part));
    sums.set(keyOf(part), {
      ...part,
      amount: add(known?.amount ?? ZERO, part.amount),
      quantity: add(known?.quantity ?? ZERO, part.quantity),
    });
  }
  const all = [...sums.values()];
  const changed = all.filter(({ amount }) => !isZero(amount));
  return (changed.length > 0 ? changed : all.slice(0, 1)).map(({ amount, quantity, ...part }) => ({
    ...part,
    quantity: formatDecimal(quantity),
    amount: amountText(amount, currency),
  }));
};
