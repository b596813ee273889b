import { beforeEach, describe, expect, it } from 'vitest';
import { explainEvent } from '../../../lambdas/usage/prove/explain-event.ts';
import { cancelLine, lineOf, type ProofWorld, proofWorld, traffic } from './proof-world.ts';

const SOURCE = '//larkspur.example/platform';
let world: ProofWorld;
beforeEach(async () => {
  world = proofWorld();
  await traffic(world);
});

const explain = (id: string, time: string, subject = 'org-01') =>
  explainEvent(
    {
      ledger: world.ledger,
      overlays: world.overlays,
      archive: world.archive,
      quarantine: world.quarantine,
      clock: world.clock,
    },
    { source: SOURCE, id, subject, time },
  );
const api = (id: string, time: string, count: number, more = {}) =>
  lineOf(id, 'org-01', time, 'api.requests', { count, endpoint: 'read' }, more);

describe('where an event went', () => {
  it('tells the append that counts it, and every delivery of it', async () => {
    const told = await explain('a', '2026-10-01T00:05:00.000Z');
    expect(told.verdict).toBe('It counts, in slot 2026-10-01T00:00:00.000Z, since 2026-11-10T00:00:00.000Z.');
    expect(told.places).toMatchObject([
      { version: 1, state: 'counted', correlationId: expect.stringMatching(/^ingest-/) },
    ]);
    // Once, and again in another form; that the first batch was delivered three times is one position.
    expect(told.deliveries.found).toHaveLength(2);
    expect(told.deliveries.complete).toBe(true);
  });

  it('tells what cancelled or replaced it, before or after it came', async () => {
    expect(await explain('c', '2026-10-02T00:00:00.000Z')).toMatchObject({
      verdict: 'It was accepted and counts nothing: cancelled by x1.',
      places: [{ state: 'cancelled' }],
      cancelledBy: [{ kind: 'cancellation', id: 'x1', version: 2 }],
    });
    expect((await explain('d', '2026-10-02T01:00:00.000Z')).verdict).toContain('cancelled by x2');
    expect((await explain('e', '2026-10-02T02:00:00.000Z')).verdict).toContain('replaced by f');
    expect((await explain('x1', '2026-10-02T00:00:00.000Z')).verdict).toContain('only takes another event away');
    await world.deliver([[cancelLine('x3', 'never', 'org-01', '2026-10-03T00:00:00Z')]]);
    expect((await explain('never', '2026-10-03T00:00:00.000Z')).verdict).toBe(
      'It never came; cancelled by x3, it would count nothing.',
    );
  });

  it('tells that a cancellation or a replacement still waits for its event, and no longer once that has come', async () => {
    const [time, slot] = ['2026-10-03T00:00:00Z', '2026-10-03T00:00:00.000Z'];
    await world.deliver([
      [cancelLine('x4', 'mistyped', 'org-01', time), api('new', time, 2, { replaces: 'old', replacestime: time })],
    ]);
    const waiting = await explain('x4', slot);
    expect(waiting.places).toMatchObject([{ state: 'only-cancels', waits: true }]);
    expect(waiting.verdict).toBe(
      `It waits for the event that it takes away, which has not come to slot ${slot}. If it should be there, look whether the cancellation names its subject, time, source and id.`,
    );
    expect((await explain('new', slot)).verdict).toMatch(/^It counts, .* What it replaces has not come to its slot\.$/);
    await world.deliver([[api('mistyped', time, 1), api('old', time, 1)]], 'shardId-000000000001');
    expect((await explain('x4', slot)).places).toEqual([expect.not.objectContaining({ waits: true })]);
    expect((await explain('x4', slot)).verdict).toContain('only takes another event away');
    expect((await explain('new', slot)).verdict).toMatch(/^It counts, in slot \S+, since \S+\.$/);
  });

  it('tells that it was refused, beside the one that was accepted under its id', async () => {
    const conflict = await explain('b', '2026-10-01T07:30:00.000Z');
    expect(conflict.verdict).toContain('It counts');
    expect(conflict.quarantine).toMatchObject([{ code: 'CONFLICT', state: 'waiting' }]);
    const wrong = await explain('wrong', '2026-10-01T00:00:00.000Z');
    expect(wrong.verdict).toMatch(/^It was refused \(SCHEMA\) and is waiting in quarantine as q-/);
  });

  it('tells how its backfill stands', async () => {
    world.overlays.stand({ backfill: 'bf-1', state: 'open', isFixed: false });
    const time = '2026-10-01T00:05:00.000Z';
    await world.deliver([[api('late', time, 1, { backfill: 'bf-1' }), api('a', time, 9, { backfill: 'bf-1' })]]);
    expect((await explain('late', time)).verdict).toBe('It lies in backfill bf-1, which is open.');
    world.overlays.stand({ backfill: 'bf-1', state: 'closed', isFixed: true, closedAt: '2026-11-10T00:00:00.000Z' });
    world.overlays.pin({ backfill: 'bf-1', subject: 'org-01', day: '2026-10-01' }, { '2026-10-01T00:00:00.000Z': 1 });
    expect((await explain('late', time)).verdict).toContain('It counts');
    expect((await explain('a', time)).places.map(({ state }) => state)).toEqual(['counted', 'counted-elsewhere']);
  });

  it('says that it was not seen, and that it is under way', async () => {
    const nothing = await explain('nobody', '2026-11-10T00:05:00.000Z');
    expect(nothing.verdict).toMatch(
      /^It was not seen: .* from 2026-11-09T23:05:00.000Z to 2026-11-10T01:05:00.000Z\.$/,
    );
    const line = api('under-way', '2026-11-10T00:00:00.000Z', 1);
    const position = { stream: 'usage', shard: 'shardId-7', sequence: '9', index: 0 };
    await world.archive.write([{ position, receivedAt: world.clock.now(), encoding: 'utf8', line }]);
    const told = await explain('under-way', '2026-11-10T00:00:00.000Z');
    expect(told.verdict).toContain('not decided yet');
    expect(told.deliveries.found).toMatchObject([{ position }]);
  });

  it('looks at few objects of a shard with many', async () => {
    for (let n = 0; n < 300; n += 1) {
      world.clock.advance(60_000);
      await world.deliver([[api(`n${n}`, '2026-11-10T00:00:00Z', 1)]], 'shardId-000000000001');
    }
    let reads = 0;
    const { lines } = world.archive;
    world.archive.lines = (key) => {
      reads += 1;
      return lines(key);
    };
    const told = await explain('n250', '2026-11-10T00:00:00.000Z');
    expect(told.deliveries).toMatchObject({ complete: true, found: [{ position: { shard: 'shardId-000000000001' } }] });
    expect(reads).toBeLessThan(150);
  });
});
