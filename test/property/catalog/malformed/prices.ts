import type { Price, PriceStep, Tier } from '../../../../lambdas/catalog/types.ts';
import type { Draw } from '../../../rating/generate/draw.ts';

/** Valid prices of every family, drawn: what malformed ones are made from. Their meters are those of `world.ts`. */

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
export const prices = (draw: Draw): Price[] =>
  [plain, plain, transactions, matrix, capacity, seats, fee].map((terms, n) => priceOf(draw, n, terms));
