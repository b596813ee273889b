import type { Price, PriceStep, Tier } from '../../../lambdas/catalog/types.ts';
import type { RatingPolicy } from '../../../lambdas/rating/types.ts';
import { most, ONE, Rational } from '../oracle/rational.ts';
import type { Draw } from './draw.ts';

/** What usage a price needs. */
export type Kind =
  | 'plain'
  | 'full-quantity'
  | 'changes'
  | 'transactions'
  | 'windows'
  | 'seats-daily'
  | 'seats-changes'
  | 'capacity'
  | 'none';

export type GeneratedPrice = { readonly price: Price; readonly kind: Kind };

/** The values of the two dimensions that usage has. */
export const REGIONS = ['eu', 'us', 'ap'] as const;
export const SIZES = ['l', 's'] as const;

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

const tier = (draw: Draw, upTo: string | null, blocks: boolean): Tier => ({
  upTo,
  ...(draw.onceIn(8) ? { percent: draw.price(20) } : { unitPrice: draw.decimal(9) }),
  ...(blocks ? { per: draw.pick(['1', '5', '2.5']), unitPrice: draw.decimal(9) } : {}),
  ...draw.maybe(3, () => ({ flatFee: draw.decimal(50) })),
  ...draw.maybe(8, () => ({ cap: draw.price(40) })),
});

const tiers = (draw: Draw): Tier[] => {
  const blocks = draw.onceIn(6);
  return [...edges(draw), null].map((upTo) => tier(draw, upTo, blocks));
};

const plainTiers = (draw: Draw): Tier[] =>
  [...edges(draw), null].map((upTo) => ({
    upTo,
    unitPrice: draw.decimal(9),
    ...draw.maybe(2, () => ({ flatFee: draw.decimal(50) })),
  }));

const simpleCharge = (draw: Draw): PriceStep =>
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

const conversion = (draw: Draw): PriceStep => ({
  step: 'unit-conversion',
  ...(draw.onceIn(2) ? { divideBy: draw.pick(['10', '3', '1.5']) } : { multiplyBy: draw.pick(['2', '0.5', '1.25']) }),
  ...draw.maybe(2, () => ({ rounding: draw.pick(['up', 'down', 'half-up'] as const) })),
  unit: 'block',
});

const allowance = (draw: Draw, sharing: boolean): PriceStep => {
  const quantity = draw.price(12);
  if (sharing && draw.onceIn(4)) return { step: 'allowance', quantity: '10', pool: 'shared' };
  return {
    step: 'allowance',
    quantity,
    ...(sharing
      ? draw.maybe(2, () => ({
          rollover: { periods: draw.int(1, 3), ...draw.maybe(2, () => ({ upTo: draw.price(15) })) },
        }))
      : {}),
  };
};

const commitment = (draw: Draw): Named<'commitment'> => {
  const trueUp = draw.onceIn(2);
  const factor = { overageFactor: draw.pick(['1.5', '2', '0.5', ...(trueUp ? ['1'] : [])]) };
  return { step: 'commitment', amount: draw.price(60), ...(trueUp ? draw.maybe(2, () => factor) : factor), trueUp };
};

type Named<N extends PriceStep['step']> = Extract<PriceStep, { readonly step: N }>;

const fee = (draw: Draw, advance: boolean): Named<'recurring-fee'> => ({
  step: 'recurring-fee',
  amount: draw.price(90),
  proration: draw.pick(['day', 'second', 'none'] as const),
  ...(advance ? { billing: 'advance' as const } : draw.maybe(6, () => ({ billing: 'arrears' as const }))),
});

const oneTime = (draw: Draw, days: readonly string[]): PriceStep => ({
  step: 'one-time-fee',
  amount: draw.price(90),
  ...draw.maybe(2, () => ({ on: draw.pick(days) })),
});

