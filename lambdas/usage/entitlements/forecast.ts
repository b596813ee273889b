import {
  add,
  compare,
  type Decimal,
  divide,
  formatDecimal,
  fromInteger,
  isNegative,
  isZero,
  multiply,
  subtract,
} from '../../platform/decimal.ts';

/** Whole UTC days that are over and settled, and what was used on them. */
export type SettledRun = {
  readonly days: number;
  /** The first and the last of them. */
  readonly from: string;
  readonly to: string;
  readonly quantity: Decimal;
};

/** When a limit will be used up if the days to come are like those that are settled. Decimal strings, instants in UTC. */
export type Forecast = {
  /** What is used a day: `restsOn.quantity` by `restsOn.days`. */
  readonly perDay: string;
  /** What will have been used when the limit begins anew. */
  readonly atReset: string;
  /** When nothing will be left; absent where that is not before the limit begins anew, or where nothing is left now. */
  readonly exhaustedAt?: string;
  /** What all of this is computed from. */
  readonly restsOn: { readonly days: number; readonly from: string; readonly to: string; readonly quantity: string };
};

/** Fewer settled days tell no rate: a weekend would pass for it. */
export const LEAST_DAYS = 3;
/** Decimals of what is divided; instants are cut to the millisecond. */
const DECIMALS = 12;
const DAY = fromInteger(86_400_000);

/**
 * The forecast at an instant, exact: the rate is the fraction quantity ÷ days and is divided once, at the end.
 * `undefined` where fewer than `LEAST_DAYS` days are settled, or nothing was used on them (or less than nothing).
 */
export const forecastOf = (
  run: SettledRun,
  { used, limit }: { readonly used: Decimal; readonly limit: Decimal },
  nowMillis: number,
  resetMillis: number,
): Forecast | undefined => {
  const { days, from, to, quantity } = run;
  if (days < LEAST_DAYS || isZero(quantity) || isNegative(quantity)) return undefined;
  const runMillis = multiply(fromInteger(days), DAY);
  const remaining = fromInteger(Math.max(0, resetMillis - nowMillis));
  const left = subtract(limit, used);
  const open = !isZero(left) && !isNegative(left);
  // left ÷ (quantity ÷ runMillis)
  const lasts = divide(multiply(left, runMillis), quantity, 0, 'floor');
  const before = open && compare(lasts, remaining) < 0;
  const more = divide(multiply(quantity, remaining), runMillis, DECIMALS, 'half-even');
  return {
    perDay: formatDecimal(divide(quantity, fromInteger(days), DECIMALS, 'half-even')),
    atReset: formatDecimal(add(used, more)),
    ...(before ? { exhaustedAt: new Date(nowMillis + Number(formatDecimal(lasts))).toISOString() } : {}),
    restsOn: { days, from, to, quantity: formatDecimal(quantity) },
  };
};
