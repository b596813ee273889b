import type { ItemGroup } from '../../catalog/types.ts';
import { compare, parseDecimal, subtract } from '../../platform/decimal.ts';
import { roundExact } from '../exact.ts';
import { minimumFor } from '../steps/minimum.ts';
import { money } from '../wording.ts';
import { adding, type Bill, type BillContext, chargedBy, chargesOf } from './bill.ts';
import { contractCharge } from './contract-charge.ts';
import { lowerToMaximum } from './contract-maximum.ts';

/** The item of the line that lifts the items of a group to their minimum, or lowers them to their maximum. */
export const groupItem = (group: Pick<ItemGroup, 'id'>): string => `group-${group.id}`;

const lifted = (bill: Bill, group: ItemGroup, minimum: string, context: BillContext): Bill => {
  const { currency, places, policy } = context;
  const over = chargesOf(bill, group.items);
  const charged = chargedBy(over);
  const { worth: least, words } = minimumFor(parseDecimal(minimum), context);
  // Rounded before the difference is taken, so that lines + true-up are the minimum to the cent.
  const whole = roundExact(least, places, policy.lineRounding);
  if (compare(charged, whole) >= 0) return bill;
  const amount = subtract(whole, charged);
  const share = words === '' ? '' : ` (${words})`;
  const text = () =>
    `${money(whole, currency)} minimum${share} − ${money(charged, currency)} charged = ${money(amount, currency)}`;
  const line = { item: groupItem(group), product: 'group-minimum', description: group.description, amount, text, over };
  return adding(bill, contractCharge(bill, context, line));
};

const lowered = (bill: Bill, group: ItemGroup, maximum: string, context: BillContext): Bill => {
  const over = chargesOf(bill, group.items);
  const named = { item: groupItem(group), product: 'group-maximum', description: group.description };
  return lowerToMaximum(bill, context, { ...named, maximum, over, charged: chargedBy(over) });
};

/**
 * Items that share a minimum or a maximum: a line lifts them to the one or lowers them to the other. Example: 310.00 USD
 * minimum of two items that come to 120.00 USD and 90.00 USD: true-up 100.00 USD. A minimum is worth what the policy says
 * for part of a period, a maximum itself; versions of an amended contract share both by day. A bill within the period has no minimum yet.
 */
export const withItemGroups = (bill: Bill, context: BillContext): Bill =>
  (context.contract.groups ?? []).reduce((before, group) => {
    const { minimum, maximum } = group;
    const least = minimum === undefined || context.interim ? before : lifted(before, group, minimum, context);
    return maximum === undefined ? least : lowered(least, group, maximum, context);
  }, bill);
