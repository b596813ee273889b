import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Adjusted, type Amounts, correct, dueAmounts } from '../../../lambdas/close/correction.ts';
import { add, type Decimal, formatDecimal, fromMinorUnits, sum, ZERO } from '../../../lambdas/platform/decimal.ts';

const LINES = ['fee', 'calls', 'seats'];
const cents = (amount: number): Decimal => fromMinorUnits(BigInt(amount), 2);
const amounts = fc
  .dictionary(fc.constantFrom(...LINES), fc.integer({ min: -3000, max: 5000 }))
  .map((some): Amounts => new Map(Object.entries(some).map(([line, amount]) => [line, cents(amount)])));
const adjustment: fc.Arbitrary<Adjusted> = fc.record({
  lineId: fc.uuid(),
  about: fc.constantFrom(...LINES),
  kind: fc.constantFrom('goodwill' as const, 'repair' as const, 'excluded-line' as const),
  amount: fc.integer({ min: -1000, max: 1000 }).map(cents),
});
/** A close of the same dates: what rating gives then, what a person decided since the one before, and who approves. */
const run = fc.record({
  rated: amounts,
  adjusted: fc.array(adjustment, { maxLength: 2 }),
  approved: fc.boolean(),
  ageDays: fc.integer({ min: 0, max: 100 }),
});
const policy = fc.record(
  { carryBelow: fc.integer({ min: 0, max: 800 }).map(cents), writeOffAfterDays: fc.integer({ min: 0, max: 100 }) },
  { requiredKeys: ['carryBelow'] },
);

const plus = (...all: readonly Amounts[]): Map<string, Decimal> => {
  const sums = new Map<string, Decimal>();
  for (const [line, amount] of all.flatMap((some) => [...some])) {
    sums.set(line, add(sums.get(line) ?? ZERO, amount));
  }
  return sums;
};
const text = (some: Amounts): Record<string, string> =>
  Object.fromEntries(
    [...some]
      .map(([line, amount]): [string, string] => [line, formatDecimal(amount)])
      .filter(([, amount]) => amount !== '0')
      .sort(),
  );

type Run = { rated: Amounts; adjusted: readonly Adjusted[]; approved: boolean; ageDays: number };
type Policy = Parameters<typeof correct>[0]['policy'];

/** Closes one after the other; `look` sees each. */
const closes = (
  runs: readonly Run[],
  rules: Policy,
  look: (seen: {
    readonly due: Amounts;
    readonly billed: Amounts;
    readonly writtenOff: Amounts;
    readonly byHand: Amounts;
    readonly correction: ReturnType<typeof correct>;
    readonly isFirst: boolean;
  }) => void = () => {},
): { readonly billed: Amounts; readonly adjusted: readonly Adjusted[] } => {
  let [billed, writtenOff, isFirst] = [plus(), plus(), true];
  const adjusted: Adjusted[] = [];
  for (const { rated, adjusted: more, approved, ageDays } of runs) {
    adjusted.push(...more);
    const byHand = plus(
      ...adjusted.map((each): Amounts => new Map(each.kind === 'repair' ? [[each.lineId, each.amount]] : [])),
    );
    const correction = correct({ rated, adjusted, billed, writtenOff, isFirst, policy: rules, ageDays });
    look({ due: dueAmounts(rated, adjusted), billed, writtenOff, byHand, correction, isFirst });
    writtenOff = plus(writtenOff, correction.writtenOff);
    if (approved && correction.corrections.size > 0) {
      billed = plus(billed, correction.corrections);
      isFirst = false;
    }
  }
  return { billed, adjusted };
};

describe('corrections', () => {
  it('leave nothing out: billed + corrections + carried + written off = rating + adjustments, on every line, always', () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 6 }), policy, (runs, rules) => {
        closes(runs, rules, ({ due, billed, writtenOff, byHand, correction }) => {
          const { corrections, carried } = correction;
          const all = plus(billed, writtenOff, byHand, corrections, carried, correction.writtenOff);
          expect(text(all)).toEqual(text(due));
          const places = [corrections, carried, correction.writtenOff].filter(({ size }) => size > 0);
          expect(places.length).toBeLessThanOrEqual(1);
        });
      }),
    );
  });

  it('put no small difference on a document, and carry no large one', () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 6 }), policy, (runs, { carryBelow }) => {
        closes(runs, { carryBelow }, ({ correction: { corrections, carried }, isFirst }) => {
          const net = (some: Amounts) => Math.abs(Number(formatDecimal(sum([...some.values()]))));
          const least = Number(formatDecimal(carryBelow));
          if (corrections.size > 0 && !isFirst) expect(net(corrections)).toBeGreaterThanOrEqual(least);
          if (carried.size > 0) expect(net(carried) < least || net(carried) === 0).toBe(true);
        });
      }),
    );
  });

  it('never take an adjustment back: rated the same again, nothing is due', () => {
    fc.assert(
      fc.property(amounts, fc.array(adjustment, { maxLength: 3 }), (rated, adjusted) => {
        const once = { rated, adjusted, approved: true, ageDays: 0 };
        const never = { carryBelow: ZERO };
        closes([once, { ...once, adjusted: [] }], never, ({ isFirst, correction }) => {
          if (!isFirst) expect(correction.corrections.size).toBe(0);
        });
      }),
    );
  });

  it('reverse to zero, whatever was billed in however many steps before', () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 5 }), (runs) => {
        const plain = runs.map((each) => ({ ...each, adjusted: [] }));
        const gone = { rated: plus(), adjusted: [], approved: true, ageDays: 0 };
        const { billed } = closes([...plain, gone], { carryBelow: ZERO });
        expect(formatDecimal(sum([...billed.values()]))).toBe('0');
      }),
    );
  });

  it('leave an excluded line at nothing, whatever comes late on it', () => {
    fc.assert(
      fc.property(amounts, amounts, fc.constantFrom(...LINES), (before, after, about) => {
        const excluded: Adjusted = { lineId: 'adj', about, kind: 'excluded-line' };
        for (const rated of [before, after]) {
          const due = dueAmounts(rated, [excluded]);
          expect(formatDecimal(add(due.get(about) ?? ZERO, due.get('adj') ?? ZERO))).toBe('0');
        }
      }),
    );
  });
});
