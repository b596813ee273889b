import { describe, expect, it } from 'vitest';
import { disputeLine } from '../../../lambdas/close/dispute-line.ts';
import { holdsOf } from '../../../lambdas/close/holds.ts';
import type { CloseException } from '../../../lambdas/close/types.ts';
import { catalogOf, priceBook } from './close-catalog.ts';
import { closeAll, contract, documentsOf, makeWorld, resolve, type World } from './close-world.ts';

const second = (over: Parameters<typeof contract>[1] = {}) =>
  contract('a1', { id: 'contract-a1-b', items: [{ id: 'calls', price: 'calls' }], ...over });
const billed = async (world: World) => {
  const { close } = await closeAll(world);
  const documents = (await documentsOf(world, close.closeId)).filter(({ account }) => account === 'a1');
  return { close, documents, totals: documents.map(({ kind, total }) => `${kind}: ${total}`) };
};

describe('an open exception', () => {
  it('of a contract that cannot be rated holds that contract, and the others of the account are billed', async () => {
    const world = makeWorld([...catalogOf(), second({ items: [{ id: 'calls', price: 'gone' }] })]);
    world.usage.set('org-a1', '150');
    const first = await billed(world);
    expect(first.totals).toEqual(['invoice: 55.00']);
    expect(first.close.steps.judge.notes).toContain('1 contracts of accounts that have others could not be rated.');
    expect(first.close.steps.freeze.notes?.join(' ')).toContain('a1, contract contract-a1-b');
    const [exception] = await world.store.exceptions(first.close);
    expect(exception).toMatchObject({ kind: 'missing-price', account: 'a1', contract: 'contract-a1-b' });

    world.publish({ ...second(), version: 2, publishedAt: world.clock.now() });
    await resolve(world, exception?.exceptionId ?? '', 'fixed');
    expect((await billed(world)).totals).toEqual(['debit-memo: 5.00']);
  });

  it('of a price book that is not there holds the contract that names it', async () => {
    const world = makeWorld([...catalogOf(), second({ priceBook: 'list-gbp' })]);
    const { totals, close } = await billed(world);
    expect(totals).toEqual(['invoice: 50.00']);
    expect(await world.store.exceptions(close)).toMatchObject([{ kind: 'missing-price', contract: 'contract-a1-b' }]);
    world.publish({ ...priceBook('GBP'), publishedAt: world.clock.now() });
  });

  it('leaves what was billed of a contract as it is while that cannot be rated any more', async () => {
    const world = makeWorld([...catalogOf(), second()]);
    world.usage.set('org-a1', '150');
    // 55.00 and 5.00.
    expect((await billed(world)).totals).toEqual(['invoice: 60.00']);
    world.publish({
      ...second({ items: [{ id: 'calls', price: 'gone' }] }),
      version: 2,
      publishedAt: world.clock.now(),
    });
    world.usage.set('org-a1', '160');
    expect((await billed(world)).totals).toEqual(['debit-memo: 1.00']);
  });

  it('about a line holds its coupled group and nothing else, until it is decided', async () => {
    // Calls share a minimum commitment; the fee stands alone.
    const committed = contract('a1', { minimumCommitment: { amount: '100', description: 'Commitment' } });
    const world = makeWorld([...catalogOf().filter(({ id }) => id !== 'contract-a1'), committed]);
    world.usage.set('org-a1', '150');
    const first = await billed(world);
    const callsLine = first.documents[0]?.lines.find(({ product }) => product === 'api-calls');
    const lineId = callsLine?.lineId ?? '';
    const disputed = await disputeLine(world, { lineId, reason: 'not ours', by: 'pia' });
    expect(disputed).toMatchObject({ kind: 'disputed-line', account: 'a1', lineId, state: 'open' });

    // The calls would move and their true-up with them; the fee is not theirs.
    world.usage.set('org-a1', '1500');
    world.publish({
      ...contract('a1', {
        minimumCommitment: { amount: '100', description: 'Commitment' },
        items: [
          { id: 'fee', price: 'fee', steps: [{ step: 'recurring-fee', amount: '60', proration: 'none' }] },
          { id: 'calls', price: 'calls' },
        ],
      }),
      version: 2,
      publishedAt: world.clock.now(),
    });
    expect((await billed(world)).totals).toEqual(['debit-memo: 10.00']);
    await resolve(world, disputed.exceptionId, 'accepted');
    // 140.00 of calls instead of 5.00 and a true-up of 95.00.
    expect((await billed(world)).totals).toEqual(['debit-memo: 40.00']);
    expect((await world.audit.list(0, 200)).map(({ action }) => action)).toContain('line.dispute');
    await expect(disputeLine(world, { lineId: 'none', reason: 'x', by: 'pia' })).rejects.toMatchObject({
      problem: { code: 'NO_SUCH_LINE' },
    });
  });

  it('holds the account of lines that were billed before documents named their contract', () => {
    const open = { account: 'a1', contract: 'c1', state: 'open' } as CloseException;
    const { isHeld, accounts } = holdsOf([open], [], []);
    expect(isHeld({ lineId: 'x', account: 'a1' })).toBe(true);
    expect(isHeld({ lineId: 'x', account: 'a1', contract: 'c2' })).toBe(false);
    expect(accounts.size).toBe(0);
  });
});
