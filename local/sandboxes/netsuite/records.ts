import { decimalsOf, type Exact, exact, fixed, order, plus, ZERO } from '../exact.ts';
import type { BookedDocument, BookedLine, Books, RecordType } from './books.ts';
import type { AccountingPeriod, Company } from './company.ts';
import { closedPeriod, invalidValue, userError } from './errors.ts';
import { dateOf, type Fields, itemsOf, numberOf, objectOf, referenceOf, textField } from './fields.ts';

/** What a record is checked against. */
export type Ledger = {
  readonly books: Books;
  readonly company: Company;
  readonly periods: readonly AccountingPeriod[];
};

/** The period that a date posts into. @throws a refusal if there is none or it is shut for receivables. */
export const openPeriod = (periods: readonly AccountingPeriod[], date: string): AccountingPeriod => {
  const period = periods.find(({ startDate, endDate }) => startDate <= date && date <= endDate);
  if (period === undefined) throw userError(`No accounting period is set up for the date ${date}.`, 'tranDate');
  if (period.closed || period.arLocked || period.allLocked) throw closedPeriod(period.name);
  return period;
};

/** Money with at most the currency's decimals. */
export const moneyOf = (value: unknown, field: string, path: string, currency: string): Exact => {
  const token = numberOf(value, field, path);
  const amount = exact(token);
  if (amount.scale > decimalsOf(currency)) throw invalidValue(token, field, path);
  return amount;
};

const MOST_DECIMALS = 15;

const quantityOf = (value: unknown, field: string, path: string): string => {
  const token = numberOf(value, field, path);
  const { scale } = exact(token);
  if (scale > MOST_DECIMALS) throw invalidValue(token, field, path);
  return fixed(exact(token), scale);
};

const customerOf = (body: Fields, company: Company) => {
  if (body.entity === undefined) throw userError('Please enter value(s) for: Customer', 'entity');
  const reference = referenceOf(body.entity, 'entity', 'entity');
  const customer = company.customers.find(({ id, name }) => id === reference.id || name === reference.refName);
  if (customer === undefined) throw invalidValue(reference.id ?? reference.refName ?? '', 'entity', 'entity');
  return customer;
};

const subsidiaryOf = (body: Fields, company: Company, ofCustomer: string) => {
  const reference =
    body.subsidiary === undefined ? { id: ofCustomer } : referenceOf(body.subsidiary, 'subsidiary', 'subsidiary');
  const subsidiary = company.subsidiaries.find(({ id, name }) => id === reference.id || name === reference.refName);
  // A customer belongs to its subsidiary; billing it from another one is refused.
  if (subsidiary === undefined || subsidiary.id !== ofCustomer) {
    throw invalidValue(reference.id ?? reference.refName ?? '', 'subsidiary', 'subsidiary');
  }
  return subsidiary;
};

const currencyOf = (body: Fields, allowed: readonly string[]): string => {
  const [first = 'USD'] = allowed;
  if (body.currency === undefined) return first;
  const reference = referenceOf(body.currency, 'currency', 'currency');
  const currency = reference.refName ?? reference.id ?? '';
  if (!allowed.includes(currency)) throw invalidValue(currency, 'currency', 'currency');
  return currency;
};

type Recognition = Pick<BookedLine, 'revRecSchedule' | 'revRecStartDate' | 'revRecEndDate'>;

/** How a line is recognized: a template of the account, and days in their order. */
const recognitionOf = (line: Fields, path: string, { revRecTemplates }: Company): Recognition => {
  const day = (field: 'revRecStartDate' | 'revRecEndDate'): string | undefined =>
    line[field] === undefined ? undefined : dateOf(line[field], field, `${path}.${field}`);
  const [start, end] = [day('revRecStartDate'), day('revRecEndDate')];
  if (start !== undefined && end !== undefined && end < start) {
    throw userError('The Rev. Rec. End Date may not be before the Rev. Rec. Start Date.', `${path}.revRecEndDate`);
  }
  const dates = {
    ...(start === undefined ? {} : { revRecStartDate: start }),
    ...(end === undefined ? {} : { revRecEndDate: end }),
  };
  if (line.revRecSchedule === undefined) return dates;
  const reference = referenceOf(line.revRecSchedule, 'revRecSchedule', `${path}.revRecSchedule`);
  const template = revRecTemplates.find(({ id, name }) => id === reference.id || name === reference.refName);
  if (template === undefined) {
    throw invalidValue(reference.id ?? reference.refName ?? '', 'revRecSchedule', `${path}.revRecSchedule`);
  }
  return { ...dates, revRecSchedule: template };
};

const lineOf = (value: unknown, path: string, company: Company, currency: string): BookedLine => {
  const line = objectOf(value, 'line', path);
  if (line.item === undefined) throw userError('Please enter value(s) for: Item', `${path}.item`);
  const reference = referenceOf(line.item, 'item', `${path}.item`);
  const item = company.items.find(({ id, name }) => id === reference.id || name === reference.refName);
  if (item === undefined) throw invalidValue(reference.id ?? reference.refName ?? '', 'item', `${path}.item`);
  if (line.amount === undefined) throw userError('Please enter value(s) for: Amount', `${path}.amount`);
  const amount = moneyOf(line.amount, 'amount', `${path}.amount`, currency);
  return {
    item,
    quantity: line.quantity === undefined ? '1' : quantityOf(line.quantity, 'quantity', `${path}.quantity`),
    ...(line.rate === undefined ? {} : { rate: quantityOf(line.rate, 'rate', `${path}.rate`) }),
    amount: fixed(amount, decimalsOf(currency)),
    description: line.description === undefined ? '' : textField(line.description, 'description', 4000),
    ...recognitionOf(line, path, company),
  };
};

