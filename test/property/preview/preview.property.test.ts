import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PriceBook, PriceStep } from '../../../lambdas/catalog/types.ts';
import { add, formatDecimal, parseDecimal, subtract, sum } from '../../../lambdas/platform/decimal.ts';
import { accountSums, reportOf } from '../../../lambdas/preview/report.ts';
import type { AccountPreview, PeriodPreview } from '../../../lambdas/preview/types.ts';
import { catalogOf, closeAll, documentsOf, makeWorld } from '../../unit/close/close-world.ts';
import { bookWith, runPreview } from '../../unit/preview/preview-world.ts';

const cents = (most: number): fc.Arbitrary<string> =>
  fc
    .integer({ min: 0, max: most })
    .map((units) => `${Math.floor(units / 100)}.${String(units % 100).padStart(2, '0')}`);

const charge: fc.Arbitrary<PriceStep> = fc.oneof(
  cents(100).map((unitPrice): PriceStep => ({ step: 'per-unit', unitPrice })),
  fc.tuple(fc.integer({ min: 1, max: 500 }), cents(100), cents(100)).map(
    ([edge, first, second]): PriceStep => ({
      step: 'graduated',
      tiers: [
        { upTo: String(edge), unitPrice: first },
        { upTo: null, unitPrice: second },
      ],
    }),
  ),
  fc.tuple(fc.integer({ min: 1, max: 500 }), cents(100), cents(100)).map(
    ([edge, first, second]): PriceStep => ({
      step: 'volume',
      tiers: [
        { upTo: String(edge), unitPrice: first },
        { upTo: null, unitPrice: second },
      ],
    }),
  ),
);
const steps = fc
  .tuple(fc.option(fc.integer({ min: 1, max: 200 })), charge)
  .map(([allowance, charged]): PriceStep[] => [
    ...(allowance === null ? [] : [{ step: 'allowance' as const, quantity: String(allowance) }]),
    charged,
  ]);
const calls = fc.tuple(fc.nat(600), fc.nat(600), fc.nat(600));

/** A company whose October is closed under a price. */
const closed = async (of: readonly PriceStep[], used: readonly number[]) => {
  const entries = catalogOf().map((each) => (each.id === 'list-usd' ? { ...each, body: bookWith(of) } : each));
  const world = makeWorld(entries);
  used.forEach((count, n) => {
    world.usage.set(`org-a${n + 1}`, String(count));
  });
  const { close } = await closeAll(world);
  return { world, close };
};

describe('a price preview', () => {
  it('finds nothing where nothing is changed, and before is what was billed', async () => {
    await fc.assert(
      fc.asyncProperty(steps, calls, async (of, used) => {
        const { world, close } = await closed(of, used);
        const body: PriceBook = bookWith(of);
        const { report, accounts } = await runPreview(world, { book: { replaces: 'list-usd', source: 's', body } });
        for (const { before, after, difference } of [...report.totals, ...report.runningTotals]) {
          expect([before, difference]).toEqual([after, '0.00']);
        }
        expect(report.counts).toMatchObject({ winners: 0, losers: 0, problems: 0 });
        for (const { account, periods } of accounts) {
          const documents = await documentsOf(world, close.closeId);
          const billed = documents
            .filter((document) => document.account === account)
            .flatMap(({ lines }) => lines.map(({ amount }) => parseDecimal(amount)));
          expect(formatDecimal(parseDecimal(periods[0]?.before ?? ''))).toBe(formatDecimal(sum(billed)));
        }
      }),
      { numRuns: 12 },
    );
  });

  it('changes only what the changed book prices, by the same library on both sides', async () => {
    await fc.assert(
      fc.asyncProperty(steps, steps, calls, async (of, other, used) => {
        const { world } = await closed(of, used);
        const [there, back] = [
          await runPreview(world, { book: { replaces: 'list-usd', source: 's', body: bookWith(other) } }),
          await runPreview((await closed(other, used)).world, {
            book: { replaces: 'list-usd', source: 's', body: bookWith(of) },
          }),
        ];
        const [to, from] = [there, back].map(({ report }) => report.totals.find(({ currency }) => currency === 'USD'));
        expect([to?.before, to?.after]).toEqual([from?.after, from?.before]);
        expect(there.report.totals.find(({ currency }) => currency === 'EUR')?.difference).toBe('0.00');
      }),
      { numRuns: 10 },
    );
  });
});

const period = (start: string): fc.Arbitrary<PeriodPreview> =>
  fc
    .record({
      currency: fc.constantFrom('USD', 'EUR'),
      before: cents(100_000),
      after: cents(100_000),
      running: fc.boolean(),
    })
    .map(
      ({ running, ...amounts }): PeriodPreview => ({
        contract: 'c',
        start,
        end: '2026-12-01',
        usageHash: 'u',
        ...amounts,
        difference: formatDecimal(subtract(parseDecimal(amounts.after), parseDecimal(amounts.before))),
        ...(running ? { running } : {}),
      }),
    );
const previews = fc
  .array(fc.array(period('2026-11-01'), { maxLength: 4 }), { maxLength: 8 })
  .map((all) =>
    all.map((periods, n): AccountPreview => ({ format: 1, account: `a${n}`, name: `A ${n}`, periods, cliffs: [] })),
  );
const PARAMS = { of: 'x', change: { key: 'k', hash: 'h' }, riskPercent: 10 };
const DATES = { start: '2026-10-01', end: '2026-11-01' };

describe('a report of previews', () => {
  it('is the same whatever the order of the accounts, and adds up', () => {
    fc.assert(
      fc.property(previews, fc.integer(), (accounts, seed) => {
        const shuffled = accounts.toSorted((a, b) => ((a.account.length * seed) % 7) - ((b.account.length * seed) % 5));
        const report = reportOf(accounts, PARAMS, DATES, DATES);
        expect(JSON.stringify(reportOf(shuffled.toReversed(), PARAMS, DATES, DATES))).toBe(JSON.stringify(report));
        const sums = accounts.flatMap(accountSums);
        const { winners, losers, same } = report.counts;
        expect(winners + losers + same).toBe(sums.length);
        for (const { currency, before, after, difference } of report.totals) {
          const own = sums.filter((each) => each.currency === currency);
          for (const [total, name] of [
            [before, 'before'],
            [after, 'after'],
            [difference, 'difference'],
          ] as const) {
            expect(formatDecimal(sum(own.map((each) => parseDecimal(each[name]))))).toBe(
              formatDecimal(parseDecimal(total)),
            );
          }
          expect(formatDecimal(add(parseDecimal(before), parseDecimal(difference)))).toBe(
            formatDecimal(parseDecimal(after)),
          );
        }
      }),
      { numRuns: 200 },
    );
  });
});
