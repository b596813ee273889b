import { describe, expect, it } from 'vitest';
import type { CatalogEntry, Contract } from '../../../lambdas/catalog/types.ts';
import { amendmentDay, contractsIn } from '../../../lambdas/close/contracts-in.ts';
import { lineEvents } from '../../../lambdas/close/explain-line.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { account, contract, entry } from './close-catalog.ts';
import { documentsOf } from './close-world.ts';
import { agreed, BOOK, calls, gigabytes, ledgerWorld, NOVEMBER, OCTOBER, SEPTEMBER, seats } from './ledger-world.ts';

const KNOWN = '2027-01-01T00:00:00.000Z';
const CALLS = [{ id: 'calls', price: 'calls' }];

const amended = (of: CatalogEntry, effectiveFrom: string, over: Partial<Contract>, version = 2): CatalogEntry =>
  entry('contract', of.id, { ...(of.body as Contract), ...over }, { version, effectiveFrom });

/** What a close of October rates of these versions, as `version: from to end of period`. */
const planned = async (versions: CatalogEntry[], dates = OCTOBER): Promise<string[]> =>
  (await contractsIn(memoryCatalog(versions), dates, KNOWN)).map(
    ({ entry: { version }, period, part, covered, ahead }) =>
      `${version}: ${covered.start} to ${covered.end} of ${period.start} to ${period.end}${part ? ' (part)' : ''}${ahead ? ' (ahead)' : ''}`,
  );

describe('what a close of a calendar month rates', () => {
  it('is the month itself for a contract of calendar months, clipped to start and end', async () => {
    expect(await planned([contract('a1')])).toEqual(['1: 2026-10-01 to 2026-11-01 of 2026-10-01 to 2026-11-01']);
    expect(await planned([contract('a1', { start: '2026-10-12', end: '2026-10-20' })])).toEqual([
      '1: 2026-10-12 to 2026-10-20 of 2026-10-01 to 2026-11-01',
    ]);
    expect(await planned([contract('a1', { end: '2026-10-01' })])).toEqual([]);
  });

  it('is the period that ends in it for any other anchor or cadence', async () => {
    expect(await planned([contract('a1', { anchorDay: 15 })])).toEqual([
      '1: 2026-09-15 to 2026-10-15 of 2026-09-15 to 2026-10-15',
    ]);
    expect(await planned([contract('a1', { anchorDay: 31 })])).toEqual([
      '1: 2026-09-30 to 2026-10-31 of 2026-09-30 to 2026-10-31',
    ]);
    expect(await planned([contract('a1', { cadence: 'quarterly' })])).toEqual([]);
    expect(
      await planned([contract('a1', { cadence: 'quarterly' })], { start: '2026-09-01', end: '2026-10-01' }),
    ).toEqual(['1: 2026-07-01 to 2026-10-01 of 2026-07-01 to 2026-10-01']);
  });

  it('is each part of a period that was amended within, with its own version', async () => {
    const first = contract('a1', { zone: 'Etc/UTC' });
    const versions = [
      first,
      amended(first, '2026-10-11T00:00:00.000Z', { priceBook: 'other' }),
      // What may be used is not what is charged: this one divides nothing.
      amended(first, '2026-10-15T00:00:00.000Z', { priceBook: 'other', entitlements: [] }, 3),
      amended(first, '2026-10-21T00:00:00.000Z', { priceBook: 'third' }, 4),
    ];
    expect(await planned(versions)).toEqual([
      '1: 2026-10-01 to 2026-10-11 of 2026-10-01 to 2026-11-01 (part)',
      '2: 2026-10-11 to 2026-10-21 of 2026-10-01 to 2026-11-01 (part)',
      '4: 2026-10-21 to 2026-11-01 of 2026-10-01 to 2026-11-01 (part)',
    ]);
    // Only what was known then.
    expect(await contractsIn(memoryCatalog(versions), OCTOBER, '2023-01-01T00:00:00.000Z')).toEqual([]);
  });

  it('goes over to another anchor where the amendment says so, and leaves nothing out', async () => {
    const first = contract('a1', { zone: 'Etc/UTC' });
    const versions = [first, amended(first, '2026-10-20T00:00:00.000Z', { anchorDay: 15 })];
    expect(await planned(versions)).toEqual(['1: 2026-10-01 to 2026-10-20 of 2026-10-01 to 2026-11-01 (part)']);
    expect(await planned(versions, NOVEMBER)).toEqual([
      '2: 2026-10-20 to 2026-11-15 of 2026-10-15 to 2026-11-15 (part)',
    ]);
  });

  it('knows the period before the first one, for what is charged in advance', async () => {
    expect(await planned([contract('a1', { start: '2026-11-05' })])).toEqual([
      '1: 2026-11-01 to 2026-11-01 of 2026-10-01 to 2026-11-01 (ahead)',
    ]);
  });

  it('knows the period that a contract ends before, for what was charged in advance', async () => {
    const first = contract('a1', { zone: 'Etc/UTC' });
    const versions = [first, amended(first, '2026-10-01T00:00:00.000Z', { end: '2026-10-01' })];
    expect(await planned(versions)).toEqual(['2: 2026-10-01 to 2026-10-01 of 2026-10-01 to 2026-11-01 (ahead)']);
    expect(await planned(versions, NOVEMBER)).toEqual([]);
  });

  it('takes the midnight of the zone and the midnight of UTC for the date they mean', () => {
    expect(amendmentDay('2026-10-01T04:00:00.000Z', 'America/New_York')).toBe('2026-10-01');
    expect(amendmentDay('2026-10-01T00:00:00.000Z', 'America/New_York')).toBe('2026-10-01');
    expect(amendmentDay('2026-10-01T00:00:00.000Z', 'Europe/Berlin')).toBe('2026-10-01');
    expect(amendmentDay('2026-09-30T22:00:00.000Z', 'Europe/Berlin')).toBe('2026-10-01');
  });
});