/** Which step of a price is charged ahead, if any. */
type Advance = 'seats' | 'recurring-fee' | 'minimum' | undefined;

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
const ending = (draw: Draw, days: readonly string[], advance: Advance, metered = true): PriceStep[] => {
  const first = metered && draw.onceIn(7) ? [commitment(draw)] : [];
  const fees =
    advance === 'recurring-fee' || (metered && draw.onceIn(7)) ? [fee(draw, advance === 'recurring-fee')] : [];
  const ahead = advance === 'minimum' ? { billing: 'advance' as const } : {};
  const least =
    advance === 'minimum' || draw.onceIn(6) ? [{ step: 'minimum', amount: draw.price(80), ...ahead } as const] : [];
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

const seats = (draw: Draw, kind: Kind, advance: boolean): PriceStep => {
  const month = draw.onceIn(3);
  const decreases = draw.pick(month ? (['keep'] as const) : (['keep', 'prorate'] as const));
  return {
    step: 'seats',
    unitPrice: draw.decimal(40),
    proration: month ? 'month' : kind === 'seats-daily' ? 'day' : 'second',
    ...draw.maybe(2, () => ({ decreases })),
    ...(advance ? { billing: 'advance' as const } : draw.maybe(6, () => ({ billing: 'arrears' as const }))),
  };
};

const matrix = (draw: Draw, dimensions: readonly ('region' | 'size')[]): PriceStep => {
  const values =
    dimensions.length === 1 ? REGIONS.map((each) => [each]) : REGIONS.flatMap((a) => SIZES.map((b) => [a, b]));
  const complete = !draw.onceIn(2);
  return {
    step: 'matrix',
    dimensions,
    cells: (complete ? values : values.slice(0, 2)).map((each) => ({ values: each, unitPrice: draw.decimal(9) })),
    // Without it a value that no cell names cannot be rated.
    ...(complete || draw.onceIn(6) ? {} : { otherwise: draw.decimal(9) }),
  };
};

const transactions = (draw: Draw): PriceStep => ({
  step: 'percentage',
  percent: draw.price(20),
  ...draw.maybe(2, () => ({ fixed: draw.decimal(2) })),
  ...draw.maybe(2, () => ({ transactionMinimum: draw.decimal(1) })),
  ...draw.maybe(2, () => ({ transactionMaximum: `${draw.int(1, 4)}.5` })),
  ...draw.maybe(2, () => ({ freeTransactions: draw.int(1, 3) })),
});

const KINDS: readonly Kind[] = [
  'plain',
  'plain',
  'plain',
  'none',
  'full-quantity',
  'changes',
  'transactions',
  'windows',
  'seats-daily',
  'seats-changes',
  'capacity',
];

export type PriceScene = {
  readonly policy: RatingPolicy;
  /** Days that a one-time fee may name. */
  readonly days: readonly string[];
  /** Whether this case may charge ahead, roll over and share allowances (not where a period is rated in parts or before its end). */
  readonly acrossPeriods: boolean;
};

const shape = (
  draw: Draw,
  kind: Kind,
  scene: PriceScene,
  advance: Advance,
): Pick<Price, 'steps' | 'perDimensions' | 'windowed' | 'accumulate'> => {
  const dimensions = draw.pick([[], ['region'], ['region', 'size']] as const);
  const after = () => ending(draw, scene.days, advance);
  // Levels of several groups are not one level: what shares tiers has one group where changes count.
  const together = scene.policy.groupedTiers === 'pooled' && (advance === 'seats' || kind.endsWith('changes'));
  const some = () => (together || draw.onceIn(2) ? [] : ['region']);
  const sharing = scene.acrossPeriods && scene.policy.groupedTiers === 'per-group';
  switch (kind) {
    case 'none': {
      const recurring = advance !== undefined || draw.onceIn(2) ? [fee(draw, advance === 'recurring-fee')] : [];
      const once = recurring.length === 0 || draw.onceIn(3) ? [oneTime(draw, scene.days)] : [];
      // A fee that is not due has no line; what discounts and bounds make of nothing is left to those that are.
      const bounded =
        recurring.length === 0 ? [] : ending(draw, scene.days, advance === 'minimum' ? 'minimum' : undefined, false);
      const steps = [...recurring, ...once, ...bounded];
      return { perDimensions: [], steps: steps.filter(({ step }) => step !== 'maximum') };
    }
    case 'full-quantity':
      return {
        perDimensions: some(),
        steps: [
          ...(draw.onceIn(3) ? [conversion(draw)] : []),
          ...(draw.onceIn(3) ? [allowance(draw, false)] : []),
          { step: 'volume', tiers: plainTiers(draw) },
          ...after(),
        ],
      };
    case 'changes':
      return {
        perDimensions: some(),
        steps: [{ step: 'graduated', by: 'changes', tiers: plainTiers(draw) }, ...after()],
      };
    case 'transactions':
      return { perDimensions: some(), steps: [transactions(draw), ...after()] };
    case 'windows':
      return {
        perDimensions: some(),
        windowed: {
          every: draw.pick(['hour', 'day'] as const),
          ...draw.maybe(2, () => ({
            hours: draw.pick([
              [{ from: 8, to: 20 }],
              [
                { from: 0, to: 6 },
                { from: 22, to: 24 },
              ],
            ]),
          })),
        },
        steps: [
          ...(draw.onceIn(5) ? [conversion(draw)] : []),
          ...(draw.onceIn(4) ? [allowance(draw, false)] : []),
          simpleCharge(draw),
          ...after(),
        ],
      };
    case 'seats-daily':
    case 'seats-changes':
      return { perDimensions: some(), steps: [seats(draw, kind, advance === 'seats'), ...after()] };
    case 'capacity':
      return {
        perDimensions: [],
        steps: [
          {
            step: 'capacity',
            tiers: [
              { limits: { [draw.pick(['peak-0', 'peak-1'])]: draw.price(12) }, price: draw.decimal(90) },
              ...(draw.onceIn(2) ? [{ limits: { 'peak-0': '13', 'peak-1': '12.5' }, price: draw.decimal(90) }] : []),
              { limits: null, price: draw.decimal(90) },
            ],
          },
          ...after(),
        ],
      };
    default: {
      const priced = dimensions.length > 0 && scene.policy.groupedTiers === 'per-group' && draw.onceIn(4);
      const pooledMatrix = dimensions.length === 0 && draw.onceIn(8);
      const accumulates = scene.acrossPeriods && draw.onceIn(8);
      const charge = priced ? matrix(draw, dimensions) : pooledMatrix ? matrix(draw, ['region']) : simpleCharge(draw);
      return {
        perDimensions: dimensions,
        ...(accumulates && !pooledMatrix ? { accumulate: 'contract-year' as const } : {}),
        steps: [
          ...(!pooledMatrix && draw.onceIn(5) ? [conversion(draw)] : []),
          ...(!pooledMatrix && draw.onceIn(2) ? [allowance(draw, sharing && !accumulates)] : []),
          charge,
          ...after(),
        ],
      };
    }
  }
};

/** One price, and the kind of usage that it needs. */
export const priceOf = (draw: Draw, n: number, scene: PriceScene): GeneratedPrice => {
  const kind = draw.pick(KINDS);
  const wanted: Advance =
    scene.acrossPeriods && draw.onceIn(4) ? draw.pick(['recurring-fee', 'minimum', 'seats'] as const) : undefined;
  const never = kind === 'windows' || (wanted === 'seats' && !kind.startsWith('seats'));
  const advance = never ? undefined : wanted;
  return {
    kind,
    price: {
      id: `price-${n}`,
      product: `product-${n}`,
      description: `Product ${n}`,
      ...(kind === 'none' ? {} : { meter: `meter-${n}` }),
      ...shape(draw, kind, scene, advance),
    },
  };
};
