import { fieldOf, parseTokens, readExact, textOf } from '../exact-json.ts';

/**
 * What a mapping makes of a deposit that pays for an invoice. NetSuite makes a deposit application only out of the deposit
 * (`POST /customerDeposit/{id}/!transform/depositApplication`; NetSuite help, "Deposit Application", article_0830101547), and names the invoice by its internal id, which nobody has
 * when the payload is approved. So the payload names the deposit as the record's field `deposit`, and the invoice by its
 * external id; what is sent has both where NetSuite wants them, and all else as it was approved.
 */
export type ApprovedApplication = {
  /** Internal id of the customer's deposit. */
  readonly deposit: string;
  /** External id of the invoice. */
  readonly invoice: string;
  /** The request's text with the invoice's internal id in it. Amounts are written digit for digit. */
  readonly requestFor: (invoiceId: string) => string;
};

/** The only application of a payload, as it names its invoice. */
const docOf = (payload: unknown): unknown => {
  const items = fieldOf(fieldOf(payload, 'apply'), 'items');
  return Array.isArray(items) && items.length === 1 ? fieldOf(items[0], 'doc') : undefined;
};

/** Reads a pinned payload; `undefined` if it does not name one deposit and one invoice. */
export const readApplication = (payload: string): ApprovedApplication | undefined => {
  const parsed = readExact(payload);
  const deposit = textOf(fieldOf(parsed, 'deposit'), 'id');
  const invoice = textOf(docOf(parsed), 'externalId');
  if (deposit === undefined || invoice === undefined) return undefined;
  return {
    deposit,
    invoice,
    requestFor: (invoiceId) => {
      const { deposit: _, ...request } = parseTokens(payload) as Record<string, unknown>;
      Object.assign(docOf(request) as object, { id: invoiceId });
      Reflect.deleteProperty(docOf(request) as object, 'externalId');
      return JSON.stringify(request);
    },
  };
};
