import { add, type Decimal, isZero, parseDecimal, subtract, ZERO } from '../platform/decimal.ts';
import { formatAmount } from './rounding-node.ts';
import type { RatedLine } from './types.ts';

/** A line that was billed, perhaps in several bills. */
export type BilledLine = { readonly id: string; readonly currency: string; readonly amount: string };

/** What is to be billed of a line now: what it comes to less what was billed of it. `line` is absent if it is not rated any more. */
export type BilledDifference = {
  readonly id: string;
  readonly currency: string;
  readonly line?: RatedLine;
  readonly rated: string;
  readonly billed: string;
  readonly amount: string;
};

const placesOf = (text: string): number => text.split('.')[1]?.length ?? 0;

/**
 * What a bill within the period, or the one at its end, still has to charge: everything is priced cumulatively, so it is
 * the difference to what earlier bills of the period charged, line by line. Lines without a difference are left out; what
 * was billed and is not rated any more comes last, given back. The sum is always what the lines come to less what was
 * billed. Example: 300.00 USD so far and 120.00 USD billed on the 10th: 180.00 USD.
 */
export const billedDifference = (
  lines: readonly RatedLine[],
  billed: readonly BilledLine[],
): readonly BilledDifference[] => {
  const before = new Map<string, { readonly currency: string; readonly amount: Decimal; readonly places: number }>();
  for (const { id, currency, amount } of billed) {
    const known = before.get(id);
    const places = Math.max(known?.places ?? 0, placesOf(amount));
    before.set(id, { currency, amount: add(known?.amount ?? ZERO, parseDecimal(amount)), places });
  }
  const now = new Map(lines.map((line) => [line.id, line]));
  return [...new Set([...now.keys(), ...before.keys()])].flatMap((id): BilledDifference[] => {
    const [line, known] = [now.get(id), before.get(id)];
    const places = Math.max(placesOf(line?.amount ?? ''), known?.places ?? 0);
    const rated = parseDecimal(line?.amount ?? '0');
    const amount = subtract(rated, known?.amount ?? ZERO);
    if (isZero(amount)) return [];
    const text = (value: Decimal): string => formatAmount(value, places);
    return [
      {
        id,
        currency: line?.currency ?? known?.currency ?? '',
        ...(line === undefined ? {} : { line }),
        rated: text(rated),
        billed: text(known?.amount ?? ZERO),
        amount: text(amount),
      },
    ];
  });
};
