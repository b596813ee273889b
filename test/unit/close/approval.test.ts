import { describe, expect, it } from 'vitest';
import { decideManifest } from '../../../lambdas/close/approval.ts';
import { runStep } from '../../../lambdas/close/run-step.ts';
import type { Manifest } from '../../../lambdas/close/types.ts';
import type { Role } from '../../../lambdas/platform/http-edge.ts';
import {
  catalogOf,
  contract,
  goOn,
  makeWorld,
  priceBook,
  resolve,
  runMachine,
  start,
  type World,
} from './close-world.ts';

const caller = (name: string, ...roles: Role[]) => ({ name, roles });
const ANTON = caller('anton', 'finance-approver');

const frozen = async (world: World, startedBy = 'pia') => {
  const closeId = await start(world, startedBy);
  await runMachine(world, closeId);
  const manifest = (await world.store.manifests(closeId)).find(({ entity }) => entity === 'inc');
  if (manifest === undefined) throw new Error('nothing is frozen');
  return manifest;
};

const decider = (world: World, tokens: string[] = [], answers: ('sent' | 'gone' | Error)[] = []) => {
  const ports = {
    clock: world.clock,
    store: world.store,
    pause: async () => undefined,
    tokens: {
      wake: async (token: string) => {
        const answer = answers.shift() ?? 'sent';
        if (answer instanceof Error) throw answer;
        tokens.push(token);
        return answer;
      },
    },
  };
  return (manifest: Manifest, over: Partial<Parameters<typeof decideManifest>[1]> = {}) =>
    decideManifest(ports, {
      closeId: manifest.closeId,
      manifestId: manifest.manifestId,
      decision: 'approve',
      hash: manifest.hash,
      caller: ANTON,
      ...over,
    });
};

const code = (expected: string) => ({ problem: { code: expected } });

describe('approval', () => {
  it('is recorded with its audit entry, wakes the execution, and shows the token to nobody', async () => {
    const world = makeWorld();
    const manifest = await frozen(world);
    const tokens: string[] = [];
    const decided = await decider(world, tokens)(manifest);
    expect(decided).toMatchObject({ status: 'approved', decision: { by: 'anton', decision: 'approve' } });
    expect(tokens).toEqual([`token-${manifest.manifestId}`]);
    expect(JSON.stringify(decided)).not.toContain('token-');
    const entries = await world.audit.list(0, 100);
    expect(entries.at(-1)).toMatchObject({ actor: 'anton', action: 'manifest.approve', target: manifest.manifestId });
    expect(entries.at(-1)?.details).toMatchObject({ hash: manifest.hash });
  });

  it('is refused to who started the close, before anything about roles', async () => {
    const world = makeWorld();
    const manifest = await frozen(world);
    const decide = decider(world);
    for (const roles of [
      ['finance-preparer'],
      ['finance-approver'],
      ['finance-preparer', 'finance-approver'],
    ] as Role[][]) {
      await expect(decide(manifest, { caller: caller('pia', ...roles) })).rejects.toMatchObject(
        code('MAKER_IS_CHECKER'),
      );
    }
    await expect(decide(manifest, { caller: caller('otto', 'operator') })).rejects.toMatchObject(code('ROLE_MISSING'));
    expect((await world.store.manifest(manifest.manifestId))?.status).toBe('awaiting approval');
  });

  it('is refused to whoever decided an exception, also after the freeze and when a schedule started', async () => {
    const world = makeWorld();
    world.ownerless.push({ subject: 'org-99', events: 1 });
    const manifest = await frozen(world, 'schedule');
    expect(manifest.makers).toEqual(['pia']);
    const [exception] = await world.store.exceptions({ start: '2026-10-01', end: '2026-11-01' });
    await resolve(world, exception?.exceptionId ?? '', 'accepted', 'anton');
    await expect(decider(world)(manifest)).rejects.toMatchObject(code('MAKER_IS_CHECKER'));
    await decider(world)(manifest, { caller: caller('berta', 'finance-approver') });
  });

  it('is refused to who proposed a price that is new since the period began', async () => {
    const world = makeWorld();
    const recent = { version: 2, publishedAt: '2026-10-20T00:00:00.000Z', proposedBy: 'anton', publishedBy: 'berta' };
    world.publish(priceBook('USD', '0.20', recent));
    const manifest = await frozen(world);
    expect(manifest.makers).toEqual(['anton', 'pia']);
    await expect(decider(world)(manifest)).rejects.toMatchObject(code('MAKER_IS_CHECKER'));
  });

  it('refuses another hash, another close, a second decision, and a return without a reason', async () => {
    const world = makeWorld();
    const manifest = await frozen(world);
    const decide = decider(world);
    await expect(decide(manifest, { hash: 'stale' })).rejects.toMatchObject(code('STALE_MANIFEST'));
    await expect(decide(manifest, { closeId: 'close-20260101-20260201-1' })).rejects.toMatchObject(
      code('NO_SUCH_MANIFEST'),
    );
    await expect(decide(manifest, { decision: 'return' })).rejects.toMatchObject(code('REASON_MISSING'));
    await decide(manifest, { decision: 'return', reason: 'wrong discount' });
    await expect(decide(manifest)).rejects.toMatchObject(code('ALREADY_DECIDED'));
    await expect(decide(manifest, { caller: caller('berta', 'finance-approver') })).rejects.toMatchObject(
      code('ALREADY_DECIDED'),
    );
  });

  it('can be repeated when the call to the machine failed: one decision, one entry, a second call', async () => {
    const world = makeWorld();
    const manifest = await frozen(world);
    const tokens: string[] = [];
    const decide = decider(world, tokens, [new Error('timeout')]);
    await expect(decide(manifest)).rejects.toThrow('timeout');
    await decide(manifest);
    expect(tokens).toHaveLength(1);
    const approvals = (await world.audit.list(0, 100)).filter(({ action }) => action === 'manifest.approve');
    expect(approvals).toHaveLength(1);
  });

  it('counts even when nobody waits with the token any more', async () => {
    const world = makeWorld();
    const manifest = await frozen(world);
    await decider(world, [], ['gone'])(manifest);
    for (const each of await world.store.manifests(manifest.closeId)) {
      if (each.status === 'awaiting approval') await decider(world)(each);
    }
    expect((await goOn(world, manifest.closeId)).state).toBe('done');
  });
});

