import { describe, expect, it } from 'vitest';
import type { CatalogEntry, Contract, FxRate, PriceBook } from '../../../lambdas/catalog/types.ts';
import { catalogOf, entry } from './close-catalog.ts';
import { closeAll, contract, documentsOf, makeWorld, priceBook, resolve, runMachine, start } from './close-world.ts';

const rate = (date: string, value: string, over: Partial<CatalogEntry> = {}): CatalogEntry =>
  entry<FxRate>(
    'fx-rate',
    'eur-usd',
    { id: 'eur-usd', from: 'EUR', to: 'USD', rate: value, source: 'ECB reference rate' },
    { effectiveFrom: `${date}T00:00:00.000Z`, ...over },
  );

/** Account a1 is billed in USD by a price book in EUR. */
const abroad = (over: Partial<Contract>, ...rates: CatalogEntry[]) =>
  makeWorld([
    ...catalogOf().filter(({ id }) => id !== 'contract-a1'),
    contract('a1', { priceBook: 'list-eur', ...over }),
    ...rates,
  ]);
const fxOf = async (world: ReturnType<typeof abroad>) => {
  const closeId = await start(world);
  await runMachine(world, closeId);
  return (await world.store.account(closeId, 'a1'))?.contracts[0]?.fx;
};

describe('the rate of exchange of a period', () => {
  const rates = [
    rate('2026-09-20', '1.05'),
    rate('2026-10-30', '1.10', { version: 2 }),
    rate('2026-11-02', '9', { version: 3 }),
  ];

  it('is the newest one up to its last day, or its first where the contract says so', async () => {
    expect(await fxOf(abroad({}, ...rates))).toMatchObject({ rate: '1.10', version: 2, date: '2026-10-30' });
    expect(await fxOf(abroad({ fxDate: 'period-start' }, ...rates))).toMatchObject({
      rate: '1.05',
      date: '2026-09-20',
    });
  });

  it('stays what the first billing pinned, whatever is published for that day later', async () => {
    const world = abroad({}, ...rates);
    await closeAll(world);
    world.publish(rate('2026-10-31', '2', { version: 4, publishedAt: world.clock.now() }));
    expect(await fxOf(world)).toMatchObject({ rate: '1.10' });
  });

  it('is missed in words when there is none, or only one that was forgotten: never zero, never one', async () => {
    const world = abroad({}, rate('2026-09-20', '1.05'));
    const { close } = await closeAll(world);
    const exceptions = await world.store.exceptions(close);
    expect(exceptions).toMatchObject([{ kind: 'missing-fx-rate', account: 'a1', state: 'open' }]);
    expect(exceptions[0]?.message).toBe(
      'There is missing: a rate from EUR to USD for 2026-10-31, not more than 31 days old (the last one is of 2026-09-20) of contract "contract-a1": publish it, decide "fixed" and close these dates again.',
    );
    expect((await documentsOf(world, close.closeId)).map(({ account }) => account)).toEqual(['a2', 'a3']);

    world.publish(rate('2026-10-31', '1.10', { version: 2, publishedAt: world.clock.now() }));
    await resolve(world, exceptions[0]?.exceptionId ?? '', 'fixed');
    expect(await fxOf(world)).toMatchObject({ rate: '1.10', version: 2 });
  });
});

describe('a book that supersedes the one a period was billed with', () => {
  const mended = (world: ReturnType<typeof makeWorld>): CatalogEntry => {
    const { body, ...rest } = priceBook('USD', '0.20', { version: 2, publishedAt: world.clock.now() });
    return { ...rest, body: { ...(body as PriceBook), supersedes: 1 } };
  };
  const totals = async (world: ReturnType<typeof makeWorld>) => {
    const { close } = await closeAll(world);
    const documents = await documentsOf(world, close.closeId);
    return { close, totals: documents.map(({ account, total }) => `${account}: ${total}`) };
  };

  it('changes nothing by itself, and the difference is billed once a person approved just that', async () => {
    const world = makeWorld();
    world.usage.set('org-a1', '150');
    await closeAll(world);
    world.publish(mended(world));
    const asked = await totals(world);
    expect(asked.totals).toEqual([]);
    const [exception] = await world.store.exceptions(asked.close);
    expect(exception).toMatchObject({ kind: 'superseding-book', state: 'open' });
    expect(exception?.account).toBeUndefined();

    await resolve(world, exception?.exceptionId ?? '', 'repin');
    const billed = await totals(world);
    expect(billed.totals).toEqual(['a1: 5.00']);
    // Who approved the book for these dates cannot approve the memo.
    expect((await world.store.manifests(billed.close.closeId))[0]?.makers).toEqual(['olga', 'pia']);
    expect((await totals(world)).totals).toEqual([]);
  });

  it('is left alone when a person says so', async () => {
    const world = makeWorld();
    world.usage.set('org-a1', '150');
    await closeAll(world);
    world.publish(mended(world));
    const { close } = await totals(world);
    const [exception] = await world.store.exceptions(close);
    await resolve(world, exception?.exceptionId ?? '', 'accepted');
    world.usage.set('org-a1', '160');
    expect((await totals(world)).totals).toEqual(['a1: 1.00']);
  });
});

describe('an amendment of a time that was billed', () => {
  it('is new knowledge: the difference is billed, with the prices of the first billing', async () => {
    const world = makeWorld();
    world.usage.set('org-a1', '150');
    await closeAll(world);
    const amended = contract('a1', { items: [{ id: 'calls', price: 'calls' }] });
    world.publish({ ...amended, version: 2, publishedAt: world.clock.now() });
    world.publish(priceBook('USD', '9.00', { version: 2, publishedAt: world.clock.now() }));
    const { close } = await closeAll(world);
    expect((await documentsOf(world, close.closeId)).map(({ kind, total }) => [kind, total])).toEqual([
      ['credit-memo', '-50.00'],
    ]);
  });
});
