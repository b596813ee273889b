import { decimalsOf, type Exact, exact, fixed, minus, order } from '../exact.ts';
import type { BookedDocument, Books } from './books.ts';
import type { Company } from './company.ts';
import { invalidValue, Refusal, userError } from './errors.ts';
import { dateOf, objectOf, textField } from './fields.ts';
import { appliedInAll, appliedTo, externalIdOf, type Ledger, openPeriod } from './records.ts';

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
  const applied = appliedTo(body, ledger, {
    currency: deposit.currency,
    isTheirs: (invoice) => invoice.entity.id === deposit.customerId && invoice.currency === deposit.currency,
    isEnough: ({ units }) => units > 0n,
  });
  const total = appliedInAll(applied);
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
