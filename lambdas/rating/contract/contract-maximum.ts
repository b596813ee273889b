import { compare, parseDecimal, subtract } from '../../platform/decimal.ts';
import { roundExact } from '../exact.ts';
import { maximumFor } from '../steps/maximum.ts';
import { money } from '../wording.ts';
import { type Bill, type BillContext, lowering, totalOf } from './bill.ts';
import { contractCharge } from './contract-charge.ts';

/** The item and product of the line that lowers a contract to its maximum. */
export const MAXIMUM_ITEM = 'contract-maximum';

/**
 * The lines of a period never come to more than the contract's maximum, before discounts. Example: lines of 640.00 USD
 * and a maximum of 500.00 USD: −140.00 USD.
 */
export const withMaximum = (bill: Bill, context: BillContext): Bill => {
  const { contract, currency, places, policy } = context;
  if (contract.maximum === undefined) return bill;
  const bound = maximumFor(parseDecimal(contract.maximum.amount), context);
  const most = roundExact(bound.most, places, policy.lineRounding);
  const charged = totalOf(bill);
  if (compare(charged, most) <= 0) return bill;
  const amount = subtract(most, charged);
  const over = bill.charges;
  const { description } = contract.maximum;
  const share = bound.words === '' ? '' : ` (${bound.words})`;
  const text = () =>
    `${money(most, currency)} maximum${share} − ${money(charged, currency)} charged = ${money(amount, currency)}`;
  const line = { item: MAXIMUM_ITEM, product: MAXIMUM_ITEM, description, amount, text, over };
  return lowering(bill, contractCharge(bill, context, line), over, places);
};
