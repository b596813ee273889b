import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedEvents } from '../../../lambdas/rating/counted-events.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { RatableUsage, RateInput, RateResult } from '../../../lambdas/rating/types.ts';
import { inputs } from '../../rating/generate/cases.ts';
import { runs } from '../../rating/generate/runs.ts';
import { Rational, total } from '../../rating/oracle/rational.ts';

const RUNS = runs(300);

/** A list in an order that random numbers say. */
const shuffled = <T>(list: readonly T[], keys: readonly number[]): T[] =>
  list
    .map((each, n) => ({ each, key: keys[n % Math.max(1, keys.length)] ?? 0 }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ each }) => each);

const order = fc.array(fc.integer(), { minLength: 1, maxLength: 12 });

/** What a customer sees and what passes on. */
const told = ({ lines, closing, payments }: RateResult): unknown => ({
  lines: lines.map(({ id, amount, quantity }) => ({ id, amount, quantity })),
  closing,
  payments,
});

/** A row that is only a quantity, as two rows of halves. Slices are batches themselves: what each of them converts to counts (S10). */
const halved = (row: RatableUsage): RatableUsage[] => {
  const alone = [row.daily, row.changes, row.windows, row.transactions, row.fullQuantity, row.slices];
  if (row.meter.startsWith('peak') || alone.some((each) => each !== undefined)) return [row];
  const half = Rational.of(row.quantity).over(Rational.whole(2)).toString();
  return [
    { ...row, quantity: half },
    { ...row, quantity: half },
  ];
};

/** The price of a capacity looks at the peak of a row, not at sums of rows. */
const hasPeaks = (input: RateInput): boolean => input.usage.some(({ meter }) => meter.startsWith('peak'));

describe('P1: the order and the batches of usage', () => {
  it('change nothing: not a byte by order, no amount by batches', () => {
    fc.assert(
      fc.property(inputs, order, (input, keys) => {
        const once = rate(input);
        const usage = shuffled(input.usage, keys);
        expect(JSON.stringify(rate({ ...input, usage }))).toBe(JSON.stringify(once));
        if (hasPeaks(input)) return;
        expect(told(rate({ ...input, usage: shuffled(usage.flatMap(halved), keys) }))).toEqual(told(once));
      }),
      RUNS,
    );
  });
});

const events = fc.uniqueArray(fc.record({ id: fc.uuid(), units: fc.integer({ min: 0, max: 30 }) }), {
  selector: ({ id }) => id,
  maxLength: 8,
});

describe('P2: delivering events again', () => {
  it('changes no amount, whichever of them comes again and in whatever order', () => {
    fc.assert(
      fc.property(inputs, events, order, (input, sent, keys) => {
        const again = [...sent, ...shuffled(sent, keys).slice(0, (keys[0] ?? 0) & 7)];
        const usageOf = (all: typeof sent): RatableUsage[] =>
          input.usage
            .filter((row) => halved(row).length === 2)
            .map((row) => ({ ...row, quantity: total(all.map(({ units }) => Rational.whole(units))).toString() }));
        const others = input.usage.filter((row) => halved(row).length === 1);
        for (const winner of ['first', 'last'] as const) {
          const counted = countedEvents(shuffled(again, keys), winner);
          const rated = rate({ ...input, usage: [...others, ...usageOf(counted)] });
          expect(told(rated)).toEqual(told(rate({ ...input, usage: [...others, ...usageOf(sent)] })));
        }
      }),
      RUNS,
    );
  });

  it('rating again gives the same bytes', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        expect(JSON.stringify(rate(structuredClone(input)))).toBe(JSON.stringify(rate(input)));
      }),
      RUNS,
    );
  });
});

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const each of Object.values(value)) frozen(each);
  }
  return value;
};

describe('P11: a closed period', () => {
  it('is the same to the bit with its pinned versions, and rating changes nothing of them', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const closed = JSON.stringify(rate(input));
        const pinned = frozen(structuredClone(input));
        const [price] = input.priceBook.prices;
        const dearer = price?.steps.map((step) => ('unitPrice' in step ? { ...step, unitPrice: '999' } : step)) ?? [];
        const superseding = {
          ...input.priceBook,
          prices: input.priceBook.prices.map((each) => ({ ...each, steps: dearer })),
        };
        try {
          rate({ ...input, priceBook: superseding, priceBookVersion: 2 });
        } catch {
          // A price that cannot be rated must not touch the closed period either.
        }
        expect(JSON.stringify(rate(pinned))).toBe(closed);
      }),
      RUNS,
    );
  });

  it('does not depend on prices that its contract does not use', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const more = { id: 'other', product: 'other', description: 'Other', perDimensions: [], steps: [] };
        const priceBook = { ...input.priceBook, prices: [more, ...input.priceBook.prices] };
        expect(told(rate({ ...input, priceBook }))).toEqual(told(rate(input)));
      }),
      RUNS,
    );
  });
});
