import type { PriceStep, Tier } from '../../../lambdas/catalog/types.ts';
import { most, ONE, Rational } from '../oracle/rational.ts';
import type { Draw } from './draw.ts';

export type Named<N extends PriceStep['step']> = Extract<PriceStep, { readonly step: N }>;

/** The values of the dimensions that usage has. `account` is whose it is, where a contract covers others. */
export const VALUES = {
  region: ['eu', 'us', 'ap'],
  size: ['l', 's'],
  account: ['account', 'child-1', 'child-2'],
} as const;
export type Dimension = keyof typeof VALUES;

/** Rising edges of small whole numbers, at times halves, so that quantities meet them. */
const edges = (draw: Draw): string[] => {
  const steps = draw.list(0, 3, () => draw.int(1, 12));
  const half = draw.onceIn(6);
  let at = 0;
  return steps.map((step) => {
    at += step;
    return half ? `${at}.5` : `${at}`;
  });
};

const tier = (draw: Draw, upTo: string | null, blocks: boolean): Tier => {
  if (draw.onceIn(16)) return { upTo, flatFee: draw.decimal(50) };
  return {
    upTo,
    ...(draw.onceIn(8) ? { percent: draw.price(20) } : { unitPrice: draw.decimal(9) }),
    ...(blocks ? { per: draw.pick(['1', '5', '2.5']), unitPrice: draw.decimal(9) } : {}),
    ...draw.maybe(3, () => ({ flatFee: draw.decimal(50) })),
    ...draw.maybe(8, () => ({ cap: draw.price(40) })),
  };
};

export const tiers = (draw: Draw): Tier[] => {
  const blocks = draw.onceIn(6);
  return [...edges(draw), null].map((upTo) => tier(draw, upTo, blocks));
};

/** Tiers for levels that hold for a time: no blocks, no caps. */
export const levelTiers = (draw: Draw): Tier[] =>
  [...edges(draw), null].map((upTo) => ({
    upTo,
    unitPrice: draw.decimal(9),
    ...draw.maybe(8, () => ({ percent: draw.price(20) })),
    ...draw.maybe(2, () => ({ flatFee: draw.decimal(50) })),
  }));

export const simpleCharge = (draw: Draw): PriceStep =>
  draw.pick<() => PriceStep>([
    () => ({ step: 'per-unit', unitPrice: draw.decimal(9) }),
    () => ({ step: 'graduated', tiers: tiers(draw), ...draw.maybe(5, () => ({ by: 'quantity' as const })) }),
    () => ({ step: 'volume', tiers: tiers(draw) }),
    () => ({
      step: 'package',
      size: draw.price(9),
      price: draw.decimal(20),
      rounding: draw.pick(['up', 'down', 'half-up'] as const),
    }),
    () => ({ step: 'stairstep', tiers: [...edges(draw), null].map((upTo) => ({ upTo, price: draw.decimal(90) })) }),
    () => ({ step: 'percentage', percent: draw.price(30) }),
    () => ({ step: 'dynamic', multiplyBy: draw.price(3) }),
  ])();

export const conversion = (draw: Draw): PriceStep => ({
  step: 'unit-conversion',
  ...(draw.onceIn(2) ? { divideBy: draw.pick(['10', '3', '1.5']) } : { multiplyBy: draw.pick(['2', '0.5', '1.25']) }),
  ...draw.maybe(2, () => ({ rounding: draw.pick(['up', 'down', 'half-up'] as const) })),
  unit: 'block',
});

/** An allowance; of the period alone, not of a window or a year, it may be shared by items or roll over. */
export const allowance = (draw: Draw, ofPeriod: boolean): PriceStep => {
  const quantity = draw.price(12);
  if (ofPeriod && draw.onceIn(4)) return { step: 'allowance', quantity: '10', pool: 'shared' };
  return {
    step: 'allowance',
    quantity,
    ...(ofPeriod
      ? draw.maybe(2, () => ({
          rollover: { periods: draw.int(1, 3), ...draw.maybe(2, () => ({ upTo: draw.price(15) })) },
        }))
      : {}),
  };
};

export const commitment = (draw: Draw): Named<'commitment'> => {
  const trueUp = draw.onceIn(2);
  const factor = { overageFactor: draw.pick(['1.5', '2', '0.5', ...(trueUp ? ['1'] : [])]) };
  return { step: 'commitment', amount: draw.price(60), ...(trueUp ? draw.maybe(2, () => factor) : factor), trueUp };
};

