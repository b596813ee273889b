import { describe, expect, it } from 'vitest';
import { account, catalogOf, closeAll, contract, documentsOf, makeWorld, runMachine, start } from './close-world.ts';

describe('a close, from readiness to reconciled', () => {
  it('bills fee and calls above the allowance, one manifest per entity, and reconciles', async () => {
    const world = makeWorld();
    world.usage.set('org-a1', '150').set('org-a3', '300');
    const { close, manifests } = await closeAll(world);
    expect(close.status).toBe('done');
    expect(manifests.map(({ entity, status, totals }) => [entity, status, totals])).toEqual([
      ['gmbh', 'posted', { EUR: '70.00' }],
      ['inc', 'posted', { USD: '105.00' }],
    ]);
    const documents = await documentsOf(world, close.closeId);
    expect(documents.map(({ documentId, total }) => [documentId, total])).toEqual([
      ['mb-a1-20261001-invoice-1USD-0', '55.00'],
      ['mb-a2-20261001-invoice-1USD-0', '50.00'],
      ['mb-a3-20261001-invoice-2EUR-0', '70.00'],
    ]);
    expect([...world.erp.books.values()].map(({ total }) => total).sort()).toEqual(['50.00', '55.00', '70.00']);
    expect(world.sent.map(({ correlationId }) => correlationId)).toContain(
      `${close.closeId}/mb-a1-20261001-invoice-1USD-0`,
    );
    expect(close.steps.reconcile).toMatchObject({ state: 'done', done: 3, total: 3 });
    expect(close.steps.judge.totals).toEqual({ EUR: '70.00', USD: '105.00' });
    expect(Object.values(close.steps).every(({ state }) => state === 'done')).toBe(true);
  });

  it('puts the lines of a child on the document of the payer', async () => {
    const world = makeWorld([...catalogOf(), ...account('a4'), contract('a4', { payer: 'a1' })]);
    world.usage.set('org-a4', '110');
    const { close } = await closeAll(world);
    const [first, ...rest] = await documentsOf(world, close.closeId);
    expect(first).toMatchObject({ account: 'a1', total: '101.00' });
    expect(first?.lines.map((line) => [line.account, line.amount])).toEqual([
      ['a1', '50.00'],
      ['a4', '50.00'],
      ['a4', '1.00'],
    ]);
    expect(rest.map((document) => document.account)).not.toContain('a4');
  });

  it('refuses to begin before the period is over, with the reason in words', async () => {
    const world = makeWorld();
    world.clock.set('2026-11-01T04:00:00.000Z');
    const closeId = await start(world);
    expect((await runMachine(world, closeId)).state).toBe('failed');
    const close = await world.store.close(closeId);
    expect(close?.failure).toMatchObject({ step: 'readiness', code: 'NOT_READY' });
    expect(close?.steps.readiness.notes?.join(' ')).toContain('24 hours of grace');
    expect(close?.steps.readiness.state).toBe('failed');
  });

  it('stops for a closed ERP period; says, and goes on, for what does not block', async () => {
    const closed = makeWorld();
    closed.erp.told.open = false;
    const closedId = await start(closed);
    expect((await runMachine(closed, closedId)).result).toMatchObject({ code: 'NOT_READY' });

    const noted = makeWorld();
    Object.assign(noted.ports.quarantine, { waiting: async () => ({ count: 40, more: false }) });
    Object.assign(noted.ports.usage, { dirtyDays: async () => 1 });
    const { close } = await closeAll(noted);
    expect(close.status).toBe('done');
    expect(close.steps.readiness.notes).toHaveLength(2);
    expect(close.steps.readiness.notes?.join(' ')).toContain('40 rejected events wait');
  });

  it('goes on when the ERP cannot say whether its period is open', async () => {
    const world = makeWorld();
    world.erp.told.readable = false;
    const closeId = await start(world);
    expect((await runMachine(world, closeId)).state).toBe('needs you');
    expect((await world.store.close(closeId))?.steps.readiness.notes?.join(' ')).toContain('did not say');
  });

  it('fails a close of dates that no contract covers', async () => {
    const world = makeWorld(catalogOf().filter(({ kind }) => kind !== 'contract'));
    expect((await runMachine(world, await start(world))).result).toMatchObject({ code: 'NOT_READY' });
  });

  it('makes one account’s trouble an exception of that account only', async () => {
    const world = makeWorld([
      ...catalogOf(),
      ...account('a4'),
      contract('a4', { items: [{ id: 'x', price: 'none' }] }),
    ]);
    const { close } = await closeAll(world);
    expect(close.status).toBe('done');
    const [exception] = await world.store.exceptions(close);
    expect(exception).toMatchObject({ kind: 'missing-price', account: 'a4', state: 'open' });
    expect(close.steps.rate).toMatchObject({ done: 4, total: 4 });
    expect(close.steps.judge.notes?.join(' ')).toContain('1 of 4 accounts could not be rated');
    expect(await documentsOf(world, close.closeId)).toHaveLength(3);
    expect(world.counted['exceptions us']).toBe(1);
  });

  it('makes a price book that is not there an exception before rating', async () => {
    const world = makeWorld([...catalogOf(), ...account('a4'), contract('a4', { priceBook: 'none' })]);
    const { close } = await closeAll(world);
    expect((await world.store.exceptions(close)).map(({ kind }) => kind)).toEqual(['missing-price']);
    expect((await world.store.account(close.closeId, 'a4'))?.state).toBe('excepted');
  });

  it('makes a gap in the mapping an exception that holds the payer', async () => {
    const entries = catalogOf().map((each) =>
      each.kind === 'account' && each.id === 'a2'
        ? { ...each, body: { ...(each.body as object), erp: undefined } }
        : each,
    );
    const world = makeWorld(entries);
    const { close } = await closeAll(world);
    const [exception] = await world.store.exceptions(close);
    expect(exception).toMatchObject({ kind: 'missing-mapping', account: 'a2' });
    expect(exception?.message).toContain('no customer id');
    expect(await documentsOf(world, close.closeId)).toHaveLength(2);

    const noMapping = makeWorld(catalogOf().filter(({ id }) => id !== 'netsuite-invoice'));
    const second = await closeAll(noMapping);
    expect(second.manifests).toEqual([]);
    expect((await noMapping.store.exceptions(second.close)).map(({ kind }) => kind)).toEqual(
      Array.from({ length: 3 }, () => 'missing-mapping'),
    );
  });

  it('lists usage that nobody owns and holds nobody for it', async () => {
    const world = makeWorld();
    world.ownerless.push({ subject: 'org-99', events: 12 });
    const { close } = await closeAll(world);
    const [exception] = await world.store.exceptions(close);
    expect(exception).toMatchObject({ kind: 'unattributed-usage', subject: 'org-99' });
    expect(exception?.account).toBeUndefined();
    expect(await documentsOf(world, close.closeId)).toHaveLength(3);
  });

  it('notices an account far above its period before, and holds it', async () => {
    const world = makeWorld();
    await world.store.putResult({
      account: 'a1',
      start: '2026-09-01',
      end: '2026-10-01',
      closeId: 'close-20260901-20261001-1',
      totals: { USD: '50.00' },
      ...(await emptyLines(world)),
    });
    world.usage.set('org-a1', '20100');
    const { close } = await closeAll(world);
    const [exception] = await world.store.exceptions(close);
    expect(exception).toMatchObject({ kind: 'anomaly', account: 'a1', amountAtStake: { amount: '2050.00' } });
    expect((await documentsOf(world, close.closeId)).map((document) => document.account)).toEqual(['a2', 'a3']);
  });

  it('refuses when stored lines are not what was pinned', async () => {
    const world = makeWorld();
    const closeId = await start(world);
    await runMachine(world, closeId);
    const progress = await world.store.account(closeId, 'a1');
    world.texts.set(progress?.rated?.linesKey ?? '', JSON.stringify({ lines: [] }));
    await world.store.setStep(closeId, 'judge', { state: 'open', done: 0, total: 0 });
    await expect(runMachine(world, closeId)).rejects.toThrow('is not what was pinned');
  });

  it('refuses when an account was never rated', async () => {
    const world = makeWorld();
    const closeId = await start(world);
    await world.store.planAccount({
      format: 1,
      closeId,
      account: 'zz',
      accountName: 'zz',
      salesRegion: 'us',
      state: 'open',
      contracts: [],
      subjects: [],
      knownAt: world.clock.now(),
    });
    expect((await runMachine(world, closeId)).result).toMatchObject({ code: 'ACCOUNTS_MISSING' });
    expect((await world.store.close(closeId))?.failure?.message).toContain('zz');
  });
});

const emptyLines = async (world: ReturnType<typeof makeWorld>) => {
  const { putByHash } = await import('../../../lambdas/close/data-files.ts');
  const file = { format: 1, closeId: 'x', account: 'a1', lines: [], closing: { format: 1, carryIn: {} } };
  const { key, hash } = await putByHash(world.files, 'closes/x/lines/a1', file);
  return { linesKey: key, linesHash: hash };
};
