import { amount, currency, id, localDate, positive } from './common-shapes.ts';
import {
  also,
  type Flaw,
  flag,
  list,
  object,
  oneOf,
  orNull,
  record,
  type Shape,
  tagged,
  text,
  whole,
} from './shape.ts';
import type { PriceStep, Tier, UnitConversionStep } from './types.ts';

const billing = oneOf('arrears', 'advance');

const tierFields = (tier: Tier, path: string): Flaw[] => {
  const flaws: Flaw[] = [];
  if (tier.unitPrice === undefined && tier.percent === undefined && tier.flatFee === undefined) {
    flaws.push({ path, message: 'says no price: give it a unitPrice (perhaps "0"), a percent or a flatFee' });
  }
  if (tier.per !== undefined && tier.unitPrice === undefined) {
    flaws.push({ path: `${path}/per`, message: 'is the size of a block: give the tier a unitPrice for each block' });
  }
  if (tier.cap !== undefined && tier.unitPrice === undefined && tier.percent === undefined) {
    flaws.push({ path: `${path}/cap`, message: 'limits nothing: the flat fee is not capped, so remove the cap' });
  }
  return flaws;
};

const tier = also<Tier>(
  object(
    { upTo: orNull(positive) },
    { unitPrice: amount, per: positive, percent: amount, flatFee: amount, cap: positive },
  ),
  tierFields,
);

const conversionFields = (step: UnitConversionStep, path: string): Flaw[] =>
  (step.multiplyBy === undefined) === (step.divideBy === undefined)
    ? [{ path, message: 'needs exactly one of multiplyBy and divideBy' }]
    : [];

/** The shape of each price step, by its name. */
const steps: Readonly<Record<PriceStep['step'], Shape>> = {
  'unit-conversion': also<UnitConversionStep>(
    object(
      { step: text(), unit: text() },
      { multiplyBy: positive, divideBy: positive, rounding: oneOf('up', 'down', 'half-up') },
    ),
    conversionFields,
  ),
  allowance: object(
    { step: text(), quantity: positive },
    { pool: id, rollover: object({ periods: whole(1, 120) }, { upTo: positive }) },
  ),
  'per-unit': object({ step: text(), unitPrice: amount }),
  graduated: object({ step: text(), tiers: list(tier, 1) }, { by: oneOf('quantity', 'changes') }),
  volume: object({ step: text(), tiers: list(tier, 1) }),
  package: object({ step: text(), size: positive, price: amount, rounding: oneOf('up', 'down', 'half-up') }),
  stairstep: object({ step: text(), tiers: list(object({ upTo: orNull(positive), price: amount }), 1) }),
  percentage: object(
    { step: text(), percent: amount },
    {
      fixed: amount,
      transactionMinimum: amount,
      transactionMaximum: positive,
      freeTransactions: whole(1, 1_000_000_000),
    },
  ),
  matrix: object(
    {
      step: text(),
      dimensions: list(id, 1),
      cells: list(object({ values: list(text(), 1), unitPrice: amount }), 1),
    },
    { otherwise: amount },
  ),
  dynamic: object({ step: text(), multiplyBy: positive }),
  capacity: object({ step: text(), tiers: list(object({ limits: orNull(record(positive)), price: amount }), 1) }),
  seats: object(
    { step: text(), unitPrice: amount, proration: oneOf('day', 'second', 'month') },
    { decreases: oneOf('prorate', 'keep'), billing },
  ),
  commitment: object({ step: text(), amount: positive, trueUp: flag }, { overageFactor: positive }),
  'recurring-fee': object({ step: text(), amount, proration: oneOf('day', 'second', 'none') }, { billing }),
  'one-time-fee': object({ step: text(), amount }, { on: localDate }),
  'percentage-discount': object({ step: text(), percent: positive }),
  'amount-discount': object({ step: text(), amount: positive }),
  minimum: object({ step: text(), amount: positive }, { billing }),
  maximum: object({ step: text(), amount: positive }),
};

/** The steps of a price, or of an item or ramp that has its own. */
export const priceSteps: Shape = list(tagged('step', steps), 1);

const windowed = object(
  { every: oneOf('hour', 'day') },
  { hours: list(object({ from: whole(0, 23), to: whole(1, 24) }), 1) },
);

/** The shape of a price book. */
export const priceBook: Shape = object(
  {
    id,
    name: text(),
    currency,
    prices: list(
      object(
        { id, product: id, description: text(), perDimensions: list(id), steps: priceSteps },
        {
          meter: id,
          windowed,
          accumulate: oneOf('contract-year'),
          recognition: oneOf('point-in-time', 'straight-line-day', 'straight-line-month', 'as-used'),
        },
      ),
      1,
    ),
  },
  { supersedes: whole(1, 99_999_999) },
);
