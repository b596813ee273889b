import { describe, expect, it } from 'vitest';
import type { CatalogEntry, Meter } from '../../../lambdas/catalog/types.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { restateRange } from '../../../lambdas/usage/corrections/restate-range.ts';
import type { JobRun } from '../../../lambdas/usage/jobs/run-job.ts';
import { chainsOf, firstBrokenLink, foldChain } from '../../../lambdas/usage/ledger/chain.ts';
import type { LedgerStore } from '../../../lambdas/usage/ledger/ledger-store.ts';
import { meterIndex } from '../../../lambdas/usage/ledger/meter-states.ts';
import { restateDay, restateSlot } from '../../../lambdas/usage/ledger/restate.ts';
import { stateKey } from '../../../lambdas/usage/ledger/state.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { correctionsWorld } from './corrections-world.ts';
import { cancellation, METERS, usage } from './usage-fixtures.ts';

const DAY = '2026-10-01';
const at = (
  line: number,
  id: string,
  count: number,
  backfill?: string,
  time = `${DAY}T11:50:00.000Z`,
): CanonicalUsage =>
  usage(
    {
      id,
      subject: 'org-01',
      time,
      type: 'api',
      data: { count, endpoint: 'read' },
      ...(backfill === undefined ? {} : { backfill }),
    },
    line,
  );
const [first] = METERS;
/** A meter that was not there when the events were appended: calls of at least two at a time. */
const NEW: CatalogEntry<Meter> = {
  ...(first as CatalogEntry<Meter>),
  id: 'twice',
  publishedAt: '2026-10-19T00:00:00.000Z',
  body: {
    ...(first as CatalogEntry<Meter>).body,
    id: 'twice',
    dimensions: [],
    filters: [{ path: '/count', oneOf: ['2'] }],
  },
};
const ALL = [...METERS, NEW];
const meters = meterIndex(ALL);
const KEY = stateKey('twice', 1, {});

const portsOf = ({ ports, backfills }: ReturnType<typeof correctionsWorld>) => ({ ...ports, overlays: backfills });

describe('stating a slot anew', () => {
  const lines = [at(0, 'a', 2), at(1, 'b', 5), at(2, 'c', 2)];

  it('measures old events with a new meter, once, and counts none twice', async () => {
    const world = correctionsWorld([...lines, cancellation(lines[2] as CanonicalUsage, 'x', 3)]);
    await world.append(...lines);
    await world.append(cancellation(lines[2] as CanonicalUsage, 'x', 3));
    const slot = lines[0]?.slot ?? { subject: '', start: '' };
    expect(await restateSlot(world.ports, slot, meters)).toBe('restated');
    expect(await restateSlot(world.ports, slot, meters)).toBe('same');
    const chain = world.ports.ledger.appends();
    expect(firstBrokenLink(chain)).toBeUndefined();
    expect(chain.at(-1)).toMatchObject({ full: true, ids: [], pointers: [], late: 0 });
    const before = foldChain(chain.slice(0, -1));
    const after = foldChain(chain);
    expect(after.states[KEY]).toMatchObject({ count: 1, sum: '2' });
    expect({ ...after.states, [KEY]: undefined }).toEqual({ ...before.states, [KEY]: undefined });
    expect(after).toMatchObject({ accepted: 3, cancelled: 1 });
  });

  it('is done again when a writer was first', async () => {
    const rival = at(9, 'd', 2);
    const world = correctionsWorld([...lines, rival]);
    await world.append(...lines);
    const { ledger } = world.ports;
    let beaten = false;
    const raced: LedgerStore = {
      ...ledger,
      putIfAbsent: async (append) => {
        if (!beaten) {
          beaten = true;
          await world.append(rival);
        }
        return ledger.putIfAbsent(append);
      },
    };
    const slot = lines[0]?.slot ?? { subject: '', start: '' };
    expect(await restateSlot({ ...world.ports, ledger: raced }, slot, meters)).toBe('restated');
    expect(foldChain(ledger.appends()).states[KEY]).toMatchObject({ count: 3, sum: '6' });
  });
});

describe('stating a day anew', () => {
  it('marks it, and states what is fixed of a backfill, without what came too late for it', async () => {
    const live = [at(0, 'a', 2)];
    const [fixed, late] = [at(1, 'b', 2, 'b1'), at(2, 'c', 2, 'b1')];
    const world = correctionsWorld([...live, fixed, late]);
    await world.append(...live);
    await world.append(fixed);
    await world.close('b1', '2026-10-20T00:00:00.000Z');
    await world.append(late);
    expect(await restateDay(portsOf(world), 'org-01', DAY, meters)).toEqual({ slots: 2, restated: 2 });
    expect((await world.ports.marks.marksOf('org-01')).map(({ day }) => day)).toEqual([DAY]);
    const slots = await world.slots();
    expect(Object.values(slots)[0]?.[KEY]).toMatchObject({ count: 2, sum: '4' });
    expect(await restateDay(portsOf(world), 'org-01', DAY, meters)).toEqual({ slots: 2, restated: 0 });
  });

  it('leaves alone what is not fixed yet, and days without usage', async () => {
    const open = at(0, 'a', 2, 'b1');
    const world = correctionsWorld([open]);
    await world.append(open);
    expect(await restateDay(portsOf(world), 'org-01', DAY, meters)).toEqual({ slots: 1, restated: 0 });
    expect(await restateDay(portsOf(world), 'org-01', '2026-10-02', meters)).toEqual({ slots: 0, restated: 0 });
  });
});

describe('stating a range anew', () => {
  const run = async (world: ReturnType<typeof correctionsWorld>, history: readonly CatalogEntry<Meter>[]) => {
    const catalog = { history: async () => history as never };
    let [cursor, runs]: [unknown, number] = [undefined, 0];
    const work = restateRange({ ...portsOf(world), ids: countingIds(), catalog });
    for (;;) {
      runs += 1;
      const asRun = {
        job: { params: { start: '2026-09-30', end: '2026-10-03' } },
        cursor,
        save: async (_: unknown, saved: unknown) => {
          cursor = saved;
        },
        isTimeUp: () => true,
      } as unknown as JobRun;
      const result = await work(asRun);
      if (result !== 'later') return { result, runs };
    }
  };

  it('goes subject by subject, in as many runs as it takes', async () => {
    const own = at(0, 'a', 2);
    const other = usage(
      { id: 'b', subject: 'org-02', time: `${DAY}T10:00:00.000Z`, type: 'api', data: { count: 2 } },
      1,
    );
    const world = correctionsWorld([own, other]);
    await world.append(own, other);
    expect(await run(world, ALL)).toEqual({ result: { slots: 2, restated: 2 }, runs: 2 });
    for (const chain of chainsOf(world.ports.ledger.appends())) expect(foldChain(chain).states[KEY]).toBeDefined();
  });

  it('waits until every writer knows the newest meter', async () => {
    const world = correctionsWorld([]);
    const newest = { ...NEW, publishedAt: world.clock.now() };
    await expect(run(world, [...METERS, newest])).rejects.toThrow('ask again from 2026-10-20T00:17:00.000Z');
    world.clock.advance(17 * 60_000);
    expect((await run(world, [...METERS, newest])).result).toEqual({ slots: 0, restated: 0 });
  });
});
