import { compare, type Decimal, parseDecimal, subtract } from '../../platform/decimal.ts';
import { roundExact } from '../exact.ts';
import { maximumFor } from '../steps/maximum.ts';
import { money } from '../wording.ts';
import { type Bill, type BillContext, type Charge, lowering, totalOf } from './bill.ts';
import { contractCharge } from './contract-charge.ts';

/** The item and product of the line that lowers a contract to its maximum. */
export const MAXIMUM_ITEM = 'contract-maximum';

/** What is lowered: which charges, what they come to, how the line is named. */
type Lowered = {
  readonly maximum: string;
  readonly over: readonly Charge[];
  readonly charged: Decimal;
  readonly item: string;
  readonly product: string;
  readonly description: string;
};

/** Lowers charges to a maximum, by a line of its own. */
export const lowerToMaximum = (bill: Bill, context: BillContext, { maximum, charged, ...line }: Lowered): Bill => {
  const { currency, places, policy } = context;
  const { worth, words } = maximumFor(parseDecimal(maximum), context);
  const most = roundExact(worth, places, policy.lineRounding);
  if (compare(charged, most) <= 0) return bill;
  const amount = subtract(most, charged);
  const share = words === '' ? '' : ` (${words})`;
  const text = () =>
    `${money(most, currency)} maximum${share} − ${money(charged, currency)} charged = ${money(amount, currency)}`;
  return lowering(bill, contractCharge(bill, context, { ...line, amount, text }), line.over, places);
};

/**
 * The lines of a period never come to more than the contract's maximum, before discounts. Example: lines of 640.00 USD
 * and a maximum of 500.00 USD: −140.00 USD.
 */
export const withMaximum = (bill: Bill, context: BillContext): Bill => {
  const { maximum } = context.contract;
  if (maximum === undefined) return bill;
  const { amount, description } = maximum;
  const named = { item: MAXIMUM_ITEM, product: MAXIMUM_ITEM, description };
  return lowerToMaximum(bill, context, { ...named, maximum: amount, over: bill.charges, charged: totalOf(bill) });
};
