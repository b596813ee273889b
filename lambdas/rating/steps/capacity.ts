import type { PriceStep } from '../../catalog/types.ts';
import { compare, type Decimal, formatDecimal, parseDecimal, ZERO } from '../../platform/decimal.ts';
import { equalTo, money, number, shown } from '../wording.ts';
import { worthOf } from './covered.ts';
import { charging, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'capacity' }>;
type Limits = readonly (readonly [meter: string, most: Decimal])[];

/** The meters whose peaks a capacity price looks at, in the order in which its tiers name them. */
export const capacityMeters = ({ tiers }: Params): readonly string[] => [
  ...new Set(tiers.flatMap(({ limits }) => Object.keys(limits ?? {}))),
];

/**
 * The first tier that the peak of every meter fits. Example with 10.00 USD up to 100 bandwidth and 1,000 members and
 * 20.00 USD up to 200 and 2,000: peaks of 100 and 1,001 = 20.00 USD. Versions of a contract that was amended within the
 * period each charge their share of the period, by day.
 */
export const capacity: Step<Params> = (step) => {
  const meters = capacityMeters(step);
  const tiers = step.tiers.map(({ limits, price }) => ({
    limits:
      limits === null ? undefined : Object.entries(limits).map(([meter, most]) => [meter, parseDecimal(most)] as const),
    price: parseDecimal(price),
  }));
  const fits = (limits: Limits, peaks: Readonly<Record<string, Decimal>>): boolean =>
    limits.every(([meter, most]) => compare(peaks[meter] ?? ZERO, most) <= 0);
  return (working, context) => {
    const { currency, peaks } = context;
    const found = tiers.findIndex(({ limits }) => limits === undefined || fits(limits, peaks));
    const tier = tiers[found] ?? tiers.at(-1);
    const price = tier?.price ?? ZERO;
    const { worth: amount, words } = worthOf(price, context.amended, context);
    return charging(working, amount, () => {
      const seen = meters.map((meter) => `${meter} ${number(peaks[meter] ?? ZERO)}`).join(', ');
      const most = tier?.limits?.map(([meter, limit]) => `${meter} ${number(limit)}`).join(', ');
      const cost =
        words === ''
          ? `= ${money(price, currency)}`
          : `= ${money(price, currency)} × ${words} ${equalTo(amount, currency)}`;
      return {
        step: step.step,
        text: `peaks ${seen} fit ${most === undefined ? 'the tier without limits' : `the tier up to ${most}`} ${cost}`,
        result: formatDecimal(shown(amount)),
        unit: currency.code,
        children: [],
      };
    });
  };
};
