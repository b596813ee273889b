import { describe, expect, it } from 'vitest';
import { closeAll, documentsOf, goOn, makeWorld, priceBook, resolve, runMachine, start } from './close-world.ts';

describe('a second close of the same dates', () => {
  it('bills what came late as a debit memo that names what it corrects, and nothing else', async () => {
    const world = makeWorld();
    world.usage.set('org-a1', '150');
    await closeAll(world);
    world.usage.set('org-a1', '180');
    const { close } = await closeAll(world);
    expect(close).toMatchObject({ run: 2, status: 'done' });
    const documents = await documentsOf(world, close.closeId);
    expect(documents).toHaveLength(1);
    expect(documents[0]).toMatchObject({
      documentId: 'mb-a1-20261001-debit-memo-1USD-1',
      kind: 'debit-memo',
      generation: 1,
      total: '3.00',
      corrects: 'mb-a1-20261001-invoice-1USD-0',
      period: { start: '2026-10-01', end: '2026-11-01', zone: 'America/New_York' },
    });
    expect(documents[0]?.lines.map(({ quantity, amount }) => [quantity, amount])).toEqual([['30', '3.00']]);
  });

  it('gives back what was too much as a credit memo, which the ERP books as a positive amount', async () => {
    const world = makeWorld();
    world.usage.set('org-a1', '150');
    await closeAll(world);
    world.usage.set('org-a1', '120');
    const { close } = await closeAll(world);
    const [document] = await documentsOf(world, close.closeId);
    expect(document).toMatchObject({ kind: 'credit-memo', total: '-3.00' });
    expect(world.erp.books.get(document?.documentId ?? '')).toMatchObject({ kind: 'credit-memo', total: '3.00' });
    expect(close.steps.reconcile).toMatchObject({ done: 1, total: 1 });
  });

  it('takes back a line that is not rated any more', async () => {
    const world = makeWorld();
    world.usage.set('org-a1', '150');
    await closeAll(world);
    world.usage.set('org-a1', '0');
    const { close } = await closeAll(world);
    const [document] = await documentsOf(world, close.closeId);
    expect(document).toMatchObject({ kind: 'credit-memo', total: '-5.00' });
  });

  it('makes no document when nothing changed, and is done without asking anyone', async () => {
    const world = makeWorld();
    world.usage.set('org-a1', '150');
    await closeAll(world);
    const { close, manifests } = await closeAll(world);
    expect(manifests).toEqual([]);
    expect(close.status).toBe('done');
    expect(close.steps.freeze.notes?.join(' ')).toContain('Nothing changed');
  });

  it('rates again with the prices of the first billing, whatever was published since', async () => {
    const world = makeWorld();
    world.usage.set('org-a1', '150');
    await closeAll(world);
    world.publish(priceBook('USD', '9.00', { version: 2, publishedAt: world.clock.now() }));
    world.usage.set('org-a1', '160');
    const { close } = await closeAll(world);
    expect((await documentsOf(world, close.closeId)).map(({ total }) => total)).toEqual(['1.00']);
  });

  it('bills a held account once the exception is decided; the decision is found again', async () => {
    const world = makeWorld();
    world.twice.set('org-a2', [
      {
        idHash: 'ab',
        state: 'open',
        slots: [
          { subject: 'org-a2', start: '2026-10-03T00:00:00.000Z' },
          { subject: 'org-a2', start: '2026-10-04T00:00:00.000Z' },
        ],
      },
    ]);
    const first = await closeAll(world);
    expect((await documentsOf(world, first.close.closeId)).map((each) => each.account)).toEqual(['a1', 'a3']);
    expect(first.close.steps.freeze.notes?.join(' ')).toContain('a2');
    const [exception] = await world.store.exceptions(first.close);
    expect(exception).toMatchObject({ kind: 'same-id-at-two-times', account: 'a2', state: 'open' });
    await resolve(world, exception?.exceptionId ?? '', 'count-both');

    const second = await closeAll(world);
    expect((await documentsOf(world, second.close.closeId)).map((each) => [each.account, each.kind])).toEqual([
      ['a2', 'invoice'],
    ]);
    expect(second.manifests[0]?.makers).toEqual(['olga', 'pia']);
    expect((await world.store.exceptions(second.close)).map(({ state }) => state)).toEqual(['resolved']);
  });

  it('closes the exception of an id whose finding was decided elsewhere, and takes who did for a maker', async () => {
    const world = makeWorld();
    const slots = [{ subject: 'org-a2', start: '2026-10-03T00:00:00.000Z' }];
    world.twice.set('org-a2', [{ idHash: 'ab', state: 'cancelling', slots }]);
    const first = await closeAll(world);
    expect((await world.store.exceptions(first.close))[0]?.message).toContain('are being cancelled');
    await world.countAll('ab', { by: 'olga' });
    world.deciders.set('org-a2', ['otto']);

    const second = await closeAll(world);
    expect((await documentsOf(world, second.close.closeId)).map((each) => each.account)).toEqual(['a2']);
    expect(second.manifests[0]?.makers).toEqual(['olga', 'otto', 'pia']);
    const [exception] = await world.store.exceptions(second.close);
    expect(exception).toMatchObject({ state: 'resolved', resolution: { decision: 'settled', by: 'olga' } });
  });

  it('raises one exception for a whole mistake of a producer, until what is left can be raised by itself', async () => {
    const world = makeWorld();
    const slots = [{ subject: 'org-a2', start: '2026-10-03T00:00:00.000Z' }];
    const many = Array.from({ length: 30 }, (_, n) => ({ idHash: `id-${n}`, state: 'open' as const, slots }));
    world.twice.set('org-a2', many);
    const first = await closeAll(world);
    expect((await world.store.exceptions(first.close)).map(({ evidence }) => evidence.many)).toEqual([true]);
    world.twice.set('org-a2', many.slice(0, 2));
    const second = await closeAll(world);
    const exceptions = await world.store.exceptions(second.close);
    expect(exceptions.map(({ state }) => state).sort()).toEqual(['open', 'open', 'resolved']);
    expect(await documentsOf(world, second.close.closeId)).toEqual([]);
  });

  it('leaves a billed account as it is while it is held', async () => {
    const world = makeWorld();
    world.usage.set('org-a1', '150');
    await closeAll(world);
    world.usage.set('org-a1', '500');
    world.twice.set('org-a1', [
      { idHash: 'ab', state: 'open', slots: [{ subject: 'org-a1', start: '2026-10-03T00:00:00.000Z' }] },
    ]);
    const { manifests } = await closeAll(world);
    expect(manifests).toEqual([]);
  });

  it('bills a returned manifest again, as the invoice it was', async () => {
    const world = makeWorld();
    const { clock, store } = world;
    const closeId = await start(world);
    await runMachine(world, closeId);
    for (const manifest of await store.manifests(closeId)) {
      const decision = { decision: 'return' as const, by: 'anton', at: clock.now(), reason: 'wrong price' };
      const record = { actor: 'anton', action: 'manifest.return', target: manifest.manifestId, details: {} };
      await store.decideManifest(manifest.manifestId, manifest.hash, decision, record);
    }
    expect((await goOn(world, closeId)).state).toBe('done');
    expect(world.erp.books.size).toBe(0);
    expect((await store.close(closeId))?.steps.approve.notes?.join(' ')).toContain('wrong price');
    const { close } = await closeAll(world);
    expect((await documentsOf(world, close.closeId)).map(({ kind, generation }) => [kind, generation])).toEqual(
      Array.from({ length: 3 }, () => ['invoice', 0]),
    );
  });
});