describe('whoever had a hand in what a manifest bills may not approve it', () => {
  const hands: readonly [string, (world: World) => void][] = [
    ['a price, though it is old', (world) => world.publish(priceBook('USD', '0.20', since('anton')))],
    ['a contract', (world) => world.publish({ ...contract('a1'), ...since('anton') })],
    ['who the customer is in the ERP', (world) => world.publish(changed('account', 'a1', 'anton'))],
    ['which usage is the customer’s', (world) => world.publish(changed('attribution', 'org-a1', 'anton'))],
    ['the legal entity', (world) => world.publish(changed('entity', 'inc', 'anton'))],
    ['a mapping', (world) => world.publish(changed('mapping', 'netsuite-invoice', 'anton'))],
    ['a meter', (world) => world.publish(changed('meter', 'api_calls', 'anton'))],
  ];
  const since = (proposedBy: string) => ({ version: 2, proposedBy, publishedBy: 'berta' });
  const changed = (kind: string, id: string, by: string) => {
    const found = catalogOf().find((each) => each.kind === kind && each.id === id);
    if (found === undefined) throw new Error(`there is no ${kind} ${id}`);
    return { ...found, ...since(by) };
  };

  it.each(hands)('who proposed %s', async (_what, publish) => {
    const world = makeWorld();
    world.usage.set('org-a1', '150');
    publish(world);
    const manifest = await frozen(world);
    expect(manifest.makers).toContain('anton');
    await expect(decider(world)(manifest)).rejects.toMatchObject(code('MAKER_IS_CHECKER'));
  });

  it('but not who proposed something that it does not use', async () => {
    const world = makeWorld();
    world.publish({
      ...contract('a3', { entity: 'gmbh', currency: 'EUR', zone: 'Europe/Berlin', priceBook: 'list-eur' }),
      ...since('anton'),
    });
    expect((await frozen(world)).makers).toEqual(['pia']);
  });

  it('who started the close again after a schedule had failed', async () => {
    const world = makeWorld();
    world.erp.told.open = false;
    const closeId = await start(world, 'schedule');
    await runMachine(world, closeId);
    world.erp.told.open = true;
    const manifest = await frozen(world, 'anton');
    expect(manifest).toMatchObject({ closeId, makers: ['anton', 'pia'] });
    expect((await world.store.close(closeId))?.restartedBy).toEqual(['anton']);
    await expect(decider(world)(manifest)).rejects.toMatchObject(code('MAKER_IS_CHECKER'));
  });
});

describe('a manifest whose content is not what its hash says', () => {
  /** As two freezers that wrote over one another would leave it. */
  const tamper = (world: World, manifest: Manifest): void => {
    const { manifest: read } = world.store;
    const documents = manifest.documents.map((each) => ({ ...each, payloadHash: 'other' }));
    Object.assign(world.store, {
      manifest: async (id: string) => {
        const found = await read(id);
        return found?.manifestId === manifest.manifestId ? { ...found, documents } : found;
      },
    });
  };

  it('cannot be approved, only returned', async () => {
    const world = makeWorld();
    const manifest = await frozen(world);
    tamper(world, manifest);
    await expect(decider(world)(manifest)).rejects.toMatchObject(code('STALE_MANIFEST'));
    await decider(world)(manifest, { decision: 'return', reason: 'broken' });
  });

  it('is not posted', async () => {
    const world = makeWorld();
    const manifest = await frozen(world);
    await decider(world)(manifest);
    tamper(world, manifest);
    const { manifestId } = manifest;
    expect(await runStep(world.ports, { step: 'post', manifestId })).toMatchObject({ code: 'MANIFEST_CHANGED' });
    expect(world.sent).toEqual([]);
    expect((await world.store.manifest(manifestId))?.status).toBe('returned');
  });

  it('nor is a document that says another amount than its manifest', async () => {
    const world = makeWorld();
    const manifest = await frozen(world);
    await decider(world)(manifest);
    const { closeId, manifestId } = manifest;
    const stored = await world.store.documentOf(closeId, 'a1', manifest.documents[0]?.documentId ?? '');
    if (stored === undefined) throw new Error('no document');
    await world.store.putDocument({ ...stored, document: { ...stored.document, total: '1.00' } }, []);
    expect(await runStep(world.ports, { step: 'post', manifestId })).toMatchObject({ code: 'MANIFEST_CHANGED' });
    expect(world.sent).toEqual([]);
  });
});
