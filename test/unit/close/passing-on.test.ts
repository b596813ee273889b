import { describe, expect, it } from 'vitest';
import type { CatalogEntry, Contract, FxRate, PriceBook, PriceStep } from '../../../lambdas/catalog/types.ts';
import { readLine } from '../../../lambdas/close/explain-line.ts';
import { entry } from './close-catalog.ts';
import { approveAll, documentsOf, goOn, resolve, runMachine } from './close-world.ts';
import { agreed, calls, ledgerWorld, NOVEMBER, OCTOBER, SEPTEMBER, seats } from './ledger-world.ts';

/** A book of calls at these steps, and a yearly accumulation if asked for. */
const bookOf = (steps: readonly PriceStep[], over: Partial<PriceBook['prices'][number]> = {}, currency = 'USD') =>
  entry<PriceBook>('price-book', 'own', {
    id: 'own',
    name: 'Own',
    currency,
    prices: [
      {
        ...{ id: 'p', product: 'api-calls', description: 'Calls', meter: 'calls', perDimensions: [], steps },
        ...over,
      },
    ],
  });
const ITEM = [{ id: 'p', price: 'p' }];
const own = (over: Partial<Contract> = {}) => agreed({ priceBook: 'own', items: ITEM, ...over });
const amended = (of: CatalogEntry, effectiveFrom: string, over: Partial<Contract>, version = 2): CatalogEntry =>
  entry('contract', of.id, { ...(of.body as Contract), ...over }, { version, effectiveFrom });

describe('what passes from period to period', () => {
  it('is the allowance that was not used; a late event in month 1 is felt in month 2 and 3, until it is not', async () => {
    const rollover = bookOf([
      { step: 'allowance', quantity: '100', rollover: { periods: 3 } },
      { step: 'per-unit', unitPrice: '1' },
    ]);
    const { made, append, close } = ledgerWorld(own({ start: '2026-09-01' }), rollover);
    await append(
      calls('2026-09-05T00:00:00.000Z', 60),
      calls('2026-10-05T00:00:00.000Z', 120),
      calls('2026-11-05T00:00:00.000Z', 130),
    );
    // 40 are left of September; 20 of them go in October; 20 of them and 10 more in November.
    expect(await close(SEPTEMBER)).toEqual([]);
    expect(await close(OCTOBER)).toEqual([]);
    expect(await close(NOVEMBER)).toEqual(['api-calls: 10.00']);

    await append(calls('2026-09-06T00:00:00.000Z', 25));
    expect(await close(SEPTEMBER)).toEqual([]);
    const again: string[] = [];
    for (const dates of [OCTOBER, NOVEMBER]) {
      const open = await made.store.latestClose(dates);
      expect(open).toMatchObject({ run: 2, status: 'running', startedBy: 'system:rate-again', accounts: ['a1'] });
      const closeId = open?.closeId ?? '';
      await runMachine(made, closeId);
      await approveAll(made, closeId);
      await goOn(made, closeId);
      again.push(...(await documentsOf(made, closeId)).map(({ kind, total }) => `${dates.start} ${kind}: ${total}`));
      made.clock.advance(3_600_000);
    }
    // 15 are left of September now: October takes them and 5 of its own price; November is 30 above its 100.
    expect(again).toEqual(['2026-10-01 invoice: 5.00', '2026-11-01 debit-memo: 20.00']);
  });

  it('are the tiers of a contract year', async () => {
    const tiers = bookOf(
      [
        {
          step: 'graduated',
          tiers: [
            { upTo: '100', unitPrice: '1' },
            { upTo: null, unitPrice: '0.5' },
          ],
        },
      ],
      { accumulate: 'contract-year' },
    );
    const { append, close } = ledgerWorld(own({ start: '2026-09-01' }), tiers);
    await append(calls('2026-09-05T00:00:00.000Z', 80), calls('2026-10-05T00:00:00.000Z', 40));
    expect(await close(SEPTEMBER)).toEqual(['api-calls: 80.00']);
    expect(await close(OCTOBER)).toEqual(['api-calls: 30.00']);
  });

  it('is prepaid credit: documents say what it pays, and give it back when less is due', async () => {
    const perCall = bookOf([{ step: 'per-unit', unitPrice: '1' }]);
    const credit = {
      ...{ id: 'prepaid', description: 'Prepaid', kind: 'prepaid' as const, amount: '100', priority: 1 },
      from: '2026-09-01',
    };
    const { made, append, close, closed } = ledgerWorld(own({ start: '2026-09-01', credits: [credit] }), perCall);
    const payments = async () => {
      const documents = await documentsOf(made, closed.at(-1) ?? '');
      return documents.flatMap((each) => (each.payments ?? []).map(({ credit: id, amount }) => `${id}: ${amount}`));
    };
    await append(calls('2026-09-05T00:00:00.000Z', 60), calls('2026-10-05T00:00:00.000Z', 70));
    await close(SEPTEMBER);
    expect(await payments()).toEqual(['prepaid: 60.00']);
    await close(OCTOBER);
    expect(await payments()).toEqual(['prepaid: 40.00']);
    await append(calls('2026-09-06T00:00:00.000Z', 5));
    expect(await close(SEPTEMBER)).toEqual(['api-calls: 5.00']);
    expect(await payments()).toEqual(['prepaid: 5.00']);
  });

  it('is what a wallet still holds, over a month that could not be rated, and less once that was mended', async () => {
    const perCall = bookOf([{ step: 'per-unit', unitPrice: '1' }]);
    const credit = {
      ...{ id: 'prepaid', description: 'Prepaid', kind: 'prepaid' as const, amount: '100', priority: 1 },
      from: '2026-09-01',
    };
    const first = own({ start: '2026-09-01', credits: [credit] });
    const broken = amended(first, '2026-10-01T00:00:00.000Z', { items: [{ id: 'p', price: 'gone' }] });
    const healed = amended(first, '2026-11-01T00:00:00.000Z', {}, 3);
    const { made, append, close, closed } = ledgerWorld(first, broken, healed, perCall);
    const payments = async (closeId = closed.at(-1) ?? '') =>
      (await documentsOf(made, closeId)).flatMap((each) => (each.payments ?? []).map(({ amount }) => amount));
    await append(
      calls('2026-09-05T00:00:00.000Z', 60),
      calls('2026-10-05T00:00:00.000Z', 30),
      calls('2026-11-05T00:00:00.000Z', 70),
    );
    await close(SEPTEMBER);
    expect(await payments()).toEqual(['60.00']);
    expect(await close(OCTOBER)).toEqual([]);
    await close(NOVEMBER);
    // 60 of 100 are used: not all of it pays again.
    expect(await payments()).toEqual(['40.00']);

    made.publish({ ...amended(first, '2026-10-01T00:00:00.000Z', {}, 4), publishedAt: made.clock.now() });
    for (const { exceptionId } of await made.store.exceptions(OCTOBER)) await resolve(made, exceptionId, 'fixed');
    expect(await close(OCTOBER)).toEqual(['api-calls: 30.00']);
    expect(await payments()).toEqual(['30.00']);
    const again = await made.store.latestClose(NOVEMBER);
    expect(again).toMatchObject({ run: 2, accounts: ['a1'] });
    await runMachine(made, again?.closeId ?? '');
    const notes = (await made.store.close(again?.closeId ?? ''))?.steps.freeze.notes?.join(' ');
    expect(notes).toContain('of a1 prepaid credit pays -30.00 USD (Prepaid) more than documents said');
  });

  it('is what was charged in advance: the period before the first charges the first', async () => {
    const fee = bookOf([{ step: 'recurring-fee', amount: '31', proration: 'day', billing: 'advance' }]);
    const { meter: _, ...price } = (fee.body as PriceBook).prices[0] as PriceBook['prices'][number];
    const advance = { ...fee, body: { ...(fee.body as PriceBook), prices: [price] } };
    const { close } = ledgerWorld(own({ start: '2026-10-01', end: '2026-11-16' }), advance);
    expect(await close(SEPTEMBER)).toEqual(['api-calls: 31.00']);
    // November is covered for 15 of 30 days.
    expect(await close(OCTOBER)).toEqual(['api-calls: 15.50']);
    expect(await close(NOVEMBER)).toEqual([]);
  });
});