/** What may be applied: money of a currency, to invoices of which `isTheirs` holds, amounts of which `isEnough` holds. */
type Applicable = {
  readonly currency: string;
  readonly isTheirs: (invoice: BookedDocument) => boolean;
  readonly isEnough: (amount: Exact) => boolean;
};

/** The invoices that a record is applied to, and how much of each. Lines of this list are found by the invoice's internal id. */
export const appliedTo = (
  body: Fields,
  { books }: Ledger,
  { currency, isTheirs, isEnough }: Applicable,
): BookedDocument['applied'] =>
  (body.apply === undefined ? [] : itemsOf(body.apply, 'apply')).flatMap((value, n) => {
    const path = `apply.items[${n}]`;
    const application = objectOf(value, 'apply', path);
    if (application.apply !== true) return [];
    const { id = '' } = referenceOf(application.doc, 'doc', `${path}.doc`);
    const invoice = books.byId('invoice', id);
    if (invoice === undefined || invoice.voided || !isTheirs(invoice)) throw invalidValue(id, 'doc', `${path}.doc`);
    const amount = moneyOf(application.amount, 'amount', `${path}.amount`, currency);
    if (!isEnough(amount) || order(amount, books.rest(invoice)) > 0) {
      throw userError(`The amount applied to ${invoice.tranId} is more than its amount remaining.`, `${path}.amount`);
    }
    return [{ invoiceId: invoice.id, amount: fixed(amount, decimalsOf(currency)) }];
  });

/** What the invoices get of it in all. */
export const appliedInAll = (applied: BookedDocument['applied']): Exact =>
  applied.reduce((sum, { amount }) => plus(sum, exact(amount)), ZERO);

const applicationsOf = (body: Fields, ledger: Ledger, customerId: string, currency: string, total: Exact) => {
  const isTheirs = ({ entity }: BookedDocument): boolean => entity.id === customerId;
  const applied = appliedTo(body, ledger, { currency, isTheirs, isEnough: () => true });
  if (order(appliedInAll(applied), total) > 0)
    throw userError('The amounts applied are more than the total of the credit memo.', 'apply');
  return applied;
};

/** The external id of a new record, which no other of its type has. */
export const externalIdOf = (body: Fields, record: RecordType, books: Books): string | undefined => {
  if (body.externalId === undefined) return undefined;
  const externalId = textField(body.externalId, 'externalId', 255);
  if (!/^[A-Za-z0-9_-]+$/.test(externalId)) throw invalidValue(externalId, 'externalId', 'externalId');
  if (books.byExternalId(record, externalId)) throw userError('This record already exists.');
  return externalId;
};

/** Checks a new record as NetSuite would, in its order. @throws a refusal for the first thing that is wrong. */
export const checkNew = (
  record: RecordType,
  value: unknown,
  ledger: Ledger,
  at: string,
): Omit<BookedDocument, 'id' | 'tranId'> => {
  const body = objectOf(value, record, '');
  const externalId = externalIdOf(body, record, ledger.books);
  const customer = customerOf(body, ledger.company);
  const subsidiary = subsidiaryOf(body, ledger.company, customer.subsidiaryId);
  const currency = currencyOf(body, customer.currencies);
  const tranDate = body.tranDate === undefined ? at.slice(0, 10) : dateOf(body.tranDate, 'tranDate');
  const items = body.item === undefined ? [] : itemsOf(body.item, 'item');
  if (items.length === 0) throw userError('You must enter at least one line item for this transaction.', 'item');
  const lines = items.map((line, n) => lineOf(line, `item.items[${n}]`, ledger.company, currency));
  const total = lines.reduce((sum, line) => plus(sum, exact(line.amount)), ZERO);
  if (total.units < 0n) throw userError('The transaction total amount may not be negative.', 'total');
  const applied = applicationsOf(body, ledger, customer.id, currency, total);
  const period = openPeriod(ledger.periods, tranDate);
  return {
    record,
    ...(externalId === undefined ? {} : { externalId }),
    tranDate,
    postingPeriod: { id: period.id, name: period.name },
    entity: { id: customer.id, name: customer.name },
    subsidiary,
    currency,
    memo: body.memo === undefined ? '' : textField(body.memo, 'memo', 4000),
    lines,
    total: fixed(total, decimalsOf(currency)),
    applied,
    createdAt: at,
    voided: false,
  };
};

/** Checks a change. Only memo and date may change here; what is in a closed period may not. */
export const checkChange = (document: BookedDocument, value: unknown, ledger: Ledger) => {
  const body = objectOf(value, document.record, '');
  openPeriod(ledger.periods, document.tranDate);
  for (const name of Object.keys(body)) {
    if (name !== 'memo' && name !== 'tranDate') {
      throw userError(`The sandbox changes memo and tranDate only, not ${name}.`, name);
    }
  }
  const date = body.tranDate === undefined ? undefined : dateOf(body.tranDate, 'tranDate');
  const period = date === undefined ? undefined : openPeriod(ledger.periods, date);
  return {
    ...(body.memo === undefined ? {} : { memo: textField(body.memo, 'memo', 4000) }),
    ...(date && period ? { tranDate: date, postingPeriod: { id: period.id, name: period.name } } : {}),
  };
};
