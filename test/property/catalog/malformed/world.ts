import type {
  Contract,
  ContractItem,
  Meter,
  Price,
  PriceStep,
  ProposedEntry,
  Tier,
} from '../../../../lambdas/catalog/types.ts';
import type { Draw } from '../../../rating/generate/draw.ts';

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

const rising = (draw: Draw): string[] => {
  let end = 0;
  return draw.list(1, 3, () => {
    end += draw.int(1, 50);
    return String(end);
  });
};

const tier = (draw: Draw, upTo: string | null): Tier => ({
  upTo,
  unitPrice: draw.price(9),
  ...draw.maybe(4, () => ({ per: String(draw.int(2, 9)) })),
  ...draw.maybe(4, () => ({ flatFee: draw.price(9) })),
  ...draw.maybe(4, () => ({ cap: draw.price(99) })),
});
const tiers = (draw: Draw): Tier[] => [...rising(draw), null].map((upTo) => tier(draw, upTo));

/** A charge of usage: what every plain meter can be charged by. */
const plainCharge = (draw: Draw): PriceStep =>
  draw.pick<() => PriceStep>([
    () => ({ step: 'per-unit', unitPrice: draw.price(9) }),
    () => ({ step: 'graduated', tiers: tiers(draw) }),
    () => ({ step: 'volume', tiers: tiers(draw) }),
    () => ({
      step: 'package',
      size: draw.price(9),
      price: draw.price(9),
      rounding: draw.pick(['up', 'down', 'half-up']),
    }),
    () => ({ step: 'stairstep', tiers: [...rising(draw), null].map((upTo) => ({ upTo, price: draw.price(99) })) }),
    () => ({ step: 'percentage', percent: draw.price(9) }),
    () => ({ step: 'dynamic', multiplyBy: draw.price(3) }),
  ])();

const before = (draw: Draw): PriceStep[] => [
  ...(draw.onceIn(3)
    ? [
        {
          step: 'unit-conversion' as const,
          ...(draw.onceIn(2) ? { multiplyBy: '2' } : { divideBy: '1000' }),
          unit: 'thousand',
        },
      ]
    : []),
  ...(draw.onceIn(3) ? [{ step: 'allowance' as const, quantity: draw.price(99), ...rollover(draw) }] : []),
];
const rollover = (draw: Draw) => draw.maybe(3, () => ({ rollover: { periods: draw.int(1, 3), upTo: '500' } }));

const after = (draw: Draw, usage: boolean): PriceStep[] => [
  ...(usage && draw.onceIn(5)
    ? [{ step: 'commitment' as const, amount: draw.price(99), overageFactor: '1.5', trueUp: draw.onceIn(2) }]
    : []),
  ...(usage && draw.onceIn(5)
    ? [{ step: 'recurring-fee' as const, amount: draw.price(99), proration: draw.pick(['day', 'none'] as const) }]
    : []),
  ...(draw.onceIn(4) ? [{ step: 'percentage-discount' as const, percent: draw.price(50) }] : []),
  ...(draw.onceIn(5) ? [{ step: 'amount-discount' as const, amount: draw.price(9) }] : []),
  ...(draw.onceIn(4) ? [{ step: 'minimum' as const, amount: draw.price(99) }] : []),
  ...(draw.onceIn(4) ? [{ step: 'maximum' as const, amount: '1000' }] : []),
];

type Terms = Omit<Price, 'id' | 'product' | 'description'>;

const plain = (draw: Draw): Terms => {
  const steps = [...before(draw), plainCharge(draw), ...after(draw, true)];
  const rolls = steps.some((step) => step.step === 'allowance' && step.rollover !== undefined);
  const how = rolls ? 0 : draw.int(0, 3);
  return {
    meter: draw.pick(['calls', 'hits']),
    perDimensions: [],
    steps,
    ...(how === 1 ? { windowed: { every: draw.pick(['hour', 'day'] as const), hours: [{ from: 8, to: 18 }] } } : {}),
    ...(how === 2 ? { accumulate: 'contract-year' as const } : {}),
  };
};

const transactions = (draw: Draw): Terms => ({
  meter: 'calls',
  perDimensions: [],
  steps: [
    {
      step: 'percentage',
      percent: draw.price(9),
      fixed: draw.price(1),
      transactionMinimum: '0.1',
      transactionMaximum: '5',
      ...draw.maybe(2, () => ({ freeTransactions: draw.int(1, 9) })),
    },
    ...after(draw, true),
  ],
});

const matrix = (draw: Draw): Terms => {
  const dimensions = draw.pick([['region'], ['region', 'size'], ['region', 'size', 'tone']]);
  const cells = ['a', 'b', 'c'].map((value) => ({ values: dimensions.map(() => value), unitPrice: draw.price(9) }));
  return {
    meter: 'calls',
    perDimensions: draw.onceIn(2) ? dimensions : [],
    steps: [{ step: 'matrix', dimensions, cells, ...draw.maybe(2, () => ({ otherwise: '1' })) }, ...after(draw, true)],
  };
};

const capacity = (draw: Draw): Terms => ({
  meter: 'peak',
  perDimensions: [],
  steps: [
    {
      step: 'capacity',
      tiers: [
        { limits: { peak: '10', hits: '100' }, price: draw.price(9) },
        { limits: { peak: '20', hits: '200' }, price: draw.price(9) },
        { limits: null, price: '99' },
      ],
    },
    ...after(draw, true),
  ],
});

const seats = (draw: Draw): Terms => ({
  meter: 'seats',
  perDimensions: [],
  steps: [
    draw.onceIn(2)
      ? {
          step: 'seats',
          unitPrice: draw.price(20),
          proration: draw.pick(['day', 'second', 'month']),
          billing: 'advance',
        }
      : {
          step: 'graduated',
          tiers: [
            { upTo: '5', unitPrice: '10' },
            { upTo: null, unitPrice: '5' },
          ],
          by: 'changes',
        },
    ...after(draw, true),
  ],
});

const fee = (draw: Draw): Terms => ({
  perDimensions: [],
  steps: [
    draw.onceIn(3)
      ? { step: 'one-time-fee', amount: draw.price(99) }
      : {
          step: 'recurring-fee',
          amount: draw.price(99),
          proration: 'day',
          ...draw.maybe(2, () => ({ billing: 'advance' as const })),
        },
    ...after(draw, false),
  ],
});

const priceOf = (draw: Draw, n: number, terms: (draw: Draw) => Terms): Price => ({
  id: `p${n}`,
  product: 'product',
  description: `Price ${n}`,
  ...terms(draw),
});

/** One price of each family, so that every mutation has something to work on. */
const prices = (draw: Draw): Price[] =>
  [plain, plain, transactions, matrix, capacity, seats, fee].map((terms, n) => priceOf(draw, n, terms));

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
