import { describe, expect, it } from 'vitest';
import { MAX_APPEND_BYTES } from '../../../lambdas/usage/ledger/append.ts';
import { appendBatch } from '../../../lambdas/usage/ledger/append-batch.ts';
import { chainsOf, firstBrokenLink, foldChain } from '../../../lambdas/usage/ledger/chain.ts';
import { effectiveSlots } from '../../../lambdas/usage/ledger/effective-slots.ts';
import { itemBytes } from '../../../lambdas/usage/ledger/ledger-item.ts';
import type { LedgerStore } from '../../../lambdas/usage/ledger/ledger-store.ts';
import { meterIndex } from '../../../lambdas/usage/ledger/meter-states.ts';
import { stateKey } from '../../../lambdas/usage/ledger/state.ts';
import { writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { correctionsWorld } from './corrections-world.ts';
import { api, cancellation, METERS, usage } from './usage-fixtures.ts';

const T = '2026-10-01T11:50:00.000Z';
const CALLS = stateKey('calls', 1, { endpoint: 'read' });
const SMALLEST = stateKey('smallest', 1, {});

/** An `api` event with a line of its own in the archive. */
const at = (line: number, id: string, count: number, time = T): CanonicalUsage =>
  usage({ id, subject: 'org-01', time, type: 'api', data: { count, endpoint: 'read' } }, line);
const replacing = (line: number, id: string, count: number, replaced: CanonicalUsage, time = T): CanonicalUsage =>
  usage(
    {
      id,
      subject: 'org-01',
      time,
      type: 'api',
      data: { count, endpoint: 'read' },
      replaces: replaced.event.id,
      replacestime: replaced.event.time,
    },
    line,
  );

const foldOf = (world: ReturnType<typeof correctionsWorld>, start: string) => {
  const chain = chainsOf(world.ports.ledger.appends()).find(([first]) => first?.slot.start === start) ?? [];
  expect(firstBrokenLink(chain)).toBeUndefined();
  return foldChain(chain);
};
const SLOT = '2026-10-01T11:45:00.000Z';

describe('a cancellation', () => {
  const [a, b] = [at(0, 'a', 5), at(1, 'b', 2)];
  const c = cancellation(b, 'c', 2);

  it('takes back a counted event, what cannot be inverted too', async () => {
    const world = correctionsWorld([a, b, c]);
    await world.append(a, b);
    expect(foldOf(world, SLOT).states[SMALLEST]).toMatchObject({ min: '2' });
    expect((await world.append(c)).outcomes).toEqual(['accepted']);
    const slot = foldOf(world, SLOT);
    expect(slot.states[CALLS]).toMatchObject({ count: 1, sum: '5' });
    expect(slot.states[SMALLEST]).toMatchObject({ min: '5' });
    expect(slot).toMatchObject({ version: 2, accepted: 2, cancelled: 1 });
    expect(world.ports.ledger.appends().map(({ format, full }) => [format, full])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('that comes before its event lets it count nothing, and reads nothing from the archive', async () => {
    const world = correctionsWorld([a, b, c]);
    await world.append(c);
    expect((await world.append(b, a)).outcomes).toEqual(['accepted', 'accepted']);
    expect(foldOf(world, SLOT).states[CALLS]).toMatchObject({ count: 1, sum: '5' });
    expect(foldOf(world, SLOT)).toMatchObject({ accepted: 2, cancelled: 1 });
    expect(world.archive.reads()).toBe(0);
  });

  it('in one batch with its event is one append, whatever their order', async () => {
    const world = correctionsWorld([a, b, c]);
    expect((await world.append(a, b, c)).appends).toBe(1);
    expect(foldOf(world, SLOT).states[CALLS]).toMatchObject({ count: 1, sum: '5' });
    expect(world.archive.reads()).toBe(0);
  });

  it('is one cancellation however often it comes, and a second one changes nothing', async () => {
    const again = cancellation(b, 'c2', 3);
    const world = correctionsWorld([a, b, c, again]);
    await world.append(a, b, c);
    expect((await world.append(c, a, b)).outcomes).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect((await world.append(again)).outcomes).toEqual(['accepted']);
    expect(foldOf(world, SLOT)).toMatchObject({ version: 2, accepted: 2, cancelled: 1 });
    expect(world.archive.reads()).toBe(0);
  });

  it('of an id that came with two bodies means the first, which was accepted', async () => {
    const other = at(3, 'b', 7);
    const world = correctionsWorld([a, b, c, other]);
    expect((await world.append(a, b, other, c)).outcomes).toEqual(['accepted', 'accepted', 'conflict', 'accepted']);
    expect(foldOf(world, SLOT).states[CALLS]).toMatchObject({ count: 1, sum: '5' });
    expect((await world.append(other)).outcomes).toEqual(['conflict']);
  });

  it('with an id that is known with another body is a conflict, and cancels nothing', async () => {
    const taken = cancellation(b, 'a', 2);
    const world = correctionsWorld([a, b, taken]);
    await world.append(a, b);
    expect((await world.append(taken)).outcomes).toEqual(['conflict']);
    expect(foldOf(world, SLOT)).toMatchObject({ version: 1, cancelled: 0 });
  });

  it('of the last event leaves a slot that counts nothing', async () => {
    const world = correctionsWorld([b, c]);
    await world.append(b);
    await world.append(c);
    expect(foldOf(world, SLOT)).toMatchObject({ states: {}, accepted: 1, cancelled: 1 });
  });

  it('marks a day that readers may have settled', async () => {
    const world = correctionsWorld([a, c]);
    await world.append(c);
    expect((await world.ports.marks.marksOf('org-01')).map(({ day }) => day)).toEqual(['2026-10-01']);
  });
});

describe('a replacement', () => {
  const a = at(0, 'a', 5);
  const LATER = '2026-10-01T12:10:00.000Z';

  it('in the slot of what it replaces is one line of one append', async () => {
    const r = replacing(1, 'r', 8, a);
    const world = correctionsWorld([a, r]);
    await world.append(a);
    expect(await world.append(r)).toMatchObject({ outcomes: ['accepted'], appends: 1 });
    expect(foldOf(world, SLOT).states[CALLS]).toMatchObject({ count: 1, sum: '8' });
  });

  it('in another slot has a part in each, and comes twice as one', async () => {
    const r = replacing(1, 'r', 8, a, LATER);
    const world = correctionsWorld([a, r]);
    await world.append(a);
    expect(await world.append(r)).toMatchObject({ outcomes: ['accepted'], appends: 2 });
    expect(foldOf(world, SLOT)).toMatchObject({ states: {}, accepted: 1, cancelled: 1 });
    expect(foldOf(world, '2026-10-01T12:00:00.000Z').states[CALLS]).toMatchObject({ count: 1, sum: '8' });
    world.forget();
    expect(await world.append(r)).toMatchObject({ outcomes: ['duplicate'], appends: 0 });
  });

  it('whose second part fails is not done, and is when it comes again', async () => {
    const r = replacing(1, 'r', 8, a, LATER);
    const world = correctionsWorld([a, r]);
    await world.append(a);
    const { ledger } = world.ports;
    const failing: LedgerStore = {
      ...ledger,
      putIfAbsent: (append) =>
        append.slot.start === SLOT ? Promise.reject(new Error('down')) : ledger.putIfAbsent(append),
    };
    const ports = { ...world.ports, ledger: failing, memory: writerMemory() };
    const result = await appendBatch(ports, [r], meterIndex(METERS));
    expect(result.outcomes).toEqual(['unwritten']);
    expect(result.failed).toMatchObject([{ slot: { start: SLOT }, reason: 'failed' }]);
    expect((await world.append(r)).outcomes).toEqual(['accepted']);
    expect(foldOf(world, SLOT)).toMatchObject({ states: {}, cancelled: 1 });
  });

  const sumOf = async (world: ReturnType<typeof correctionsWorld>): Promise<number> => {
    const counted = Object.values(await world.slots()).map((states) => states[CALLS]);
    return counted.reduce((sum, state) => sum + (state?.class === 'scalar' ? Number(state.sum) : 0), 0);
  };

  it('whose id is known with another body in its own slot is a conflict, and cancels nothing', async () => {
    const r = replacing(1, 'r', 8, a, LATER);
    const here = at(3, 'r', 1, LATER);
    for (const batches of [[[a, here], [r]], [[a, here, r]]]) {
      const world = correctionsWorld([a, r, here]);
      const outcomes: string[] = [];
      for (const batch of batches) outcomes.push(...(await world.append(...batch)).outcomes);
      expect(outcomes).toEqual(['accepted', 'accepted', 'conflict']);
      expect(await sumOf(world)).toBe(6);
    }
  });

  it('counts and cancels whatever has the same id in the other slot, in any order, after any crash', async () => {
    const r = replacing(1, 'r', 8, a, LATER);
    const [there, other] = [at(2, 'r', 1), replacing(3, 'r', 9, a, '2026-10-01T13:10:00.000Z')];
    const lines = [a, r, there, other];
    for (const batches of [
      [lines],
      [
        [other, there],
        [r, a],
      ],
      [[there], [a], [r], [other]],
      [[r], [other, a, there]],
    ]) {
      const world = correctionsWorld(lines);
      for (const batch of batches) {
        expect((await world.append(...batch)).outcomes).toEqual(batch.map(() => 'accepted'));
      }
      expect(await sumOf(world)).toBe(18);
      world.forget();
      expect((await world.append(...lines)).outcomes).toEqual(lines.map(() => 'duplicate'));
    }
    for (const meanwhile of [there, other]) {
      const world = correctionsWorld(lines);
      await world.append(a);
      const { ledger } = world.ports;
      const putIfAbsent: LedgerStore['putIfAbsent'] = (append) =>
        append.slot.start === SLOT ? Promise.reject(new Error('down')) : ledger.putIfAbsent(append);
      const dying = { ...world.ports, ledger: { ...ledger, putIfAbsent }, memory: writerMemory() };
      await appendBatch(dying, [r], meterIndex(METERS));
      await world.append(meanwhile);
      expect((await world.append(r)).outcomes).toEqual(['accepted']);
      expect(await sumOf(world)).toBe(meanwhile === there ? 9 : 17);
    }
  });

  it('can be cancelled by its own id: then neither counts', async () => {
    const r = replacing(1, 'r', 8, a, LATER);
    const c = cancellation(r, 'c', 2);
    for (const order of [
      [a, r, c],
      [c, r, a],
      [r, c, a],
    ]) {
      const world = correctionsWorld([a, r, c]);
      for (const line of order) await world.append(line);
      expect(await world.slots()).toEqual({});
    }
  });
});

describe('a restating append', () => {
  it('is made again when another writer was first', async () => {
    const [a, b, rival] = [at(0, 'a', 5), at(1, 'b', 2), at(3, 'x', 1)];
    const c = cancellation(b, 'c', 2);
    const world = correctionsWorld([a, b, c, rival]);
    await world.append(a, b);
    const { ledger } = world.ports;
    let beaten = false;
    const raced: LedgerStore = {
      ...ledger,
      putIfAbsent: async (append) => {
        if (!beaten) {
          beaten = true;
          await appendBatch({ ...world.ports, memory: writerMemory() }, [rival], meterIndex(METERS));
        }
        return ledger.putIfAbsent(append);
      },
    };
    const late = { ...world.ports, ledger: raced, memory: world.memory };
    expect((await appendBatch(late, [c], meterIndex(METERS))).outcomes).toEqual(['accepted']);
    expect(foldOf(world, SLOT).states[CALLS]).toMatchObject({ count: 2, sum: '6' });
    expect(foldOf(world, SLOT)).toMatchObject({ version: 3, accepted: 3, cancelled: 1 });
  });

  it('keeps many states beside the item, which stays small', async () => {
    const users = Array.from({ length: 3_000 }, (_, n) =>
      usage({ id: `u${n}`, subject: 'org-01', time: T, type: 'user', data: { userId: `someone-${n * 7919}` } }, n),
    );
    const cancels = users.slice(0, 1_200).map((user, n) => cancellation(user, `c${n}`, 3_000 + n));
    const world = correctionsWorld([...users, ...cancels]);
    await world.append(...users);
    await world.append(...cancels);
    for (const item of world.ports.ledger.items.values()) expect(itemBytes(item)).toBeLessThanOrEqual(MAX_APPEND_BYTES);
    expect(world.ports.ledger.objects.size).toBeGreaterThan(0);
    const state = foldOf(world, SLOT).states[stateKey('users', 1, {})];
    expect(state?.class === 'set' ? state.values.length : 0).toBe(1_800);
    // A writer that knows nothing goes on from it.
    world.forget();
    const more = usage({ id: 'u', subject: 'org-01', time: T, type: 'user', data: { userId: 'someone-7919' } }, 9_000);
    await world.append(more);
    const after = foldOf(world, SLOT).states[stateKey('users', 1, {})];
    expect(after?.class === 'set' ? after.values.length : 0).toBe(1_801);
  });

  it('waits for another batch when this one has stated slots anew for long enough', async () => {
    const start = Date.parse('2026-10-01T00:00:00.000Z');
    const times = Array.from({ length: 40 }, (_, n) => new Date(start + n * 15 * 60_000).toISOString());
    const events = times.map((time, n) => at(n, `e${n}`, 1, time));
    const cancels = events.map((event, n) => cancellation(event, `c${n}`, 100 + n));
    const others = times.map((time, n) => at(200 + n, `o${n}`, 1, time));
    const world = correctionsWorld([...events, ...cancels, ...others]);
    await world.append(...events, ...others);
    const slow = {
      lines: async (key: string) => {
        world.clock.advance(1_000);
        return world.archive.lines(key);
      },
    };
    const kept = at(99, 'kept', 3, times[0]);
    const ports = { ...world.ports, archive: slow, memory: world.memory };
    let [open, rounds]: [CanonicalUsage[], number] = [cancels, 0];
    for (; open.length > 0; rounds += 1) {
      const { outcomes, failed } = await appendBatch(ports, open, meterIndex(METERS));
      expect(failed.every(({ reason }) => reason === 'later')).toBe(true);
      open = open.filter((_, n) => outcomes[n] === 'unwritten');
      // Usage that comes meanwhile is not held up.
      expect((await appendBatch(ports, [{ ...kept }], meterIndex(METERS))).failed).toEqual([]);
    }
    expect(rounds).toBeGreaterThan(1);
    const counted = Object.values(await world.slots()).map((states) => states[CALLS]);
    expect(counted.map((state) => (state?.class === 'scalar' ? state.count : 0))).toEqual([
      2,
      ...times.slice(1).map(() => 1),
    ]);
  });

  it('is not written from an archive that is not what was accepted', async () => {
    const [a, b] = [at(0, 'a', 5), at(1, 'b', 2)];
    const c = cancellation(b, 'c', 2);
    const world = correctionsWorld([at(0, 'a', 6), b, c]);
    await world.append(a, b);
    const { outcomes, failed } = await world.append(c);
    expect(outcomes).toEqual(['unwritten']);
    expect(failed[0]?.message).toContain('is not event');
    expect(foldOf(world, SLOT).version).toBe(1);
  });
});

describe('an event in two backfills', () => {
  it('counts where it was closed first, whatever their names, and is pinned so', async () => {
    const inBackfill = (line: number, count: number, backfill: string) =>
      usage({ id: 'a', subject: 'org-01', time: T, type: 'api', data: { count, endpoint: 'read' }, backfill }, line);
    const [one, two] = [inBackfill(0, 5, 'b1'), inBackfill(1, 7, 'b2')];
    const world = correctionsWorld([one, two]);
    await world.append(one, two);
    await world.close('b2', '2026-10-20T00:00:00.000Z');
    await world.close('b1', '2026-10-20T00:00:01.000Z');
    const { appends, overlays } = await world.ports.ledger.day('org-01', '2026-10-01');
    const [slot] = await effectiveSlots([{ appends, overlays }], world.ports.overlays);
    expect(slot?.states[CALLS]).toMatchObject({ count: 1, sum: '7' });
    expect(slot?.overlays?.map(({ backfill }) => backfill)).toEqual(['b2', 'b1']);
    expect(slot).toMatchObject({ version: 0, accepted: 1, cancelled: 0 });
    // What was computed from the archive is kept: the same is not computed again.
    const reads = world.archive.reads();
    await effectiveSlots([{ appends, overlays }], world.ports.overlays);
    expect(world.archive.reads()).toBe(reads);
  });
});

describe('what corrects nothing', () => {
  it('asks nothing of backfills and reads nothing of the archive', async () => {
    const world = correctionsWorld([]);
    await world.append(api('a', T, 1), api('b', '2026-09-01T00:00:00.000Z', 1));
    await world.slots();
    expect([world.backfills.asked(), world.backfills.touched(), world.archive.reads()]).toEqual([0, [], 0]);
  });
});
