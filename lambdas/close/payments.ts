import { add, type Decimal, isZero, parseDecimal, subtract, ZERO } from '../platform/decimal.ts';
import type { BilledDocument } from './differences.ts';
import { amountText } from './money.ts';
import type { DocumentPayment } from './types.ts';

/** Prepaid credit that pays for the lines of a contract, and who is billed for them. */
export type DuePayment = DocumentPayment & {
  readonly account: string;
  readonly payer: string;
  readonly entity: string;
  readonly currency: string;
};

const keyOf = ({ contract, credit }: DocumentPayment): string => JSON.stringify([contract, credit]);

/**
 * What prepaid credit pays of a group's next document: what it pays by now less what documents said before. A correction
 * that lowers the lines gives credit back, as a negative amount. What contracts were said to pay that do not move stays.
 */
export const paymentDifferences = (
  due: readonly DuePayment[],
  billed: readonly BilledDocument[],
  currency: string,
  moves: (contract: string) => boolean,
): DocumentPayment[] => {
  const before = new Map<string, { readonly payment: DocumentPayment; readonly amount: Decimal }>();
  const said = billed.filter((each) => !each.void).flatMap(({ document }) => document.payments ?? []);
  for (const payment of said.filter(({ contract }) => moves(contract))) {
    const known = before.get(keyOf(payment))?.amount ?? ZERO;
    before.set(keyOf(payment), { payment, amount: add(known, parseDecimal(payment.amount)) });
  }
  const now = new Map(due.map((payment) => [keyOf(payment), payment]));
  return [...new Set([...now.keys(), ...before.keys()])].flatMap((key): DocumentPayment[] => {
    const payment = now.get(key) ?? before.get(key)?.payment;
    const amount = subtract(parseDecimal(now.get(key)?.amount ?? '0'), before.get(key)?.amount ?? ZERO);
    if (payment === undefined || isZero(amount)) return [];
    const { contract, credit, description } = payment;
    return [{ contract, credit, description, amount: amountText(amount, currency) }];
  });
};
