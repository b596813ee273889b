import { beforeEach, describe, expect, it } from 'vitest';
import { dayHeadsKey, readDayHeads } from '../../../lambdas/usage/walk/chain-heads.ts';
import { openRun } from '../../../lambdas/usage/walk/id-run.ts';
import { readJournal } from '../../../lambdas/usage/walk/journal.ts';
import { isIncluded, proveInclusion, rootFaults } from '../../../lambdas/usage/walk/ledger-root.ts';
import { walkLedger } from '../../../lambdas/usage/walk/walk.ts';
import { readRoot } from '../../../lambdas/usage/walk/walk-heads.ts';
import { api } from '../usage/usage-fixtures.ts';
import { makeWalkWorld } from './walk-world.ts';

let world: ReturnType<typeof makeWalkWorld>;
beforeEach(() => {
  world = makeWalkWorld();
});

const keysOf = (objects: ReadonlyMap<string, Uint8Array>, prefix: string) =>
  [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();

/** Every item in the journal. */
const journalled = () =>
  keysOf(world.objects.objects, 'journal/').flatMap((key) =>
    readJournal(world.objects.objects.get(key) ?? new Uint8Array()),
  );

describe('a walk', () => {
  it('takes what was settled since the last one, once: journal, ids, heads and a signed root', async () => {
    await world.append(api('a', '2026-10-05T00:00:00.000Z', 1), api('b', '2026-10-05T00:20:00.000Z', 1));
    await world.append(api('c', '2026-10-05T00:01:00.000Z', 1, 'read', 'org-02'));
    await world.settle();
    const first = await world.walk();
    expect(first).toMatchObject({ number: 1, counts: { days: 2, appends: 3, ids: 3, findings: 0, broken: 0 } });
    expect(journalled().map(({ pk, sk }) => `${pk} ${sk}`)).toEqual([...world.ports.ledger.items.keys()].sort());
    expect(journalled()[0]).toEqual(
      world.ports.ledger.items.get(`org-01#2026-10-05 2026-10-05T00:00:00.000Z#00000001`),
    );
    const [run = ''] = keysOf(world.objects.objects, 'ids/');
    const reader = await openRun((from, to) => world.objects.read(run, from, to));
    expect((await reader.keys(0, 255)).keys).toHaveLength(3);

    await world.append(api('d', '2026-10-05T00:02:00.000Z', 1));
    await world.settle();
    const second = await world.walk();
    expect(second).toMatchObject({ number: 2, counts: { days: 1, appends: 1, ids: 1 } });
    expect(journalled()).toHaveLength(4);
    expect((await world.walk()).counts).toMatchObject({ days: 0, appends: 0 });
  });

  it('signs roots that follow each other, and proves each chain by itself', async () => {
    await world.append(api('a', '2026-10-05T00:00:00.000Z', 1), api('b', '2026-10-06T00:20:00.000Z', 1));
    await world.settle();
    await world.walk();
    await world.audit.append({ actor: 'ada', action: 'some.thing', target: 'x', details: {} });
    const { number, root } = await world.walk();
    const signed = await readRoot(world.proofs, number, root);
    const before = await readRoot(world.proofs, 1);
    expect(rootFaults(signed, { publicKey: before.publicKey, before: before.root })).toEqual([]);
    expect(signed.root).toMatchObject({
      audit: { sequence: 1 },
      days: [{ day: '2026-10-05', count: 1 }, { day: '2026-10-06' }],
    });

    const [day] = signed.root.days;
    if (day === undefined) throw new Error('the root has no day');
    const heads = [...readDayHeads(await world.proofs.read(dayHeadsKey(day)), day)];
    const chain = { subject: 'org-01', start: '2026-10-05T00:00:00.000Z' };
    const proof = proveInclusion(signed.root, heads, chain);
    if (proof === undefined) throw new Error('the chain is not there');
    expect(isIncluded(proof, signed.root.root)).toBe(true);
    expect(isIncluded({ ...proof, head: { ...proof.head, version: 2 } }, signed.root.root)).toBe(false);
    expect(isIncluded(proof, before.root.root)).toBe(false);
    expect(proveInclusion(signed.root, heads, { ...chain, subject: 'org-02' })).toBeUndefined();

    const changed = { ...signed, root: { ...signed.root, at: '2027-01-01T00:00:00.000Z' } };
    expect(rootFaults(changed)).toEqual(['root 2 was not signed by this key, or was changed since']);
    expect(rootFaults(signed, { before: changed.root })).toEqual(['root 2 does not follow root 2']);
    expect(rootFaults({ ...signed, root: { ...signed.root, days: [] } })).toHaveLength(2);
  });

  it('finds what was changed, cut off or removed since, at every walk until it is mended', async () => {
    for (const id of ['a', 'b']) await world.append(api(id, `2026-10-05T00:0${id === 'a' ? 0 : 1}:00.000Z`, 1));
    await world.append(api('c', '2026-10-06T00:00:00.000Z', 1));
    await world.settle();
    expect((await world.walk()).broken).toEqual([]);

    const { items } = world.ports.ledger;
    const last = 'org-01#2026-10-05 2026-10-05T00:00:00.000Z#00000002';
    const cut = items.get(last);
    if (cut === undefined) throw new Error('there are no two appends');
    items.delete(last);
    // Something new of the same day: only then a walk looks at it.
    await world.append(api('d', '2026-10-05T00:30:00.000Z', 1));
    await world.settle();
    for (let n = 0; n < 2; n += 1) {
      const { broken, counts } = await world.walk();
      expect(broken).toMatchObject([
        { subject: 'org-01', start: '2026-10-05T00:00:00.000Z', version: 2, reason: 'CUT' },
      ]);
      expect(counts).toMatchObject({ broken: 1, appends: n === 0 ? 1 : 0 });
    }
    items.set(last, cut);
    expect((await world.walk()).broken).toEqual([]);
    expect((await world.walk()).counts.days).toBe(0);
  });

  it('reads days that are settled for good at half the price, and again strongly where that is behind', async () => {
    await world.append(api('a', '2026-10-05T00:00:00.000Z', 1));
    await world.settle();
    const page = world.walkPorts.ledger.page;
    Object.assign(world.walkPorts.ledger, {
      page: async (...[subject, day, strongly, after]: Parameters<typeof page>) =>
        strongly ? page(subject, day, strongly, after) : { appends: [] },
    });
    expect(await world.walk()).toMatchObject({ broken: [], counts: { appends: 1 } });
    expect(world.ledgerReads.strong).toBe(1);
  });

  it('takes days that are not settled yet when asked for them', async () => {
    world.clock.set('2026-11-01T00:10:00.000Z');
    await world.append(api('a', '2026-10-31T23:50:00.000Z', 1), api('b', '2026-11-01T00:05:00.000Z', 1));
    expect((await world.walk()).counts.appends).toBe(0);
    expect((await world.walk({ through: '2026-10-31' })).counts.appends).toBe(1);
    expect((await world.walk({ through: '2026-11-01' })).counts.appends).toBe(1);
    expect((await world.walk({ through: '2026-11-01' })).counts).toMatchObject({ appends: 0, broken: 0 });
  });

  it('takes the chains of a backfill when the settled day counts them, and lets an id in them come again', async () => {
    const [start, day] = ['2026-10-05T00:00:00.000Z', '2026-10-05'];
    const overlay = 'bf-1';
    const late = api('late', start, 1);
    await world.append(api('a', start, 1), api('late', '2026-10-07T00:00:00.000Z', 1));
    await world.append({ ...late, slot: { ...late.slot, overlay } });
    await world.settle();
    expect((await world.walk()).counts).toMatchObject({ appends: 2, findings: 0 });

    const mark = async () =>
      world.ports.marks.mark({ subject: 'org-01', day, at: world.clock.now(), token: world.clock.now() });
    const backfills = world.ports.touched;
    const stand = { backfill: overlay, isFixed: true, closedAt: world.clock.now() };
    backfills.stand({ ...stand, state: 'closed' });
    backfills.pin({ backfill: overlay, subject: 'org-01', day }, { [start]: 1 });
    await mark();
    await world.settle();
    expect((await world.walk()).counts).toMatchObject({ appends: 1, findings: 1, broken: 0 });
    // Accepted first, but it can be reverted: what lies in the ledger itself stands.
    expect(world.findings.all()[0]?.places.map((place) => place.overlay)).toEqual([undefined, overlay]);
    const { root } = await readRoot(world.proofs, 2);
    expect(root.days.map(({ count }) => count)).toEqual([2, 1]);

    // Reverted, it counts no more; what was signed of it is still verified.
    backfills.stand({ ...stand, state: 'reverted' });
    await mark();
    await world.settle();
    expect((await world.walk()).counts).toMatchObject({ days: 1, appends: 0, broken: 0 });
  });

  it('goes on where a run stopped, with the same outcome', async () => {
    const days = Array.from({ length: 40 }, (_, n) => `2026-10-${String((n % 20) + 1).padStart(2, '0')}`);
    const events = days.map((day, n) => api(`e${n}`, `${day}T0${n % 3}:00:00.000Z`, 1, 'read', `org-0${n % 4}`));
    await world.append(...events);
    await world.settle();
    const since = world.clock.now();
    const runs: unknown[] = [];
    const { save } = world.walkPorts.walks;
    Object.assign(world.walkPorts.walks, {
      save: async (...args: Parameters<typeof save>) => {
        await save(...args);
        // Every run has time for one step.
        world.clock.advance(600_000);
      },
    });
    for (let n = 0; n < 100 && typeof (runs.at(-1) ?? 'later') === 'string'; n += 1) {
      runs.push(await walkLedger(world.walkPorts, { since }, { remainingMillis: 600_000 }));
    }
    expect(runs.length).toBeGreaterThan(3);
    expect(runs.at(-1)).toMatchObject({ number: 1, counts: { appends: 40, ids: 40, broken: 0 } });
    expect(journalled()).toHaveLength(40);
    // Asked again, it is the one that ended.
    expect(await walkLedger(world.walkPorts, { since }, { remainingMillis: 600_000 })).toEqual(runs.at(-1));
  });

  it('waits for its turn, and takes over what died', async () => {
    await world.append(api('a', '2026-10-05T00:00:00.000Z', 1));
    await world.settle();
    const { walks } = world.walkPorts;
    const now = world.clock.now();
    const until = new Date(Date.parse(now) + 5 * 60_000).toISOString();
    expect(await walks.take('dead', now, until)).toEqual({});
    expect(await walkLedger(world.walkPorts, { since: now }, { remainingMillis: 120_000 })).toBe('later');
    expect(await world.walk()).toMatchObject({ counts: { appends: 1 } });
    expect(world.clock.now() > until).toBe(true);
  });
});