const billing = (draw: Draw, advance: boolean): { readonly billing?: 'arrears' | 'advance' } =>
  advance ? { billing: 'advance' } : draw.maybe(6, () => ({ billing: 'arrears' as const }));

export const fee = (draw: Draw, advance: boolean): Named<'recurring-fee'> => ({
  step: 'recurring-fee',
  amount: draw.price(90),
  proration: draw.pick(['day', 'second', 'none'] as const),
  ...billing(draw, advance),
});

export const oneTime = (draw: Draw, days: readonly string[]): PriceStep => ({
  step: 'one-time-fee',
  amount: draw.price(90),
  ...draw.maybe(2, () => ({ on: draw.pick(days) })),
});

export const seats = (draw: Draw, byDay: boolean, advance: boolean): PriceStep => {
  const month = draw.onceIn(3);
  const decreases = draw.pick(month ? (['keep'] as const) : (['keep', 'prorate'] as const));
  return {
    step: 'seats',
    unitPrice: draw.decimal(40),
    proration: month ? 'month' : byDay ? 'day' : 'second',
    ...draw.maybe(2, () => ({ decreases })),
    ...billing(draw, advance),
  };
};

export const capacity = (draw: Draw): PriceStep => ({
  step: 'capacity',
  tiers: [
    { limits: { [draw.pick(['peak-0', 'peak-1'])]: draw.price(12) }, price: draw.decimal(90) },
    ...(draw.onceIn(2) ? [{ limits: { 'peak-0': '13', 'peak-1': '12.5' }, price: draw.decimal(90) }] : []),
    { limits: null, price: draw.decimal(90) },
  ],
});

export const matrix = (draw: Draw, dimensions: readonly Dimension[]): PriceStep => {
  const values = dimensions.reduce<string[][]>(
    (before, name) => before.flatMap((some) => VALUES[name].map((value) => [...some, value])),
    [[]],
  );
  const complete = !draw.onceIn(2);
  const prices = draw.onceIn(4) ? ['2'] : ['2', '0.5', '7.25', '3.125'];
  return {
    step: 'matrix',
    dimensions,
    cells: (complete ? values : values.slice(0, 2)).map((each) => ({ values: each, unitPrice: draw.pick(prices) })),
    // Without it a value that no cell names cannot be rated.
    ...(complete || draw.onceIn(6) ? {} : { otherwise: draw.decimal(9) }),
  };
};

export const transactions = (draw: Draw): PriceStep => ({
  step: 'percentage',
  percent: draw.price(20),
  ...draw.maybe(2, () => ({ fixed: draw.decimal(2) })),
  ...draw.maybe(2, () => ({ transactionMinimum: draw.decimal(1) })),
  ...draw.maybe(2, () => ({ transactionMaximum: `${draw.int(1, 4)}.5` })),
  ...draw.maybe(2, () => ({ freeTransactions: draw.int(1, 3) })),
});

/** The steps of a price that are charged ahead. */
export type Advance = readonly ('seats' | 'recurring-fee' | 'minimum')[];

/** A maximum above what it would contradict. */
const maximum = (draw: Draw, others: readonly PriceStep[]): PriceStep => {
  const amounts = others.map((step) => ('amount' in step ? Rational.of(step.amount) : ONE));
  return {
    step: 'maximum',
    amount: amounts
      .reduce(most, ONE)
      .plus(Rational.of(draw.price(60)))
      .toString(),
  };
};

/** What comes after the usage is priced. */
export const ending = (draw: Draw, days: readonly string[], advance: Advance, metered = true): PriceStep[] => {
  const [feeAhead, leastAhead] = [advance.includes('recurring-fee'), advance.includes('minimum')];
  const first = metered && draw.onceIn(7) ? [commitment(draw)] : [];
  const fees = metered && (feeAhead || draw.onceIn(7)) ? [fee(draw, feeAhead)] : [];
  const least =
    leastAhead || draw.onceIn(6)
      ? [{ step: 'minimum', amount: draw.price(80), ...billing(draw, leastAhead) } as const]
      : [];
  return [
    ...first,
    ...fees,
    ...(metered && draw.onceIn(9) ? [oneTime(draw, days)] : []),
    ...(draw.onceIn(5) ? [{ step: 'percentage-discount', percent: draw.price(99) } as const] : []),
    ...(draw.onceIn(6) ? [{ step: 'amount-discount', amount: draw.price(40) } as const] : []),
    ...least,
    ...(draw.onceIn(6) ? [maximum(draw, [...first, ...fees, ...least])] : []),
  ];
};
