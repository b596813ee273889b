import { readFileSync } from 'node:fs';
import type { Mapping } from '../../../lambdas/catalog/types.ts';

/** A mapping of the example company, as it stands in the catalog. */
export const exampleMapping = (id: string): Mapping => {
  const path = new URL(`../../../catalog/mapping/${id}.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { body: Mapping }).body;
};

/** What a mapping reads of a document (the lines also have their arithmetic, which no mapping touches). */
export const invoiceDocument = {
  format: 1,
  documentId: 'mb-acct-01-20261001-invoice-1USD-0',
  kind: 'invoice',
  account: 'acct-01',
  accountName: 'Northgate Freight Systems',
  customerId: '614',
  subsidiaryId: '1',
  currency: 'USD',
  period: { start: '2026-10-01', end: '2026-11-01', zone: 'America/New_York' },
  documentDate: '2026-10-31',
  total: '1234.56',
  lines: [
    {
      lineId: 'l-1',
      product: 'api-calls',
      description: 'API calls above 100,000',
      quantity: '120000.123456789012',
      unit: 'call',
      amount: '1230.06',
    },
    {
      lineId: 'l-2',
      product: 'ai-summaries',
      description: 'AI summaries',
      quantity: '3',
      unit: 'summary',
      amount: '4.50',
    },
  ],
};

/** A correction in the customer's favour: amounts below zero, as a close makes them. */
export const creditMemo = {
  ...invoiceDocument,
  documentId: 'mb-acct-01-20261001-credit-memo-1USD-1',
  kind: 'credit-memo',
  corrects: invoiceDocument.documentId,
  total: '-4.50',
  lines: [
    {
      lineId: 'l-2',
      product: 'ai-summaries',
      description: 'AI summaries',
      quantity: '-3',
      unit: 'summary',
      amount: '-4.50',
    },
  ],
};
