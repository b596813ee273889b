import { add, type Decimal, isNegative, isZero, parseDecimal, subtract, ZERO } from '../platform/decimal.ts';
import type { BilledDocument } from './differences.ts';
import { amountText } from './money.ts';
import { paymentIdOf } from './names.ts';
import type { DocumentKind, DocumentPayment, ErpDocument } from './types.ts';

/** Prepaid credit that pays for the lines of a contract, and who is billed for them. */
export type DuePayment = DocumentPayment & {
  readonly account: string;
  readonly payer: string;
  readonly entity: string;
  readonly currency: string;
};

const keyOf = ({ contract, credit }: DocumentPayment): string => JSON.stringify([contract, credit]);

type Sums = ReadonlyMap<string, { readonly payment: DocumentPayment; readonly amount: Decimal }>;

/** What each wallet pays in sum, and how it was last described. */
const sumsOf = (payments: readonly DocumentPayment[]): Sums => {
  const sums = new Map<string, { readonly payment: DocumentPayment; readonly amount: Decimal }>();
  for (const payment of payments) {
    const known = sums.get(keyOf(payment))?.amount ?? ZERO;
    sums.set(keyOf(payment), { payment, amount: add(known, parseDecimal(payment.amount)) });
  }
  return sums;
};

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
  const said = billed.filter((each) => !each.void).flatMap(({ document }) => document.payments ?? []);
  const before = sumsOf(said.filter(({ contract }) => moves(contract)));
  // A contract that was amended within the period has a bill for each part, which its wallet pays one after the other.
  const now = sumsOf(due);
  return [...new Set([...now.keys(), ...before.keys()])].flatMap((key): DocumentPayment[] => {
    const payment = (now.get(key) ?? before.get(key))?.payment;
    const amount = subtract(now.get(key)?.amount ?? ZERO, before.get(key)?.amount ?? ZERO);
    if (payment === undefined || isZero(amount)) return [];
    const { contract, credit, description, deposit } = payment;
    const named = deposit === undefined ? {} : { deposit };
    return [{ contract, credit, description, amount: amountText(amount, currency), ...named }];
  });
};

/**
 * Says of each payment of a document how it comes into the ERP. A deposit that the contract names is applied to the invoice.
 * What has none, and what goes back to a wallet, is for a person: an ERP applies a deposit to an invoice, and takes back an
 * application only by changing what is booked.
 */
export const withAppliedBy = (kind: DocumentKind, payments: readonly DocumentPayment[]): DocumentPayment[] =>
  payments.map((payment) => {
    const isApplied =
      kind !== 'credit-memo' && payment.deposit !== undefined && !isNegative(parseDecimal(payment.amount));
    return { ...payment, appliedBy: isApplied ? 'deposit' : 'hand' };
  });

/** A deposit applied to a document, as a mapping of the kind `payment` takes it. */
export type DepositApplication = Pick<
  ErpDocument,
  'documentId' | 'account' | 'customerId' | 'subsidiaryId' | 'currency' | 'documentDate'
> &
  Omit<DocumentPayment, 'appliedBy'> & { readonly paymentId: string; readonly deposit: string };

/** The deposits that are applied to a document once it is posted. */
export const depositApplications = (document: Omit<ErpDocument, 'lines'>): DepositApplication[] => {
  const { documentId, account, customerId, subsidiaryId, currency, documentDate, payments = [] } = document;
  return payments.flatMap(({ appliedBy, deposit, ...payment }) =>
    appliedBy !== 'deposit' || deposit === undefined
      ? []
      : [
          {
            ...{ documentId, account, customerId, subsidiaryId, currency, documentDate },
            ...payment,
            deposit,
            paymentId: paymentIdOf(documentId, payment),
          },
        ],
  );
};
