import type { ContractCredit } from '../../catalog/types.ts';
import {
  add,
  type Decimal,
  formatDecimal,
  isZero,
  maximum,
  minimum,
  negate,
  parseDecimal,
  round,
  subtract,
  ZERO,
} from '../../platform/decimal.ts';
import { formatAmount } from '../rounding-node.ts';
import type { Payment, Wallet } from '../types.ts';
import { money } from '../wording.ts';
import { type Bill, type BillContext, chargesOf, leftOf, lowering, takingOff } from './bill.ts';
import { contractCharge } from './contract-charge.ts';

/** The item of the line of a promotional credit. */
export const creditItem = (credit: Pick<ContractCredit, 'id'>): string => `credit-${credit.id}`;

/** Whether a credit may be used for the period that begins on a local date. */
export const creditHolds = ({ from, expires }: ContractCredit, start: string): boolean =>
  start >= from && (expires === undefined || start < expires);

/** The order of use: priority, then what expires first, then the id. What never expires comes last. */
const inOrder = (a: ContractCredit, b: ContractCredit): number => {
  const [left, right] = [a, b].map(({ expires, id }) => JSON.stringify([expires ?? 'never', id]));
  return a.priority - b.priority || ((left ?? '') < (right ?? '') ? -1 : 1);
};

/** What is left in a wallet: what the period before left, and what the credit was raised or lowered by since. */
const leftIn = (credit: ContractCredit, wallets: readonly Wallet[]): Decimal => {
  const granted = parseDecimal(credit.amount);
  const known = wallets.find((wallet) => wallet.credit === credit.id);
  if (known === undefined) return granted;
  const raised = known.granted === undefined ? ZERO : subtract(granted, parseDecimal(known.granted));
  return maximum(add(parseDecimal(known.left), raised), ZERO);
};

const lowered = (bill: Bill, credit: ContractCredit, used: Decimal, had: Decimal, context: BillContext): Bill => {
  const { currency, places } = context;
  const over = chargesOf(bill, credit.items);
  if (credit.kind === 'prepaid') return takingOff(bill, over, used, places);
  const text = () =>
    `${money(used, currency)} of ${money(had, currency)} credit, ${money(subtract(had, used), currency)} left`;
  const { description } = credit;
  const line = {
    item: creditItem(credit),
    product: 'promotional-credit',
    description,
    amount: negate(used),
    text,
    over,
  };
  return lowering(bill, contractCharge(bill, context, line), over, places);
};

/** A bill with its credits used, what prepaid ones pay of it, and what is left in the wallets. */
export type Credited = {
  readonly bill: Bill;
  readonly payments: readonly Payment[];
  readonly wallets: readonly Wallet[];
};

/**
 * Uses the credits of a contract: promotional ones as lines that lower the invoice before tax, then prepaid ones as
 * payments. Each takes what it has, at most what is left of the lines that it covers. Example: lines of 80.00 USD, a
 * wallet of 50.00 USD that expires and one of 100.00 USD that does not: 50.00 USD and 30.00 USD, 70.00 USD left.
 */
export const withCredits = (bill: Bill, context: BillContext): Credited => {
  const { contract, currency, opening, period, places } = context;
  const credits = contract.credits ?? [];
  const known = opening.wallets ?? [];
  const left = new Map(credits.map((credit) => [credit.id, leftIn(credit, known)]));
  const payments: Payment[] = [];
  let credited = bill;
  const usable = credits.filter((credit) => creditHolds(credit, period.start)).sort(inOrder);
  for (const kind of ['promotional', 'prepaid'] as const) {
    for (const credit of usable.filter((each) => each.kind === kind)) {
      const had = left.get(credit.id) ?? ZERO;
      const due = maximum(leftOf(credited, chargesOf(credited, credit.items)), ZERO);
      const used = minimum(round(had, places, 'down'), due);
      if (isZero(used)) continue;
      credited = lowered(credited, credit, used, had, context);
      left.set(credit.id, subtract(had, used));
      if (kind === 'prepaid') {
        const amount = formatAmount(used, currency.exponent);
        payments.push({ credit: credit.id, description: credit.description, amount });
      }
    }
  }
  const wallets = credits.map(
    ({ id, amount }): Wallet => ({ credit: id, left: formatDecimal(left.get(id) ?? ZERO), granted: amount }),
  );
  // A wallet of a credit that this version does not have is kept: another version may have it again.
  const others = known.filter((wallet) => !left.has(wallet.credit));
  return { bill: credited, payments, wallets: [...wallets, ...others] };
};
