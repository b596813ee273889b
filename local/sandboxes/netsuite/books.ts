import { type Exact, exact, fixed, minus, numberJson, plus, ZERO } from '../exact.ts';

/** The record types that the sandbox keeps. */
export type RecordType = 'invoice' | 'creditMemo' | 'depositApplication';

export type BookedLine = {
  readonly item: { readonly id: string; readonly name: string };
  readonly quantity: string;
  readonly rate?: string;
  /** With the currency's decimals. */
  readonly amount: string;
  readonly description: string;
  /** The template and the first and last day of its revenue recognition. */
  readonly revRecSchedule?: { readonly id: string; readonly name: string };
  readonly revRecStartDate?: string;
  readonly revRecEndDate?: string;
};

/** A document in the books. Amounts are decimal texts with the currency's decimals; credit memos are positive. */
export type BookedDocument = {
  readonly record: RecordType;
  readonly id: string;
  readonly externalId?: string;
  readonly tranId: string;
  readonly tranDate: string;
  readonly postingPeriod: { readonly id: string; readonly name: string };
  readonly entity: { readonly id: string; readonly name: string };
  readonly subsidiary: { readonly id: string; readonly name: string };
  readonly currency: string;
  readonly memo: string;
  readonly lines: readonly BookedLine[];
  readonly total: string;
  /** Deposit applications: the deposit. */
  readonly depositId?: string;
  /** Credit memos and deposit applications: which invoices they pay, and how much of each. */
  readonly applied: readonly { readonly invoiceId: string; readonly amount: string }[];
  readonly createdAt: string;
  readonly voided: boolean;
};

/** The books of the sandboxed company. */
export type Books = {
  all(): BookedDocument[];
  byId(record: RecordType, id: string): BookedDocument | undefined;
  byExternalId(record: RecordType, externalId: string): BookedDocument | undefined;
  add(document: Omit<BookedDocument, 'id' | 'tranId'>): BookedDocument;
  change(id: string, fields: Partial<Pick<BookedDocument, 'memo' | 'voided' | 'tranDate' | 'postingPeriod'>>): void;
  /** What of an invoice no credit memo and no deposit has paid yet. */
  rest(invoice: BookedDocument): Exact;
};

export const emptyBooks = (): Books => {
  const documents = new Map<string, BookedDocument>();
  const all = () => [...documents.values()];
  return {
    all,
    byId: (record, id) => {
      const found = documents.get(id);
      return found?.record === record ? found : undefined;
    },
    byExternalId: (record, externalId) =>
      all().find((document) => document.record === record && document.externalId === externalId),
    add: (document) => {
      const number = documents.size + 1;
      const prefix = { invoice: 'INV', creditMemo: 'CM', depositApplication: 'DEPA' }[document.record];
      const booked = { ...document, id: String(1000 + number), tranId: `${prefix}${10_000 + number}` };
      documents.set(booked.id, booked);
      return booked;
    },
    change: (id, fields) => {
      const document = documents.get(id);
      if (document) documents.set(id, { ...document, ...fields });
    },
    rest: (invoice) => {
      const paid = all()
        .filter((document) => !document.voided)
        .flatMap((document) => document.applied)
        .filter((application) => application.invoiceId === invoice.id)
        .reduce((sum, application) => plus(sum, exact(application.amount)), ZERO);
      return minus(exact(invoice.total), paid);
    },
  };
};

const statusOf = (document: BookedDocument, rest: Exact): { id: string; refName: string } => {
  if (document.voided) return { id: 'V', refName: 'Voided' };
  if (document.record === 'invoice') {
    return rest.units === 0n ? { id: 'B', refName: 'Paid In Full' } : { id: 'A', refName: 'Open' };
  }
  return { id: 'A', refName: 'Open' };
};

/** What every transaction shows. */
const commonView = (document: BookedDocument) => ({
  id: document.id,
  ...(document.externalId === undefined ? {} : { externalId: document.externalId }),
  tranId: document.tranId,
  tranDate: document.tranDate,
  postingPeriod: { id: document.postingPeriod.id, refName: document.postingPeriod.name },
  subsidiary: { id: document.subsidiary.id, refName: document.subsidiary.name },
  currency: { id: document.currency, refName: document.currency },
  memo: document.memo,
  createdDate: document.createdAt,
});

/** The application of a deposit. `total` is what of the deposit was there to apply, `applied` what was applied. */
export const applicationView = (document: BookedDocument, left: Exact): unknown => {
  const decimals = document.total.split('.')[1]?.length ?? 0;
  return {
    ...commonView(document),
    customer: { id: document.entity.id, refName: document.entity.name },
    deposit: { id: document.depositId },
    status: document.voided ? { id: 'V', refName: 'Voided' } : { id: 'A', refName: 'Fully Applied' },
    total: numberJson(fixed(plus(left, exact(document.total)), decimals)),
    applied: numberJson(document.total),
    unapplied: numberJson(fixed(left, decimals)),
    apply: {
      totalResults: document.applied.length,
      items: document.applied.map(({ invoiceId, amount }) => ({
        doc: { id: invoiceId },
        apply: true,
        amount: numberJson(amount),
      })),
    },
  };
};

/** A document as `GET /record/v1/...` shows it. Numbers are JSON numbers. */
export const recordView = (document: BookedDocument, books: Books): unknown => {
  const rest = document.record === 'invoice' ? books.rest(document) : ZERO;
  const decimals = document.total.split('.')[1]?.length ?? 0;
  return {
    ...commonView(document),
    entity: { id: document.entity.id, refName: document.entity.name },
    status: statusOf(document, rest),
    subtotal: numberJson(document.total),
    taxTotal: numberJson('0'),
    total: numberJson(document.total),
    ...(document.record === 'invoice' ? { amountRemaining: numberJson(fixed(rest, decimals)) } : {}),
    item: {
      totalResults: document.lines.length,
      items: document.lines.map((line, n) => ({
        line: n + 1,
        item: { id: line.item.id, refName: line.item.name },
        quantity: numberJson(line.quantity),
        ...(line.rate === undefined ? {} : { rate: numberJson(line.rate) }),
        amount: numberJson(line.amount),
        description: line.description,
        ...(line.revRecSchedule === undefined
          ? {}
          : { revRecSchedule: { id: line.revRecSchedule.id, refName: line.revRecSchedule.name } }),
        ...(line.revRecStartDate === undefined ? {} : { revRecStartDate: line.revRecStartDate }),
        ...(line.revRecEndDate === undefined ? {} : { revRecEndDate: line.revRecEndDate }),
      })),
    },
  };
};
