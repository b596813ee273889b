import { describe, expect, it } from 'vitest';
import { countByRegion } from '../../../lambdas/close/count-by-region.ts';
import { resolveException } from '../../../lambdas/close/resolve-exception.ts';
import { runStep } from '../../../lambdas/close/run-step.ts';
import { account, catalogOf, closeAll, contract, documentsOf, makeWorld, runMachine, start } from './close-world.ts';

const outcome = { step: 'approval-outcome', error: '', approvalTimeoutSeconds: '3600' };

describe('disputed documents', () => {
  it('are counted by region, and where there is none under a name of their own', () => {
    const accounts = [
      { account: 'a1', salesRegion: 'us' },
      { account: 'a2', salesRegion: 'eu' },
    ];
    const things = [{ account: 'a1' }, { account: 'a2' }, { account: 'a1' }, { account: 'gone' }, {}];
    expect(Object.fromEntries(countByRegion(things, accounts))).toEqual({ us: 2, eu: 1, none: 2 });
  });

  it('are the accounts held back when manifests are frozen, once', async () => {
    const world = makeWorld([
      ...catalogOf(),
      ...account('a4'),
      contract('a4', { items: [{ id: 'x', price: 'none' }] }),
    ]);
    const { close } = await closeAll(world);
    expect(world.counted['disputed us']).toBe(1);
    await runStep(world.ports, { step: 'freeze', closeId: close.closeId });
    expect(world.counted['disputed us']).toBe(1);
  });

  it('are the documents of a manifest that was returned, and of no other', async () => {
    const world = makeWorld();
    const closeId = await start(world);
    await runMachine(world, closeId);
    const [manifest] = await world.store.manifests(closeId);
    if (manifest === undefined) throw new Error('nothing was frozen');
    const { manifestId, hash, documents } = manifest;
    await runStep(world.ports, { ...outcome, manifestId });
    expect(world.counted).toEqual({});
    const decision = { decision: 'return' as const, by: 'anton', at: world.clock.now(), reason: 'wrong price' };
    const record = { actor: 'anton', action: 'manifest.return', target: manifestId, details: {} };
    await world.store.decideManifest(manifestId, hash, decision, record);
    expect(await runStep(world.ports, { ...outcome, manifestId })).toMatchObject({ status: 'returned' });
    expect(world.counted).toEqual({ 'disputed us': documents.length });
  });
});

describe('what an exception says a person can do', () => {
  const decide = (world: ReturnType<typeof makeWorld>, exceptionId: string, decision: string) =>
    resolveException(
      { clock: world.clock, store: world.store, giveUp: async () => false, countAll: world.countAll },
      { exceptionId, decision, reason: 'seen', by: 'pia' },
    );

  it('holds: what was published and decided as fixed is billed by the next close', async () => {
    const entries = catalogOf();
    const world = makeWorld(entries.filter(({ id }) => id !== 'netsuite-invoice'));
    const { close } = await closeAll(world);
    const found = await world.store.exceptions(close);
    expect(found.map(({ message }) => message)).toEqual(
      found.map(
        () => 'There is no mapping for documents of the kind invoice: publish one, decide "fixed" and close again.',
      ),
    );
    for (const each of entries.filter(({ id }) => id === 'netsuite-invoice')) world.publish(each);
    for (const { exceptionId } of found) await decide(world, exceptionId, 'fixed');
    expect(await documentsOf(world, (await closeAll(world)).close.closeId)).toHaveLength(3);
  });

  it('holds: events that no key counts leave the account unbilled, whatever is decided', async () => {
    const world = makeWorld();
    const { read } = world.ports.usage;
    Object.assign(world.ports.usage, {
      read: async (request: Parameters<typeof read>[0]) => {
        const own = request.subjects.some(({ subject }) => subject === 'org-a1');
        return { ...(await read(request)), overflow: own ? [{ meter: 'api_calls' }, { meter: 'other' }] : [] };
      },
    });
    const { close } = await closeAll(world);
    const [exception] = await world.store.exceptions(close);
    expect(exception?.message).toMatch(/^The ledger has 1 events of "api_calls" that are not counted: /);
    expect(exception?.message).toContain('bill this period in the ERP by hand and decide "accepted"');
    await decide(world, exception?.exceptionId ?? '', 'accepted');
    const again = await closeAll(world);
    expect((await world.store.account(again.close.closeId, 'a1'))?.state).toBe('excepted');
    expect(await documentsOf(world, again.close.closeId)).toEqual([]);
    expect((await world.store.exceptions(close)).filter(({ state }) => state === 'open')).toEqual([]);
  });

  it('holds: an id at two times is billed once it is accepted', async () => {
    const world = makeWorld();
    const slots = ['2026-10-05T10:00:00.000Z', '2026-10-06T10:00:00.000Z'].map((at) => ({
      subject: 'org-a1',
      start: at,
    }));
    world.twice.set('org-a1', [{ idHash: 'x', state: 'open', slots }]);
    const { close } = await closeAll(world);
    const [exception] = await world.store.exceptions(close);
    expect(exception?.message).toContain(
      'If they are different events, decide "accepted", which counts them all, and close again.',
    );
    expect(await documentsOf(world, close.closeId)).toHaveLength(2);
    // The word would do the opposite of what it says.
    await expect(decide(world, exception?.exceptionId ?? '', 'keep-first')).rejects.toThrow('DECISION_UNFIT');
    await decide(world, exception?.exceptionId ?? '', 'accepted');
    expect(world.twice.get('org-a1')).toEqual([]);
    const again = await closeAll(world);
    expect((await documentsOf(world, again.close.closeId)).map((each) => each.account)).toEqual(['a1']);
  });
});
