import { PRICE_STEP_ORDER, type Price, type PriceStep } from '../../../lambdas/catalog/types.ts';

const tiers = [
  { upTo: '5', unitPrice: '2' },
  { upTo: null, unitPrice: '1' },
];
const matrix = { step: 'matrix', dimensions: ['region'], cells: [{ values: ['eu'], unitPrice: '1' }] } as const;

/** A price with each way of charging usage, as plain as it can be. */
const CHARGES: Readonly<Record<string, Pick<Price, 'steps' | 'perDimensions'>>> = Object.fromEntries(
  (
    [
      ['per-unit', [], { step: 'per-unit', unitPrice: '1' }],
      ['graduated', [], { step: 'graduated', tiers }],
      ['graduated by changes', [], { step: 'graduated', by: 'changes', tiers }],
      ['volume', [], { step: 'volume', tiers }],
      ['package', [], { step: 'package', size: '5', price: '1', rounding: 'up' }],
      ['stairstep', [], { step: 'stairstep', tiers: [{ upTo: null, price: '1' }] }],
      ['percentage', [], { step: 'percentage', percent: '1' }],
      ['percentage by transaction', [], { step: 'percentage', percent: '1', fixed: '1' }],
      ['matrix of each group', ['region'], matrix],
      ['matrix over groups', [], matrix],
      ['dynamic', [], { step: 'dynamic', multiplyBy: '2' }],
      ['capacity', [], { step: 'capacity', tiers: [{ limits: null, price: '1' }] }],
      ['seats', [], { step: 'seats', unitPrice: '1', proration: 'second' }],
    ] as readonly (readonly [string, readonly string[], PriceStep])[]
  ).map(([name, perDimensions, step]) => [name, { perDimensions, steps: [step] }]),
);

type Change = (price: Price) => Price;

const before =
  (step: PriceStep): Change =>
  (price) => ({ ...price, steps: [step, ...price.steps] });
const after =
  (step: PriceStep): Change =>
  (price) => ({ ...price, steps: [...price.steps, step] });

/** What else a price may have. */
const CONDITIONS: Readonly<Record<string, Change>> = {
  'unit-conversion': before({ step: 'unit-conversion', divideBy: '10', unit: 'block' }),
  allowance: before({ step: 'allowance', quantity: '5' }),
  pool: before({ step: 'allowance', quantity: '5', pool: 'shared' }),
  rollover: before({ step: 'allowance', quantity: '5', rollover: { periods: 1 } }),
  windowed: (price) => ({ ...price, windowed: { every: 'hour' } }),
  accumulate: (price) => ({ ...price, accumulate: 'contract-year' }),
  groups: (price) => ({ ...price, perDimensions: [...price.perDimensions, 'size'] }),
  commitment: after({ step: 'commitment', amount: '5', trueUp: true }),
  fee: after({ step: 'recurring-fee', amount: '5', proration: 'day' }),
  'fee in advance': after({ step: 'recurring-fee', amount: '5', proration: 'day', billing: 'advance' }),
  'fee once': after({ step: 'one-time-fee', amount: '5' }),
  'percentage-discount': after({ step: 'percentage-discount', percent: '5' }),
  'amount-discount': after({ step: 'amount-discount', amount: '5' }),
  minimum: after({ step: 'minimum', amount: '5' }),
  'minimum in advance': after({ step: 'minimum', amount: '5', billing: 'advance' }),
  maximum: after({ step: 'maximum', amount: '50' }),
};

const plainest = (shape: Pick<Price, 'steps' | 'perDimensions'> | undefined): Price => ({
  id: 'p',
  product: 'p',
  description: 'p',
  meter: 'm',
  perDimensions: [],
  steps: [],
  ...shape,
});

const inOrder = (price: Price): Price => ({
  ...price,
  steps: PRICE_STEP_ORDER.flatMap((name) => price.steps.filter(({ step }) => step === name)),
});

type Pair = readonly [pair: string, price: Price];

/** Every way of charging usage with everything that a price may have beside it, as the plainest price of that pair. */
const WITH_CHARGE: readonly Pair[] = Object.entries(CHARGES).flatMap(([charge, shape]) =>
  Object.entries(CONDITIONS).map(
    ([condition, change]): Pair => [`${charge} with ${condition}`, change(plainest(shape))],
  ),
);

/** Two things that a price may have beside a plain charge, unless they are one step. */
const TWO: readonly Pair[] = Object.entries(CONDITIONS).flatMap(([name, change], n) =>
  Object.entries(CONDITIONS)
    .slice(n + 1)
    .map(([other, also]): Pair => [`${name} with ${other}`, inOrder(also(change(plainest(CHARGES['per-unit']))))])
    .filter(([, { steps }]) => new Set(steps.map(({ step }) => step)).size === steps.length),
);

export const PAIRS: readonly Pair[] = [...WITH_CHARGE, ...TWO];

const chargeOf = ({ steps, perDimensions }: Price): string | undefined => {
  for (const step of steps) {
    if (step.step === 'graduated') return step.by === 'changes' ? 'graduated by changes' : 'graduated';
    if (step.step === 'matrix')
      return step.dimensions.every((name) => perDimensions.includes(name))
        ? 'matrix of each group'
        : 'matrix over groups';
    if (step.step === 'percentage') return Object.keys(step).length > 2 ? 'percentage by transaction' : 'percentage';
    if (step.step in CHARGES) return step.step;
  }
  return undefined;
};

const ahead = (step: PriceStep): boolean => 'billing' in step && step.billing === 'advance';

const conditionOf = (step: PriceStep): readonly string[] => {
  switch (step.step) {
    case 'allowance':
      return [
        'allowance',
        ...(step.pool === undefined ? [] : ['pool']),
        ...(step.rollover === undefined ? [] : ['rollover']),
      ];
    case 'recurring-fee':
      return ['fee', ...(ahead(step) ? ['fee in advance'] : [])];
    case 'minimum':
      return ['minimum', ...(ahead(step) ? ['minimum in advance'] : [])];
    case 'one-time-fee':
      return ['fee once'];
    default:
      return step.step in CONDITIONS ? [step.step] : [];
  }
};

/** The pairs that a price has. */
export const pairsIn = (price: Price): string[] => {
  const charge = chargeOf(price);
  if (charge === undefined) return [];
  const conditions = [
    ...price.steps.flatMap(conditionOf),
    ...(price.windowed === undefined ? [] : ['windowed']),
    ...(price.accumulate === undefined ? [] : ['accumulate']),
    ...(price.perDimensions.length === 0 ? [] : ['groups']),
  ];
  return conditions.flatMap((condition) => [
    `${charge} with ${condition}`,
    ...conditions.map((other) => `${condition} with ${other}`),
  ]);
};
