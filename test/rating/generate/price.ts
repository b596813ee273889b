import type { Price, PriceStep } from '../../../lambdas/catalog/types.ts';
import type { RatingPolicy } from '../../../lambdas/rating/types.ts';
import type { Draw } from './draw.ts';
import {
  type Advance,
  allowance,
  capacity,
  conversion,
  type Dimension,
  ending,
  fee,
  levelTiers,
  matrix,
  oneTime,
  seats,
  simpleCharge,
  tiers,
  transactions,
} from './steps.ts';

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
  /** Whether the contract covers other accounts, so that usage says whose it is. */
  readonly covers: boolean;
  /** Whether there may be prices that cannot be rated. */
  readonly flawed: boolean;
};

type Shape = Pick<Price, 'steps' | 'perDimensions' | 'windowed' | 'accumulate'>;

/** A price without a meter. */
const feeShape = (draw: Draw, { days }: PriceScene, advance: Advance): Shape => {
  const ahead = advance.includes('recurring-fee');
  const recurring = advance.length > 0 || draw.onceIn(2) ? [fee(draw, ahead)] : [];
  const once = recurring.length === 0 || draw.onceIn(3) ? [oneTime(draw, days)] : [];
  // A fee that is not due has no line; what discounts and bounds make of nothing is left to those that are.
  const bounded = recurring.length === 0 ? [] : ending(draw, days, advance, false);
  const steps = [...recurring, ...once, ...bounded];
  return { perDimensions: [], steps: steps.filter(({ step }) => step !== 'maximum') };
};

const windowed = (draw: Draw): NonNullable<Price['windowed']> => ({
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
});

const plainShape = (
  draw: Draw,
  scene: PriceScene,
  dimensions: readonly Dimension[],
  after: () => PriceStep[],
): Shape => {
  const priced = dimensions.length > 0 && draw.onceIn(4);
  const others = (['region', 'size', 'account'] as const).filter(
    (name) => !dimensions.includes(name) && (scene.covers || name !== 'account'),
  );
  const over = !priced && others.length > 0 && draw.onceIn(8) ? [draw.pick(others)] : undefined;
  // Over several cells only what was measured has a price: with tiers that groups share, seldom anything else is asked.
  const asMeasured =
    over !== undefined || (priced && scene.policy.groupedTiers === 'pooled' && !(scene.flawed && draw.onceIn(12)));
  const accumulates = !asMeasured && draw.onceIn(8);
  const charge = priced ? matrix(draw, dimensions) : over === undefined ? simpleCharge(draw) : matrix(draw, over);
  return {
    perDimensions: dimensions,
    ...(accumulates ? { accumulate: 'contract-year' as const } : {}),
    steps: [
      ...(!asMeasured && draw.onceIn(5) ? [conversion(draw)] : []),
      ...(!asMeasured && draw.onceIn(2) ? [allowance(draw, !accumulates)] : []),
      charge,
      ...after(),
    ],
  };
};

const shape = (draw: Draw, kind: Kind, scene: PriceScene, advance: Advance): Shape => {
  const after = () => ending(draw, scene.days, advance);
  const some: readonly (readonly Dimension[])[] = scene.covers ? [[], ['account'], ['region']] : [[], ['region']];
  switch (kind) {
    case 'none':
      return feeShape(draw, scene, advance);
    case 'full-quantity':
      return {
        perDimensions: draw.pick(some),
        steps: [
          ...(draw.onceIn(3) ? [conversion(draw)] : []),
          ...(draw.onceIn(3) ? [allowance(draw, true)] : []),
          { step: 'volume', tiers: tiers(draw) },
          ...after(),
        ],
      };
    case 'changes':
      return {
        perDimensions: draw.pick(some),
        steps: [{ step: 'graduated', by: 'changes', tiers: levelTiers(draw) }, ...after()],
      };
    case 'transactions':
      return { perDimensions: draw.pick(some), steps: [transactions(draw), ...after()] };
    case 'windows': {
      const dimensions = draw.pick(some);
      const alone = scene.policy.groupedTiers === 'per-group' && dimensions.length > 0;
      return {
        perDimensions: dimensions,
        windowed: windowed(draw),
        steps: [
          ...(draw.onceIn(5) ? [conversion(draw)] : []),
          ...(draw.onceIn(4) ? [allowance(draw, false)] : []),
          alone && draw.onceIn(4) ? matrix(draw, dimensions) : simpleCharge(draw),
          ...after(),
        ],
      };
    }
    case 'seats-daily':
    case 'seats-changes':
      return {
        perDimensions: draw.pick(some),
        steps: [seats(draw, kind === 'seats-daily', advance.includes('seats')), ...after()],
      };
    case 'capacity':
      return { perDimensions: [], steps: [capacity(draw), ...after()] };
    default: {
      const more: readonly (readonly Dimension[])[] = scene.covers
        ? [...some, ['region', 'size', 'account']]
        : [...some, ['region', 'size']];
      return plainShape(draw, scene, draw.pick(more), after);
    }
  }
};

const ADVANCES: readonly Advance[] = [['recurring-fee'], ['minimum'], ['recurring-fee', 'minimum']];
const SEATS_AHEAD: readonly Advance[] = [['seats'], ['seats'], ['seats', 'minimum'], ['seats', 'recurring-fee']];

const advanceOf = (draw: Draw, kind: Kind): Advance => {
  if (kind === 'windows') return [];
  if (kind.startsWith('seats')) return draw.onceIn(2) ? draw.pick([...SEATS_AHEAD, ...ADVANCES]) : [];
  return draw.onceIn(5) ? draw.pick(ADVANCES) : [];
};

/** One price, and the kind of usage that it needs. */
export const priceOf = (draw: Draw, n: number, scene: PriceScene): GeneratedPrice => {
  const kind = draw.pick(KINDS);
  return {
    kind,
    price: {
      id: `price-${n}`,
      product: `product-${n}`,
      description: `Product ${n}`,
      ...(kind === 'none' ? {} : { meter: `meter-${n}` }),
      ...shape(draw, kind, scene, advanceOf(draw, kind)),
    },
  };
};
