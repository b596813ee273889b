import type { CatalogEntry, CatalogKind, Contract, PriceBook } from '../../../lambdas/catalog/types.ts';
import { contentHash } from '../../../lambdas/platform/hash.ts';

/** A company small enough to check by hand: calls at 0.10 above 100 included, and a fee of 50.00. */
export const DATES = { start: '2026-10-01', end: '2026-11-01' };
/** Since when everything here holds. */
export const SINCE = '2024-01-01T00:00:00.000Z';

export const entry = <B>(kind: CatalogKind, id: string, body: B, over: Partial<CatalogEntry> = {}): CatalogEntry => ({
  kind,
  id,
  version: 1,
  effectiveFrom: SINCE,
  hash: contentHash(body),
  publishedAt: SINCE,
  proposedBy: 'pia',
  publishedBy: 'anton',
  body,
  ...over,
});

export const priceBook = (currency: string, unitPrice = '0.10', over: Partial<CatalogEntry> = {}): CatalogEntry =>
  entry<PriceBook>(
    'price-book',
    `list-${currency.toLowerCase()}`,
    {
      id: `list-${currency.toLowerCase()}`,
      name: `List ${currency}`,
      currency,
      prices: [
        {
          id: 'fee',
          product: 'platform',
          description: 'Platform fee',
          perDimensions: [],
          steps: [{ step: 'recurring-fee', amount: '50', proration: 'none' }],
        },
        {
          id: 'calls',
          product: 'api-calls',
          description: 'API calls',
          meter: 'api_calls',
          perDimensions: [],
          steps: [
            { step: 'allowance', quantity: '100' },
            { step: 'per-unit', unitPrice },
          ],
        },
      ],
    },
    over,
  );

export const contract = (account: string, over: Partial<Contract> = {}): CatalogEntry => {
  const body: Contract = {
    id: `contract-${account}`,
    account,
    payer: account,
    entity: 'inc',
    currency: 'USD',
    zone: 'America/New_York',
    start: '2025-01-01',
    anchorDay: 1,
    cadence: 'monthly',
    priceBook: 'list-usd',
    items: [
      { id: 'fee', price: 'fee' },
      { id: 'calls', price: 'calls' },
    ],
    policy: 'standard',
    ...over,
  };
  return entry('contract', body.id, body);
};

export const account = (id: string, entity = 'inc'): CatalogEntry[] => [
  entry('account', id, {
    id,
    name: `Customer ${id}`,
    salesRegion: 'us',
    entity,
    plan: 'team',
    erp: { customerId: `c-${id}` },
  }),
  entry('attribution', `org-${id}`, { subject: `org-${id}`, account: id }),
];

const mapping = (kind: string): CatalogEntry =>
  entry('mapping', `netsuite-${kind}`, {
    id: `netsuite-${kind}`,
    adapter: 'netsuite',
    kind,
    expression:
      '{"externalId": documentId, "lines": [lines.{"amount": {"$decimal": amount}, "item": $table("items", product)}]}',
    tables: { items: { platform: '1', 'api-calls': '2', 'minimum-commitment': '3', 'promotional-credit': '4' } },
  });

/** Three accounts: two of the US entity in USD, one of the German one in EUR. */
export const catalogOf = (): CatalogEntry[] => [
  priceBook('USD'),
  priceBook('EUR'),
  entry('meter', 'api_calls', {
    id: 'api_calls',
    name: 'API calls',
    eventType: 'calls',
    aggregation: 'SUM',
    valuePath: '/count',
    dimensions: [],
    filters: [],
    unit: 'call',
  }),
  entry('entity', 'inc', { id: 'inc', name: 'Inc', country: 'US', erp: { adapter: 'netsuite', subsidiaryId: '1' } }),
  entry('entity', 'gmbh', { id: 'gmbh', name: 'GmbH', country: 'DE', erp: { adapter: 'netsuite', subsidiaryId: '2' } }),
  ...['invoice', 'credit-memo'].map(mapping),
  ...account('a1'),
  ...account('a2'),
  ...account('a3', 'gmbh'),
  contract('a1'),
  contract('a2'),
  contract('a3', { entity: 'gmbh', currency: 'EUR', zone: 'Europe/Berlin', priceBook: 'list-eur' }),
];
