import type { Contract, ContractItem, Meter, Price, ProposedEntry } from '../../../../lambdas/catalog/types.ts';
import type { Draw } from '../../../rating/generate/draw.ts';
import { prices } from './prices.ts';

/** Valid entries of a small company whose price book and contract are drawn: what malformed ones are made from. */

const FROM = '2026-01-01T00:00:00.000Z';

/** The names that deploy as code, for this company. */
export const KNOWN = { eventTypes: ['t'], policies: ['standard'] };

const meter = (id: string, aggregation: Meter['aggregation'], dimensions: readonly string[] = []): Meter => ({
  id,
  name: id,
  eventType: 't',
  aggregation,
  ...(aggregation === 'COUNT' ? {} : { valuePath: '/n' }),
  dimensions: dimensions.map((name) => ({ name, path: `/${name}` })),
  filters: [],
  unit: 'unit',
});

const METERS = [
  meter('calls', 'SUM', ['region', 'size', 'tone', 'mode']),
  meter('hits', 'COUNT'),
  meter('seats', 'LATEST'),
  meter('peak', 'MAX'),
];

const item = (draw: Draw, price: Price): ContractItem => ({
  id: `i-${price.id}`,
  price: price.id,
  ...(price.id === 'p0' && draw.onceIn(2)
    ? {
        ramp: [
          { from: '2026-04-01', steps: price.steps },
          { from: '2027-01-01', steps: price.steps },
        ],
      }
    : {}),
  ...(price.id === 'p1' && draw.onceIn(2) ? { steps: price.steps } : {}),
  ...(price.id === 'p6' ? { quantity: '3' } : {}),
});

const agreed = (draw: Draw): Partial<Contract> => ({
  groups: [{ id: 'g', description: 'Group', items: ['i-p0', 'i-p1'], minimum: '10', maximum: '900' }],
  discounts: [
    { id: 'd1', description: 'One', percent: draw.price(50), from: '2026-02-01', until: '2026-06-01' },
    { id: 'd2', description: 'Two', amount: '5', items: ['i-p2'] },
  ],
  credits: [
    {
      id: 'c',
      description: 'Credit',
      kind: draw.pick(['promotional', 'prepaid']),
      amount: '50',
      priority: 1,
      from: '2026-01-01',
      expires: '2026-12-01',
    },
  ],
  entitlements: [
    { feature: 'api', description: 'API' },
    {
      feature: 'calls',
      description: 'Calls',
      meter: 'calls',
      limit: '1000',
      enforcement: 'soft',
      thresholds: [50, 80, 100],
    },
  ],
  minimumCommitment: { amount: '100', description: 'Least', overageFactor: '1.5' },
  maximum: { amount: '100000', description: 'Most' },
});

const account = (id: string): ProposedEntry => ({
  kind: 'account',
  id,
  effectiveFrom: FROM,
  body: { id, name: id, salesRegion: 'us', entity: 'inc', plan: 'team' },
});

/** Where the three entries that are malformed stand in `world`. */
export const BOOK = 0;
export const CONTRACT = 1;
export const RATE = 2;

/** A company in which everything holds. The book, the contract and the rate come first. */
export const world = (draw: Draw): ProposedEntry[] => {
  const list = prices(draw);
  const contract: Contract = {
    id: 'contract',
    account: 'one',
    payer: draw.pick(['one', 'payer']),
    covers: ['child'],
    entity: 'inc',
    currency: draw.pick(['EUR', 'USD']),
    zone: draw.pick(['UTC', 'Europe/Berlin', 'Asia/Kathmandu']),
    start: '2026-01-01',
    end: '2028-01-01',
    trialUntil: '2026-02-01',
    anchorDay: 1,
    cadence: draw.pick(['monthly', 'quarterly']),
    priceBook: 'book',
    fxDate: 'period-end',
    items: list.map((price) => item(draw, price)),
    ...agreed(draw),
    policy: 'standard',
  };
  return [
    {
      kind: 'price-book',
      id: 'book',
      effectiveFrom: FROM,
      body: { id: 'book', name: 'Book', currency: 'USD', prices: list },
    },
    { kind: 'contract', id: 'contract', effectiveFrom: FROM, body: contract },
    {
      kind: 'fx-rate',
      id: 'usd-eur',
      effectiveFrom: FROM,
      body: { id: 'usd-eur', from: 'USD', to: 'EUR', rate: draw.price(2), source: 'Reference rate' },
    },
    ...METERS.map((body): ProposedEntry => ({ kind: 'meter', id: body.id, effectiveFrom: FROM, body })),
    {
      kind: 'entity',
      id: 'inc',
      effectiveFrom: FROM,
      body: { id: 'inc', name: 'Inc', country: 'US', erp: { adapter: 'netsuite', subsidiaryId: '1' } },
    },
    ...['one', 'payer', 'child'].map(account),
  ];
};
