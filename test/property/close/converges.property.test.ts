import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CatalogEntry, Contract, PriceBook } from '../../../lambdas/catalog/types.ts';
import type { CloseDates } from '../../../lambdas/close/names.ts';
import { add, formatDecimal, parseDecimal, ZERO } from '../../../lambdas/platform/decimal.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { entry } from '../../unit/close/close-catalog.ts';
import { approveAll, documentsOf, goOn, resolve, runMachine } from '../../unit/close/close-world.ts';
import { agreed, calls, ledgerWorld, NOVEMBER, OCTOBER, SEPTEMBER, seats } from '../../unit/close/ledger-world.ts';

const MONTHS = [SEPTEMBER, OCTOBER, NOVEMBER];
const BOOK = entry<PriceBook>('price-book', 'passing', {
  id: 'passing',
  name: 'All that passes on',
  currency: 'USD',
  prices: [
    {
      ...{ id: 'seats', product: 'platform', description: 'Seats', meter: 'seats', perDimensions: [] },
      steps: [{ step: 'seats', unitPrice: '10', proration: 'day' }],
    },
    {
      ...{ id: 'calls', product: 'api-calls', description: 'Calls', meter: 'calls', perDimensions: [] },
      steps: [
        { step: 'allowance', quantity: '50', rollover: { periods: 2 } },
        { step: 'per-unit', unitPrice: '0.5' },
      ],
    },
    {
      ...{ id: 'year', product: 'api-calls', description: 'Yearly tiers', meter: 'calls', perDimensions: [] },
      ...{ accumulate: 'contract-year' as const },
      steps: [
        {
          step: 'graduated',
          tiers: [
            { upTo: '100', unitPrice: '1' },
            { upTo: null, unitPrice: '0.2' },
          ],
        },
      ],
    },
  ],
});
/** Billed from this day of the month on. */
const contractOf = (anchorDay: number) =>
  agreed({
    anchorDay,
    priceBook: 'passing',
    start: '2026-09-01',
    items: ['seats', 'calls', 'year'].map((id) => ({ id, price: id })),
    credits: [
      {
        ...{ id: 'promo', description: 'Welcome', kind: 'promotional', amount: '150', priority: 1 },
        ...{ from: '2026-09-01', items: ['year'] },
      },
    ],
    minimumCommitment: { amount: '100', description: 'Commitment' },
  });

const event = fc
  .record({
    day: fc.integer({ min: 1, max: 28 }),
    month: fc.constantFrom('09', '10', '11'),
    n: fc.integer({ min: 1, max: 90 }),
  })
  .chain((spec) => fc.boolean().map((isSeats) => ({ ...spec, isSeats })));
type Spec = { readonly day: number; readonly month: string; readonly n: number; readonly isSeats: boolean };
/** Each minute once: an id never comes twice. */
const eventOf = ({ day, month, n, isSeats }: Spec, at: number): CanonicalUsage => {
  const minute = String(at).padStart(2, '0');
  const time = `2026-${month}-${String(day).padStart(2, '0')}T10:${minute}:00.000Z`;
  return isSeats ? seats(time, n) : calls(time, n);
};

type House = ReturnType<typeof ledgerWorld>;

/** Ends every close that is open, the earliest first, until none is: what was started by others too. */
const endAll = async ({ made }: House): Promise<number> => {
  for (let rounds = 0; rounds < 20; rounds += 1) {
    const latest = await Promise.all(MONTHS.map((dates) => made.store.latestClose(dates)));
    const open = latest.find((record) => record !== undefined && record.status !== 'done');
    if (open === undefined) return rounds;
    await runMachine(made, open.closeId);
    await approveAll(made, open.closeId);
    await goOn(made, open.closeId);
    made.clock.advance(3_600_000);
  }
  throw new Error('closes start each other without end');
};

/** Closes some dates, ends all closes, and does so again once a person has found right what was held as unusual. */
const closeDecided = async (house: House, dates: CloseDates): Promise<void> => {
  await house.close(dates);
  await endAll(house);
  const open = (await house.made.store.listExceptions('open', 100)).items;
  const unusual = open.filter(({ kind }) => kind === 'anomaly');
  for (const { exceptionId } of unusual) await resolve(house.made, exceptionId);
  if (unusual.length > 0) await closeDecided(house, dates);
};

/** What a1 is billed for some dates, over all closes of them. */
const billedFor = async ({ made }: House, dates: CloseDates): Promise<string> => {
  const last = (await made.store.latestClose(dates))?.run ?? 0;
  let total = ZERO;
  for (let run = 1; run <= last; run += 1) {
    const closeId = `close-${dates.start.replaceAll('-', '')}-${dates.end.replaceAll('-', '')}-${run}`;
    for (const document of await documentsOf(made, closeId)) total = add(total, parseDecimal(document.total));
  }
  return formatDecimal(total);
};

const house = (...versions: CatalogEntry[]): House => ledgerWorld(BOOK, ...versions);

/** The contract with dearer seats and no more yearly tiers from a day within a month on. */
const amendedFrom = (contract: CatalogEntry, day: string): CatalogEntry => {
  const { body, ...rest } = contract as CatalogEntry<Contract>;
  const dearer = [{ step: 'seats' as const, unitPrice: '12', proration: 'day' as const }];
  const items = body.items.flatMap((item) =>
    item.id === 'year' ? [] : [item.id === 'seats' ? { ...item, steps: dearer } : item],
  );
  return { ...rest, version: 2, effectiveFrom: `${day}T00:00:00.000Z`, body: { ...body, items } };
};

describe('months that are closed and corrected in any order', () => {
  it('come to what they would if all had been known at first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 6 }),
        fc.array(
          fc.record({ late: fc.array(event, { minLength: 1, maxLength: 3 }), again: fc.constantFrom(...MONTHS) }),
          {
            maxLength: 3,
          },
        ),
        fc.option(fc.constantFrom('2026-10-01', '2026-10-12', '2026-11-30'), { nil: undefined }),
        fc.constantFrom(1, 15, 31),
        async (early, rounds, amendedOn, anchorDay) => {
          const contract = contractOf(anchorDay);
          const corrected = house(contract);
          const all: CanonicalUsage[] = [];
          const append = async (specs: readonly Spec[]) => {
            const events = specs.map((spec, n) => eventOf(spec, all.length + n));
            all.push(...events);
            await corrected.append(...events);
          };
          await append(early);
          for (const dates of MONTHS) await corrected.close(dates);
          const amendments = amendedOn === undefined ? [] : [amendedFrom(contract, amendedOn)];
          // Written down after it was billed.
          for (const each of amendments) corrected.made.publish({ ...each, publishedAt: corrected.made.clock.now() });
          for (const { late, again } of rounds) {
            await append(late);
            await corrected.close(again);
            await endAll(corrected);
          }
          // The months that were touched last, once each: what follows is found by itself.
          for (const dates of MONTHS) await closeDecided(corrected, dates);
          const known = house(contract, ...amendments);
          await known.append(...all);
          for (const dates of MONTHS) await closeDecided(known, dates);
          for (const dates of MONTHS) expect(await billedFor(corrected, dates)).toBe(await billedFor(known, dates));
          expect(await endAll(corrected)).toBe(0);
        },
      ),
      { numRuns: 12, endOnFailure: true },
    );
  }, 60_000);
});
