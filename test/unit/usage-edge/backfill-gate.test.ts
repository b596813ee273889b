import { describe, expect, it } from 'vitest';
import { makeAppendEvents } from '../../../lambdas/usage/ingest/append-events.ts';
import { backfillRejection } from '../../../lambdas/usage/ingest/backfill-gate.ts';
import type { LedgerStore } from '../../../lambdas/usage/ledger/ledger-store.ts';
import type { BackfillState } from '../../../lambdas/usage/ledger/overlays.ts';
import { placeText } from '../../../lambdas/usage/ledger/overlays.ts';
import { writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { correctionsWorld } from '../usage/corrections-world.ts';
import { api, METERS, usage } from '../usage/usage-fixtures.ts';

const T = '2026-10-01T11:50:00.000Z';
const START = '2026-10-01T11:45:00.000Z';
const place = { backfill: 'b1', subject: 'org-01', day: '2026-10-01' };

const line = (id: string, count = 1) =>
  usage({ id, subject: 'org-01', time: T, type: 'api', data: { count, endpoint: 'read' }, backfill: 'b1' });

const setUp = () => {
  const world = correctionsWorld([]);
  const { ports, backfills } = world;
  const append = makeAppendEvents({ ...ports, backfills, memory: writerMemory() }, memoryCatalog([...METERS]));
  const stand = (state: BackfillState, isFixed = state !== 'open' && state !== 'sealing') =>
    backfills.stand({ backfill: 'b1', state, isFixed });
  return { world, append, stand, backfills };
};

/** The outcome, as what became of how many. */
const counts = ({
  accepted,
  duplicates,
  conflicts,
  refused,
  failed,
}: Awaited<ReturnType<ReturnType<typeof setUp>['append']>>) => ({
  accepted: accepted.length,
  duplicates: duplicates.length,
  conflicts: conflicts.length,
  refused: refused.map(({ code }) => code),
  failed: failed.length,
});
const none = { accepted: 0, duplicates: 0, conflicts: 0, refused: [], failed: 0 };

describe('lines of a backfill', () => {
  it('are taken while it is open, and their day is noted before', async () => {
    const { append, stand, backfills, world } = setUp();
    stand('open');
    expect(counts(await append([line('a'), line('b')]))).toEqual({ ...none, accepted: 2 });
    expect(backfills.touched().map(placeText)).toEqual([placeText(place)]);
    // Nothing of it counts yet, so no reader need look.
    expect(await world.ports.marks.marksOf('org-01')).toEqual([]);
    expect(counts(await append([line('a'), line('a', 2)]))).toEqual({ ...none, duplicates: 1, conflicts: 1 });
  });

  it('are refused when nobody opened it', async () => {
    const { append, world } = setUp();
    const outcome = await append([line('a')]);
    expect(counts(outcome)).toEqual({ ...none, refused: ['UNKNOWN_BACKFILL'] });
    expect(world.ports.ledger.appends()).toEqual([]);
    expect(backfillRejection('UNKNOWN_BACKFILL', line('a'))).toMatchObject({ path: '/backfill', eventId: 'a' });
  });

  it('wait while it is being sealed', async () => {
    const { append, stand } = setUp();
    stand('sealing');
    const outcome = await append([line('a')]);
    expect(counts(outcome)).toEqual({ ...none, failed: 1 });
    expect(outcome.reasons).toEqual(['a backfill is being sealed']);
  });

  it('that replace what lies in another slot count nowhere when it was sealed between their two parts', async () => {
    const other = '2026-10-01T12:10:00.000Z';
    const moved = usage({ ...line('r').event, time: other, replaces: 'a', replacestime: T }, 1);
    for (const failing of [START, '2026-10-01T12:00:00.000Z']) {
      const world = correctionsWorld([line('a'), moved]);
      const { ports, backfills } = world;
      backfills.stand({ backfill: 'b1', state: 'open', isFixed: false });
      let isDown = true;
      const ledger: LedgerStore = {
        ...ports.ledger,
        putIfAbsent: (append) =>
          isDown && append.slot.start === failing
            ? Promise.reject(new Error('down'))
            : ports.ledger.putIfAbsent(append),
      };
      const append = makeAppendEvents(
        { ...ports, ledger, backfills, memory: writerMemory() },
        memoryCatalog([...METERS]),
      );
      expect(counts(await append([moved]))).toEqual({ ...none, failed: 1 });
      await world.close('b1', '2026-10-20T00:00:00.000Z');
      isDown = false;
      expect(counts(await append([moved]))).toEqual({ ...none, refused: ['BACKFILL_NOT_OPEN'] });
      expect(await world.slots()).toEqual({});
    }
  });

  it('that replace what lies in another slot get no own part once the day of the other one may be fixed', async () => {
    const moved = usage({ ...line('r').event, time: '2026-10-02T12:10:00.000Z', replaces: 'a', replacestime: T }, 1);
    const world = correctionsWorld([moved]);
    const { ports, backfills } = world;
    backfills.stand({ backfill: 'b1', state: 'open', isFixed: false });
    const ledger: LedgerStore = {
      ...ports.ledger,
      putIfAbsent: async (append) => {
        // Another run fixes the day of what is replaced just before that part is written, and this one's day after it.
        backfills.pin(place, {});
        backfills.stand({ backfill: 'b1', state: 'sealing', isFixed: false });
        return ports.ledger.putIfAbsent(append);
      },
    };
    const append = makeAppendEvents(
      { ...ports, ledger, backfills, memory: writerMemory() },
      memoryCatalog([...METERS]),
    );
    expect(counts(await append([moved]))).toEqual({ ...none, failed: 1 });
    expect(ports.ledger.appends().map(({ slot }) => slot.start)).toEqual([START]);
  });

  it('that come again later are duplicates if they were fixed, and refused if not', async () => {
    for (const state of ['sealed', 'closed', 'reverted'] as const) {
      const { append, stand, backfills, world } = setUp();
      stand('open');
      await append([line('a')]);
      await append([line('b')]);
      backfills.pin(place, { [START]: 1 });
      stand(state);
      const before = world.ports.ledger.appends().length;
      expect(counts(await append([line('a'), line('a', 9), line('b'), line('c')]))).toEqual({
        ...none,
        duplicates: 1,
        conflicts: 1,
        refused: ['BACKFILL_NOT_OPEN', 'BACKFILL_NOT_OPEN'],
      });
      expect(world.ports.ledger.appends()).toHaveLength(before);
    }
  });

  it('that were taken before it was reverted unsealed stay taken', async () => {
    const { append, stand } = setUp();
    stand('open');
    await append([line('a')]);
    stand('reverted', false);
    expect(counts(await append([line('a'), line('b')]))).toEqual({
      ...none,
      duplicates: 1,
      refused: ['BACKFILL_NOT_OPEN'],
    });
  });

  it('are looked at again after their append: it may have been sealed meanwhile', async () => {
    for (const pinned of [1, 0]) {
      const { stand, backfills, world } = setUp();
      stand('open');
      const { ledger } = world.ports;
      const sealing: typeof ledger = {
        ...ledger,
        putIfAbsent: async (append) => {
          const written = await ledger.putIfAbsent(append);
          backfills.pin(place, pinned === 0 ? {} : { [START]: pinned });
          stand('sealed');
          return written;
        },
      };
      const append = makeAppendEvents(
        { ...world.ports, ledger: sealing, backfills, memory: writerMemory() },
        memoryCatalog([...METERS]),
      );
      expect(counts(await append([line('a')]))).toEqual(
        pinned === 1 ? { ...none, accepted: 1 } : { ...none, refused: ['BACKFILL_NOT_OPEN'] },
      );
    }
  });

  it('cost usage of the live ledger nothing', async () => {
    const { append, backfills } = setUp();
    expect(counts(await append([api('a', T, 1)]))).toEqual({ ...none, accepted: 1 });
    expect(backfills.asked()).toBe(0);
  });
});
