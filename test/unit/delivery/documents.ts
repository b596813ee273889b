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
      revenue: [
        {
          recognition: 'as-used',
          from: '2026-10-01',
          through: '2026-10-31',
          quantity: '120000.123456789012',
          amount: '1230.06',
        },
      ],
    },
    {
      lineId: 'l-2',
      product: 'ai-summaries',
      description: 'AI summaries',
      quantity: '3',
      unit: 'summary',
      amount: '4.50',
      revenue: [{ recognition: 'as-used', from: '2026-10-01', through: '2026-10-31', quantity: '3', amount: '4.50' }],
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
      revenue: [{ recognition: 'as-used', from: '2026-10-01', through: '2026-10-31', quantity: '-3', amount: '-4.50' }],
    },
  ],
};

/** A deposit that pays for it, as a mapping of the kind `payment` takes it. */
export const depositApplication = {
  paymentId: `${invoiceDocument.documentId}-pay-0123456789`,
  documentId: invoiceDocument.documentId,
  account: 'acct-01',
  customerId: '614',
  subsidiaryId: '1',
  currency: 'USD',
  documentDate: '2026-10-31',
  contract: 'contract-01',
  credit: 'prepaid',
  description: 'Prepaid',
  amount: '600.10',
  deposit: '901',
};

/** A document with lines whose revenue is not all of one service period: usage over two months, a fee charged ahead. */
export const splitDocument = {
  ...invoiceDocument,
  documentId: 'mb-acct-01-20261012-invoice-1USD-0',
  period: { start: '2026-10-12', end: '2026-11-12', zone: 'America/New_York' },
  documentDate: '2026-11-11',
  total: '1300.00',
  lines: [
    {
      lineId: 'l-1',
      product: 'api-calls',
      description: 'API calls',
      quantity: '3000',
      unit: 'call',
      amount: '300.00',
      revenue: [
        { recognition: 'as-used', from: '2026-10-12', through: '2026-10-31', quantity: '2000', amount: '200.00' },
        { recognition: 'as-used', from: '2026-11-01', through: '2026-11-11', quantity: '1000', amount: '100.00' },
      ],
    },
    {
      lineId: 'l-2',
      product: 'platform',
      description: 'Platform fee',
      quantity: '1',
      unit: 'fee',
      amount: '990.00',
      revenue: [
        {
          recognition: 'straight-line-month',
          from: '2026-10-12',
          through: '2026-11-11',
          quantity: '1',
          amount: '-10.00',
        },
        {
          recognition: 'straight-line-day',
          from: '2026-11-12',
          through: '2026-12-11',
          quantity: '1',
          amount: '1000.00',
        },
      ],
    },
    {
      lineId: 'l-3',
      product: 'platform',
      description: 'Setup',
      quantity: '1',
      unit: 'fee',
      amount: '10.00',
      revenue: [
        { recognition: 'point-in-time', from: '2026-10-12', through: '2026-10-12', quantity: '1', amount: '10.00' },
      ],
    },
  ],
};