describe('a close of contracts with other periods', () => {
  it('bills each period once, month after month, with the seats that go on', async () => {
    const { append, close, lines } = ledgerWorld(agreed({ anchorDay: 15 }));
    await append(
      seats('2026-08-20T00:00:00.000Z', 31),
      gigabytes('2026-08-15T00:00:00.000Z', '100'),
      seats('2026-09-30T00:00:00.000Z', 10),
    );
    await close(SEPTEMBER);
    expect(await lines()).toEqual([
      // 31 seats on 26 of the 31 days.
      'Seats 2026-08-15 to 2026-09-15: 806.00',
      'Storage 2026-08-15 to 2026-09-15: 10.00',
    ]);
    await close(OCTOBER);
    expect(await lines()).toEqual([
      // 31 seats on 15 days and 10 on 15.
      'Seats 2026-09-15 to 2026-10-15: 635.50',
      'Storage 2026-09-15 to 2026-10-15: 10.00',
    ]);
  });

  it('bills a quarter when it ends, from all its usage, and nothing in between', async () => {
    const quarterly = agreed({ cadence: 'quarterly', items: CALLS });
    const monthly = contract('a2', { zone: 'Etc/UTC', priceBook: 'going-on', items: CALLS });
    const { append, close, lines } = ledgerWorld(quarterly, monthly);
    await append(calls('2026-08-20T00:00:00.000Z', 5), calls('2026-09-30T23:00:00.000Z', 7));
    expect(await close({ start: '2026-08-01', end: '2026-09-01' })).toEqual([]);
    expect(await close(SEPTEMBER)).toEqual(['api-calls: 12.00']);
    expect(await lines()).toEqual(['Calls 2026-07-01 to 2026-10-01: 12.00']);
  });

  it('prices the usage of covered children too, and tells them apart where the price asks for it', async () => {
    const covering = agreed({ covers: ['kid'], items: CALLS });
    const pooled = ledgerWorld(covering, ...account('kid'));
    const events = [calls('2026-10-05T00:00:00.000Z', 5), calls('2026-10-06T00:00:00.000Z', 7, 'org-kid')];
    await pooled.append(...events);
    expect(await pooled.close(OCTOBER)).toEqual(['api-calls: 12.00']);

    const { body } = BOOK as CatalogEntry<{ prices: { id: string }[] }>;
    const prices = body.prices.map((price) =>
      price.id === 'calls' ? { ...price, perDimensions: ['account'] } : price,
    );
    const apart = { ...BOOK, id: 'apart', body: { ...body, id: 'apart', prices } };
    const perChild = agreed({ covers: ['kid'], items: CALLS, priceBook: 'apart' });
    const world = ledgerWorld(perChild, apart, ...account('kid'));
    await world.append(...events);
    await world.close(OCTOBER);
    expect(await world.lines()).toEqual([
      'Calls (account a1) 2026-10-01 to 2026-11-01: 5.00',
      'Calls (account kid) 2026-10-01 to 2026-11-01: 7.00',
    ]);
    // Each line leads to the events of its own account.
    const [document] = await documentsOf(world.made, world.closed[0] ?? '');
    const subjects = [];
    for (const { lineId } of document?.lines ?? []) {
      const { items } = await lineEvents(world.explaining, { lineId, limit: 10 });
      subjects.push(items.map(({ subject }) => subject));
    }
    expect(subjects).toEqual([['org-a1'], ['org-kid']]);
  });
});

describe('the comparison with the month before', () => {
  it('leaves out what is billed by quarter or year: it is not there in most months', async () => {
    const yearly = contract('a1', {
      ...{ id: 'contract-a1-year', zone: 'Etc/UTC', cadence: 'annual' as const, start: '2025-10-01' },
      ...{ priceBook: 'going-on', items: [{ id: 'fee', price: 'fee', quantity: '1000' }] },
    });
    const { append, close, made } = ledgerWorld(agreed({ items: CALLS }), yearly);
    await append(calls('2026-08-05T00:00:00.000Z', 10), calls('2026-09-05T00:00:00.000Z', 10));
    await append(calls('2026-10-05T00:00:00.000Z', 10));
    await close({ start: '2026-08-01', end: '2026-09-01' });
    expect(await close(SEPTEMBER)).toEqual(['platform: 31000.00', 'api-calls: 10.00']);
    expect(await close(OCTOBER)).toEqual(['api-calls: 10.00']);
    for (const dates of [SEPTEMBER, OCTOBER]) expect(await made.store.exceptions(dates)).toEqual([]);
  });
});
