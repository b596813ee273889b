import { describe, expect, it } from 'vitest';
import type { CatalogEntry, Price, PriceBook, PriceStep } from '../../../lambdas/catalog/types.ts';
import { detailsOf } from '../../../lambdas/close/details-of.ts';
import { verifyStoredLine } from '../../../lambdas/close/verify-stored-line.ts';
import { account, entry } from './close-catalog.ts';
import { documentsOf } from './close-world.ts';
import { agreed, calls, ledgerWorld, OCTOBER, seats } from './ledger-world.ts';

/** A book of one price, and a contract over it. */
const priced = (meter: string, steps: readonly PriceStep[], over: Partial<Price> = {}) => {
  const price: Price = {
    id: 'p',
    product: 'api-calls',
    description: 'Priced',
    meter,
    perDimensions: [],
    steps,
    ...over,
  };
  const body: PriceBook = { id: 'one', name: 'One', currency: 'USD', prices: [price] };
  return [agreed({ priceBook: 'one', items: [{ id: 'p', price: 'p' }] }), entry('price-book', 'one', body)] as const;
};
const bill = async (
  [contract, book]: readonly [CatalogEntry, CatalogEntry],
  ...events: Parameters<ReturnType<typeof ledgerWorld>['append']>
) => {
  const world = ledgerWorld(contract, book, ...account('kid'));
  await world.append(...events);
  const billed = await world.close(OCTOBER);
  const documents = await documentsOf(world.made, world.closed[0] ?? '');
  const lineId = documents[0]?.lines[0]?.lineId ?? '';
  const ports = { store: world.made.store, files: world.made.files, catalog: world.made.catalog };
  const verified = await verifyStoredLine({ ...ports, usage: world.made.ports.usage }, lineId);
  return { billed, equal: verified.equal };
};

describe('what some prices need beside the quantity', () => {
  it('are single transactions for a percentage with parts of each, in the order of their time', async () => {
    const steps: PriceStep[] = [
      { step: 'percentage', percent: '1', fixed: '0.30', transactionMinimum: '1', transactionMaximum: '5' },
    ];
    // 10 → 1.00 (at least), 200 → 2.30, 1000 → 5.00 (at most), twice.
    const events = [
      calls('2026-10-20T00:00:00.000Z', 1000),
      calls('2026-10-05T00:00:00.000Z', 10),
      calls('2026-10-06T00:00:00.000Z', 200),
      calls('2026-10-20T00:05:00.000Z', 1000),
    ];
    expect(await bill(priced('calls', steps), ...events)).toEqual({ billed: ['api-calls: 13.30'], equal: true });
    const free = steps.map((step) => ({ ...step, freeTransactions: 3 })) as PriceStep[];
    expect(await bill(priced('calls', free), ...events)).toEqual({ billed: ['api-calls: 5.00'], equal: true });
  });

  it('are windows for prices of each hour or day, in the local time of the contract', async () => {
    const steps: PriceStep[] = [
      {
        step: 'graduated',
        tiers: [
          { upTo: '10', unitPrice: '0' },
          { upTo: null, unitPrice: '1' },
        ],
      },
    ];
    const events = [
      calls('2026-10-05T09:05:00.000Z', 8),
      calls('2026-10-05T09:50:00.000Z', 8),
      calls('2026-10-05T10:00:00.000Z', 8),
      calls('2026-10-06T23:00:00.000Z', 30),
    ];
    // By hour 16, 8 and 30; by day 24 and 30; only between 9 and 10 o'clock 16.
    const byHour = priced('calls', steps, { windowed: { every: 'hour' } });
    expect(await bill(byHour, ...events)).toEqual({ billed: ['api-calls: 26.00'], equal: true });
    const byDay = priced('calls', steps, { windowed: { every: 'day' } });
    expect(await bill(byDay, ...events)).toEqual({ billed: ['api-calls: 34.00'], equal: true });
    const inHours = priced('calls', steps, { windowed: { every: 'day', hours: [{ from: 9, to: 10 }] } });
    expect(await bill(inHours, ...events)).toEqual({ billed: ['api-calls: 6.00'], equal: true });
  });

  it('are the changes of a level for seats by second, with what goes on from before', async () => {
    const steps: PriceStep[] = [{ step: 'seats', unitPrice: '31', proration: 'second' }];
    const events = [
      seats('2026-09-20T00:00:00.000Z', 10),
      seats('2026-10-11T12:00:00.000Z', 12),
      seats('2026-10-21T12:00:00.000Z', 11),
    ];
    // 10 × 31 + 2 × 20.5 − 1 × 10.5 days at 1.00.
    expect(await bill(priced('seats', steps), ...events)).toEqual({ billed: ['api-calls: 340.50'], equal: true });
  });

  it('are read only when some price needs them', () => {
    const of = (steps: readonly PriceStep[], over: Partial<Price> = {}) => {
      const [contract, book] = priced('calls', steps, over);
      const bodies = { contract: contract.body, priceBook: book.body } as Pick<
        Parameters<typeof detailsOf>[0],
        'contract' | 'priceBook'
      >;
      return detailsOf({ ...bodies, period: OCTOBER });
    };
    expect(of([{ step: 'per-unit', unitPrice: '1' }])).toEqual({});
    expect(of([{ step: 'percentage', percent: '1' }])).toEqual({});
    expect(of([{ step: 'percentage', percent: '1', fixed: '0.30' }])).toEqual({ transactions: ['calls'] });
    expect(of([{ step: 'seats', unitPrice: '1', proration: 'day' }])).toEqual({});
    expect(of([{ step: 'seats', unitPrice: '1', proration: 'month' }])).toEqual({ changes: ['calls'] });
    expect(of([], { windowed: { every: 'day' } })).toEqual({ windows: { calls: 'day' } });
  });
});
