import type { ContractDiscount } from '../../catalog/types.ts';
import {
  type Decimal,
  isZero,
  maximum,
  minimum,
  multiply,
  negate,
  parseDecimal,
  ZERO,
} from '../../platform/decimal.ts';
import { exact, roundExact } from '../exact.ts';
import { maximumFor } from '../steps/maximum.ts';
import { money, number } from '../wording.ts';
import { type Bill, type BillContext, chargesOf, leftOf, lowering } from './bill.ts';
import { contractCharge } from './contract-charge.ts';

/** The item of the line of a discount. */
export const discountItem = (discount: Pick<ContractDiscount, 'id'>): string => `discount-${discount.id}`;

/** Whether a discount holds for the period that begins on a local date. */
export const discountHolds = ({ from, until }: ContractDiscount, start: string): boolean =>
  (from === undefined || start >= from) && (until === undefined || start < until);

const HUNDREDTH = parseDecimal('0.01');

/** A percent also of what goes back to the customer; an amount, shared as a maximum is, never of more than there is. */
const offOf = ({ percent, amount = '0' }: ContractDiscount, left: Decimal, context: BillContext): Decimal => {
  const { places, policy } = context;
  const off =
    percent === undefined
      ? maximumFor(parseDecimal(amount), context).worth
      : exact(multiply(left, multiply(parseDecimal(percent), HUNDREDTH)));
  const rounded = roundExact(off, places, policy.lineRounding);
  return minimum(rounded, maximum(left, ZERO));
};

const discounted = (bill: Bill, discount: ContractDiscount, context: BillContext): Bill => {
  const { currency, places } = context;
  const over = chargesOf(bill, discount.items);
  const left = leftOf(bill, over);
  const off = offOf(discount, left, context);
  if (isZero(off)) return bill;
  const { percent, description } = discount;
  const text = () =>
    percent === undefined
      ? `${money(off, currency)} off ${money(left, currency)}`
      : `${number(parseDecimal(percent))} % of ${money(left, currency)} = ${money(off, currency)}`;
  const item = discountItem(discount);
  const line = { item, product: 'contract-discount', description, amount: negate(off), text, over };
  return lowering(bill, contractCharge(bill, context, line), over, places);
};

/**
 * The discounts of a contract, each a line, in their order: each on what the maximum and the earlier ones left of the
 * lines that it covers. Example: 10 % of 640.00 USD = 64.00 USD off, then 100.00 USD off what is left.
 */
export const withDiscounts = (bill: Bill, context: BillContext): Bill =>
  (context.contract.discounts ?? [])
    .filter((discount) => discountHolds(discount, context.period.start))
    .reduce((before, discount) => discounted(before, discount, context), bill);