describe('a contract that is ended with a period', () => {
  it('gives back what was charged ahead, also by an amendment that takes effect when it ends', async () => {
    const fee = bookOf([{ step: 'recurring-fee', amount: '31', proration: 'day', billing: 'advance' }]);
    const { meter: _, ...price } = (fee.body as PriceBook).prices[0] as PriceBook['prices'][number];
    const advance = { ...fee, body: { ...(fee.body as PriceBook), prices: [price] } };
    const first = own({ start: '2026-10-01' });
    const ended = amended(first, '2026-11-01T00:00:00.000Z', { end: '2026-11-01' });
    const { close } = ledgerWorld(first, ended, advance);
    expect(await close(SEPTEMBER)).toEqual(['api-calls: 31.00']);
    // The version of October does not know that it ends.
    expect(await close(OCTOBER)).toEqual(['api-calls: 31.00']);
    expect(await close(NOVEMBER)).toEqual(['api-calls: -31.00']);
  });
});

describe('a period that was amended within', () => {
  it('charges ahead once, whatever was amended', async () => {
    const fee = bookOf([{ step: 'recurring-fee', amount: '31', proration: 'day', billing: 'advance' }]);
    const {
      prices: [price],
      ...book
    } = fee.body as PriceBook;
    const { meter: _, ...fees } = price as PriceBook['prices'][number];
    const called = { ...fees, id: 'calls', description: 'Calls', meter: 'calls' };
    const perCall = { ...called, steps: [{ step: 'per-unit' as const, unitPrice: '1' }] };
    const both = { ...fee, body: { ...book, prices: [fees, perCall] } };
    const first = own({ start: '2026-09-01', items: [...ITEM, { id: 'calls', price: 'calls' }] });
    const half = [{ step: 'per-unit' as const, unitPrice: '0.50' }];
    const second = amended(first, '2026-10-11T00:00:00.000Z', {
      items: [...ITEM, { id: 'calls', price: 'calls', steps: half }],
    });
    const { append, close } = ledgerWorld(first, second, both);
    await append(calls('2026-10-05T00:00:00.000Z', 4), calls('2026-10-15T00:00:00.000Z', 4));
    const total = async (dates: typeof OCTOBER) =>
      (await close(dates)).reduce((sum, line) => sum + Number(line.split(': ')[1]), 0);
    expect(await total({ start: '2026-08-01', end: '2026-09-01' })).toBe(31);
    expect(await total(SEPTEMBER)).toBe(31);
    // 4.00 and 2.00 for calls, and November's fee.
    expect(await total(OCTOBER)).toBe(37);
    expect(await total(NOVEMBER)).toBe(31);
  });

  it('is billed in parts, each by its version, with usage and seats of its own days', async () => {
    const first = agreed({ items: ['fee', 'seats', 'calls'].map((id) => ({ id, price: id })) });
    const second = amended(first, '2026-10-11T00:00:00.000Z', {
      items: [
        { id: 'seats', price: 'seats' },
        { id: 'calls', price: 'calls', steps: [{ step: 'per-unit', unitPrice: '2' }] },
      ],
    });
    const { append, close, lines, made } = ledgerWorld(first, second);
    await append(
      seats('2026-09-20T00:00:00.000Z', 10),
      seats('2026-10-21T00:00:00.000Z', 20),
      calls('2026-10-10T23:00:00.000Z', 5),
      calls('2026-10-11T00:00:00.000Z', 7),
    );
    await close(OCTOBER);
    expect(await lines()).toEqual([
      'Fee 2026-10-01 to 2026-10-11: 10.00',
      'Seats 2026-10-01 to 2026-10-11: 100.00',
      'Calls 2026-10-01 to 2026-10-11: 5.00',
      // 10 seats on 10 days and 20 on 11, of 31.
      'Seats 2026-10-11 to 2026-11-01: 320.00',
      'Calls 2026-10-11 to 2026-11-01: 14.00',
    ]);
    expect(await close(NOVEMBER)).toEqual(['platform: 620.00']);
    // A late event of the first part is priced by the first version, with its prices.
    await append(calls('2026-10-03T00:00:00.000Z', 3));
    made.publish({
      ...amended(first, '2026-10-21T00:00:00.000Z', { items: ITEM, priceBook: 'gone' }, 3),
      publishedAt: '2027-06-01T00:00:00.000Z',
    });
    expect(await close(OCTOBER)).toEqual(['api-calls: 3.00']);
  });

  it('that is amended after it was billed is corrected, part by part', async () => {
    const first = agreed({ items: [{ id: 'calls', price: 'calls' }] });
    const { append, close, made } = ledgerWorld(first);
    await append(calls('2026-10-05T00:00:00.000Z', 5), calls('2026-10-15T00:00:00.000Z', 7));
    expect(await close(OCTOBER)).toEqual(['api-calls: 12.00']);
    const half = [{ step: 'per-unit' as const, unitPrice: '0.50' }];
    const second = amended(first, '2026-10-11T00:00:00.000Z', {
      items: [{ id: 'calls', price: 'calls', steps: half }],
    });
    made.publish({ ...second, publishedAt: made.clock.now() });
    // The first part comes to 5.00 (−7.00), the second to 3.50.
    expect(await close(OCTOBER)).toEqual(['api-calls: -7.00', 'api-calls: 3.50']);
  });
});

describe('a price book in another currency', () => {
  it('is converted at the pinned rate before the one rounding', async () => {
    const rate: FxRate = { id: 'eur-usd', from: 'EUR', to: 'USD', rate: '1.1234', source: 'ECB reference rate' };
    const fx = entry('fx-rate', 'eur-usd', rate, { effectiveFrom: '2026-10-30T00:00:00.000Z' });
    const { append, close, made, closed } = ledgerWorld(
      own(),
      bookOf([{ step: 'per-unit', unitPrice: '1' }], {}, 'EUR'),
      fx,
    );
    await append(calls('2026-10-05T00:00:00.000Z', 3));
    expect(await close(OCTOBER)).toEqual(['api-calls: 3.37']);
    const [document] = await documentsOf(made, closed[0] ?? '');
    const line = await readLine(made, document?.lines[0]?.lineId ?? '');
    expect(line.pins.fx).toEqual({ id: 'eur-usd', version: 1, rate: '1.1234', date: '2026-10-30' });
    expect(line.schedule).toMatchObject({ recognition: 'as-used', currency: 'USD', entries: [{ amount: '3.37' }] });
  });
});
