import { decimalsOf, type Exact, exact, fixed, minus, order, plus, ZERO } from '../exact.ts';
import type { BookedDocument, Books } from './books.ts';
import type { Company } from './company.ts';
import { invalidValue, Refusal, userError } from './errors.ts';
import { dateOf, type Fields, itemsOf, objectOf, referenceOf, textField } from './fields.ts';
import { externalIdOf, type Ledger, moneyOf, openPeriod } from './records.ts';

/** Deposits of customers, and their application to invoices. NetSuite makes an application only out of its deposit. */

type Deposit = Company['deposits'][number];

/** What of a deposit no application has used yet. */
export const unappliedOf = (deposit: Deposit, books: Books): Exact =>
  books
    .all()
    .filter((document) => !document.voided && document.depositId === deposit.id)
    .reduce((left, document) => minus(left, exact(document.total)), exact(deposit.amount));

const depositOf = (id: string, { deposits }: Company): Deposit => {
  const deposit = deposits.find((each) => each.id === id);
  if (deposit !== undefined) return deposit;
  throw new Refusal(404, 'NONEXISTENT_ID', 'The record instance does not exist. Provide a valid record instance ID.');
};

/** The invoices that are paid for, and how much of each. */
const appliedTo = (body: Fields, deposit: Deposit, { books }: Ledger): BookedDocument['applied'] =>
  (body.apply === undefined ? [] : itemsOf(body.apply, 'apply')).flatMap((value, n) => {
    const path = `apply.items[${n}]`;
    const application = objectOf(value, 'apply', path);
    if (application.apply !== true) return [];
    // Lines of this list are found by their key, the internal id of the invoice.
    const { id = '' } = referenceOf(application.doc, 'doc', `${path}.doc`);
    const invoice = books.byId('invoice', id);
    const isTheirs = invoice?.entity.id === deposit.customerId && invoice.currency === deposit.currency;
    if (invoice === undefined || invoice.voided || !isTheirs) throw invalidValue(id, 'doc', `${path}.doc`);
    const amount = moneyOf(application.amount, 'amount', `${path}.amount`, deposit.currency);
    if (amount.units <= 0n || order(amount, books.rest(invoice)) > 0) {
      throw userError(`The amount applied to ${invoice.tranId} is more than its amount remaining.`, `${path}.amount`);
    }
    return [{ invoiceId: invoice.id, amount: fixed(amount, decimalsOf(deposit.currency)) }];
  });

/** Checks the application of a deposit as NetSuite would. @throws a refusal for the first thing that is wrong. */
export const checkApplication = (
  depositId: string,
  value: unknown,
  ledger: Ledger,
  at: string,
): Omit<BookedDocument, 'id' | 'tranId'> => {
  const { books, company, periods } = ledger;
  const deposit = depositOf(depositId, company);
  const body = objectOf(value, 'depositApplication', '');
  const externalId = externalIdOf(body, 'depositApplication', books);
  const tranDate = body.tranDate === undefined ? at.slice(0, 10) : dateOf(body.tranDate, 'tranDate');
  const applied = appliedTo(body, deposit, ledger);
  const total = applied.reduce((sum, { amount }) => plus(sum, exact(amount)), ZERO);
  if (total.units === 0n) throw userError('You must apply the deposit to at least one transaction.', 'apply');
  if (order(total, unappliedOf(deposit, books)) > 0) {
    throw userError('The amounts applied are more than what is left of the deposit.', 'apply');
  }
  const customer = company.customers.find(({ id }) => id === deposit.customerId);
  const subsidiary = company.subsidiaries.find(({ id }) => id === customer?.subsidiaryId);
  if (customer === undefined || subsidiary === undefined)
    throw invalidValue(deposit.customerId, 'customer', 'customer');
  const period = openPeriod(periods, tranDate);
  return {
    record: 'depositApplication',
    ...(externalId === undefined ? {} : { externalId }),
    depositId,
    tranDate,
    postingPeriod: { id: period.id, name: period.name },
    entity: { id: customer.id, name: customer.name },
    subsidiary,
    currency: deposit.currency,
    memo: body.memo === undefined ? '' : textField(body.memo, 'memo', 4000),
    lines: [],
    total: fixed(total, decimalsOf(deposit.currency)),
    applied,
    createdAt: at,
    voided: false,
  };
};
