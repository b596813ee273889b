import { describe, expect, it } from 'vitest';
import type { PriceBook, PriceStep } from '../../../lambdas/catalog/types.ts';
import type { PreviewChange } from '../../../lambdas/preview/types.ts';
import { account } from '../close/close-catalog.ts';
import { agreed, BOOK, calls, gigabytes, ledgerWorld, NOVEMBER, OCTOBER, seats } from '../close/ledger-world.ts';
import { runPreview } from './preview-world.ts';

const seatsBy = (step: PriceStep): PreviewChange => {
  const body = BOOK.body as PriceBook;
  const prices = body.prices.map((price) => (price.id === 'seats' ? { ...price, steps: [step] } : price));
  return { book: { replaces: 'going-on', source: 'a test', body: { ...body, prices } } };
};

/** October and November are closed: 31 seats and 100 GB from 5 October on, 12 calls, 5 of them of a child. */
const twoMonths = async () => {
  const items = ['seats', 'storage', 'calls'].map((id) => ({ id, price: id }));
  const world = ledgerWorld(agreed({ items, covers: ['kid'] }), ...account('kid'));
  const { append, close } = world;
  await append(
    seats('2026-10-05T00:00:00.000Z', 31),
    gigabytes('2026-10-05T00:00:00.000Z', '100'),
    calls('2026-10-06T00:00:00.000Z', 7),
    calls('2026-10-06T00:01:00.000Z', 5, 'org-kid'),
  );
  await close(OCTOBER);
  await close(NOVEMBER);
  return world;
};

describe('a price preview over a real ledger', () => {
  it('rates pinned usage, values that go on, and what children use', async () => {
    const { made, append } = await twoMonths();
    // Late, and not billed yet: no change of prices.
    await append(calls('2026-10-07T00:00:00.000Z', 1_000));
    const dearer = seatsBy({ step: 'seats', unitPrice: '62.00', proration: 'day' });
    const { accounts, report } = await runPreview(made, dearer, { months: 2 });
    const over = accounts[0]?.periods.filter(({ running }) => running !== true);
    // October: 31 seats for 27 of 31 days at 31.00 = 837.00 (1,674.00 at 62.00), 8.71 of storage, 12 calls at 1.00.
    // November: 961.00 (1,922.00) and 10.00.
    expect(over?.map(({ start, before, after }) => [start, before, after])).toEqual([
      ['2026-10-01', '857.71', '1694.71'],
      ['2026-11-01', '971.00', '1932.00'],
    ]);
    expect(report.totals).toEqual([
      { currency: 'USD', before: '1828.71', after: '3626.71', difference: '1798.00', percent: '98.32' },
    ]);
  });

  it('reads what the changed price needs and the old one did not: every change of the seats', async () => {
    const { made } = await twoMonths();
    const bySecond = seatsBy({ step: 'seats', unitPrice: '31.00', proration: 'second' });
    const { accounts, report } = await runPreview(made, bySecond, { months: 2 });
    expect(report.counts).toMatchObject({ problems: 0, same: 1 });
    for (const { before, after } of accounts[0]?.periods ?? []) expect(after).toBe(before);
  });
});
