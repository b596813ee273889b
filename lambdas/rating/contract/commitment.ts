import type { Contract } from '../../catalog/types.ts';
import {
  add,
  compare,
  type Decimal,
  formatDecimal,
  isZero,
  maximum,
  multiply,
  ONE,
  parseDecimal,
  subtract,
  ZERO,
} from '../../platform/decimal.ts';
import { exact, roundExact } from '../exact.ts';
import { minimumFor } from '../steps/minimum.ts';
import type { Opening } from '../types.ts';
import { money, number } from '../wording.ts';
import { adding, type Bill, type BillContext, type Charge, leftOf } from './bill.ts';
import { contractCharge } from './contract-charge.ts';
import { contractYearOf } from './contract-year.ts';
import { groupItem } from './item-groups.ts';

/**
 * The item and product of the true-up line. It shares the commitment with every covered line of its contract, so they
 * are one coupled group: holding one holds all.
 */
export const COMMITMENT_ITEM = 'minimum-commitment';
/** The item and product of what is charged more above the commitment. */
export const OVERAGE_ITEM = 'commitment-overage';

type Agreed = NonNullable<Contract['minimumCommitment']>;
type Committed = NonNullable<Opening['committed']>;

/**
 * The charges that count towards the commitment: all, or those of prices with a meter. The line of a group counts with
 * the latter when every item of it does, so that a maximum of a group never makes a commitment look reached.
 */
export const countedItems = (
  { items, groups = [] }: Contract,
  covers: 'metered' | 'all',
  isMetered: (item: string) => boolean,
): readonly string[] => {
  const counts = (item: string): boolean => covers === 'all' || isMetered(item);
  return [
    ...items.map(({ id }) => id).filter(counts),
    ...groups.filter((group) => group.items.every(counts)).map(groupItem),
  ];
};

/** What is above a commitment, charged once more by how much its factor is above 1. */
const overageOf = (agreed: Agreed, charged: Decimal, least: Decimal): Decimal =>
  multiply(maximum(subtract(charged, least), ZERO), subtract(parseDecimal(agreed.overageFactor ?? '1'), ONE));

const trueUp = (
  bill: Bill,
  context: BillContext,
  agreed: Agreed,
  amount: Decimal,
  over: readonly Charge[],
  text: () => string,
) =>
  contractCharge(bill, context, {
    item: COMMITMENT_ITEM,
    product: COMMITMENT_ITEM,
    description: agreed.description,
    amount,
    text,
    over,
  });

const withOverage = (
  bill: Bill,
  context: BillContext,
  agreed: Agreed,
  exactly: Decimal,
  over: readonly Charge[],
  committed: () => string,
): Bill => {
  const { currency, places, policy } = context;
  const amount = roundExact(exact(exactly), places, policy.lineRounding);
  if (isZero(amount)) return bill;
  const factor = number(parseDecimal(agreed.overageFactor ?? '1'));
  const text = () => `above ${committed()} charges count ${factor} times: ${money(amount, currency)} more`;
  const description = `${agreed.description}, overage`;
  const line = { item: OVERAGE_ITEM, product: OVERAGE_ITEM, description, amount, text, over };
  return adding(bill, contractCharge(bill, context, line));
};

const inPeriod = (bill: Bill, context: BillContext, agreed: Agreed, over: readonly Charge[]): Bill => {
  const { currency, places, policy } = context;
  const charged = leftOf(bill, over);
  const { worth: least, words } = minimumFor(parseDecimal(agreed.amount), context);
  // Rounded before the difference is taken, so that lines + true-up are the commitment to the cent.
  const whole = roundExact(least, places, policy.lineRounding);
  const missing = compare(whole, charged) > 0;
  const amount = missing ? subtract(whole, charged) : ZERO;
  const commitment = () => `${money(whole, currency)} committed${words === '' ? '' : ` (${words})`}`;
  const text = () =>
    missing
      ? `${commitment()} − ${money(charged, currency)} charged for usage = ${money(amount, currency)}`
      : `${money(charged, currency)} charged for usage reaches the ${commitment()}`;
  const shown = !isZero(amount) || policy.zeroUsageLine === 'show';
  const lifted = shown ? adding(bill, trueUp(bill, context, agreed, amount, over, text)) : bill;
  return withOverage(lifted, context, agreed, overageOf(agreed, charged, whole), over, () => money(whole, currency));
};

/** Whether the contract year, or the contract, ends with this part of a period. */
const endsYear = ({ contract, period, part }: BillContext, yearEnd: string): boolean =>
  contract.end === part.end || (part.end === period.end && yearEnd <= period.end);

const inYear = (
  bill: Bill,
  context: BillContext,
  agreed: Agreed,
  over: readonly Charge[],
): { readonly bill: Bill; readonly committed: Committed } => {
  const { contract, currency, opening, period, places, policy } = context;
  const year = contractYearOf(contract.start, period.start);
  const known = opening.committed?.yearStart === year.start ? parseDecimal(opening.committed.charged) : ZERO;
  const charged = add(known, leftOf(bill, over));
  const whole = roundExact(exact(parseDecimal(agreed.amount)), places, policy.lineRounding);
  const committed = { yearStart: year.start, charged: formatDecimal(charged) };
  // Cumulative, as everything is: what the year so far costs above the commitment, less what it did before.
  const above = subtract(overageOf(agreed, charged, whole), overageOf(agreed, known, whole));
  const amount = maximum(subtract(whole, charged), ZERO);
  const lifted =
    endsYear(context, year.end) && !isZero(amount)
      ? adding(
          bill,
          trueUp(bill, context, agreed, amount, over, () => {
            const since = `charged for usage since ${year.start}`;
            return `${money(whole, currency)} committed − ${money(charged, currency)} ${since} = ${money(amount, currency)}`;
          }),
        )
      : bill;
  const overage = withOverage(
    lifted,
    context,
    agreed,
    above,
    over,
    () => `${money(whole, currency)} of the contract year`,
  );
  return { bill: overage, committed };
};

/**
 * The minimum commitment of a contract: a line lifts what counts towards it to it, never below 0, and what is above it
 * counts `overageFactor` times. Example: 5,000.00 USD committed, lines of 3,200.00 USD, true-up 1,800.00 USD; lines of
 * 6,000.00 USD with a factor of 1.2, overage 200.00 USD. Over the contract year the true-up comes in its last period and
 * is never prorated. `committed` is what passes on. A bill within the period has none of it.
 */
export const withCommitment = (
  bill: Bill,
  context: BillContext,
  isMetered: (item: string) => boolean,
): { readonly bill: Bill; readonly committed: Committed | undefined } => {
  const { contract, opening, policy } = context;
  const agreed = contract.minimumCommitment;
  if (agreed === undefined || context.interim) return { bill, committed: opening.committed };
  const counted = new Set(countedItems(contract, policy.commitmentCovers, isMetered));
  // All lines are also those that give back what was charged ahead for an item that is dropped.
  const over = policy.commitmentCovers === 'all' ? bill.charges : bill.charges.filter(({ item }) => counted.has(item));
  if (agreed.over === 'contract-year') return inYear(bill, context, agreed, over);
  return { bill: inPeriod(bill, context, agreed, over), committed: undefined };
};
