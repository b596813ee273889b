import { formatFixed, parseDecimal, round, subtract, sum } from '../platform/decimal.ts';
import type { RatingPolicy } from './types.ts';

/**
 * What a change within a period costs: the charges for what comes less the credits for what goes, both exact and for
 * the rest of the period. `each` rounds every one of them, `net` their difference once (metering option S7): 17 of 31
 * days of 20.00 for 10.00 are 10.97 − 5.48 = 5.49, or 5.48. Below 0 the customer gets money back.
 * @throws {DecimalFormatError} for an amount that is not a plain decimal.
 */
export const changeNet = (
  change: { readonly charges: readonly string[]; readonly credits: readonly string[] },
  exponent: number,
  { prorationRounding, lineRounding }: Pick<RatingPolicy, 'prorationRounding' | 'lineRounding'>,
): string => {
  const read = (text: string) =>
    prorationRounding === 'each' ? round(parseDecimal(text), exponent, lineRounding) : parseDecimal(text);
  const net = subtract(sum(change.charges.map(read)), sum(change.credits.map(read)));
  return formatFixed(round(net, exponent, lineRounding), exponent);
};
