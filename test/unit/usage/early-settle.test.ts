import { beforeEach, describe, expect, it } from 'vitest';
import { writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import { readBalance } from '../../../lambdas/usage/read/balance.ts';
import { makeSettleEarly, settleEarly } from '../../../lambdas/usage/settle/early-settle.ts';
import { settleSweep } from '../../../lambdas/usage/settle/settle-sweep.ts';
import { coveredTo, isFinal, latestMeters } from '../../../lambdas/usage/settle/settled-day.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { api, METERS } from './usage-fixtures.ts';
import { ALWAYS, makeWorld } from './usage-world.ts';

const DAY = '2026-11-10';
const NOVEMBER = { start: '2026-11-01', end: '2026-12-01', zone: 'UTC' };
const meters = latestMeters(METERS);
const request = { subjects: [{ subject: 'org-01', ...ALWAYS }], period: NOVEMBER, carryIn: {}, meters: METERS };

let world: ReturnType<typeof makeWorld>;
/** One append each quarter of an hour, on time, from midnight of 10 November on. */
const use = async (quarters: number): Promise<void> => {
  for (let n = 0; n < quarters; n += 1) {
    const time = world.clock.now();
    await world.append(api(`e-${time}`, time, 2));
    world.clock.advance(15 * 60_000);
  }
};
const balance = async () => {
  const read = await readBalance(world.ports, request);
  expect(read.usage).toEqual((await world.read(['org-01'], NOVEMBER)).usage);
  return read.read;
};
beforeEach(() => {
  world = makeWorld();
});

describe('coveredTo', () => {
  it('is the last slot edge 46 minutes ago, inside the day', () => {
    expect(coveredTo(DAY, '2026-11-10T12:00:00.000Z')).toBe('2026-11-10T11:00:00.000Z');
    expect(coveredTo(DAY, '2026-11-10T12:01:00.000Z')).toBe('2026-11-10T11:15:00.000Z');
    expect(coveredTo(DAY, '2026-11-10T00:30:00.000Z')).toBe('2026-11-10T00:00:00.000Z');
    expect(coveredTo(DAY, '2026-11-11T00:45:59.999Z')).toBe('2026-11-10T23:45:00.000Z');
    expect(coveredTo(DAY, '2026-11-11T00:46:00.000Z')).toBe('2026-11-11T00:00:00.000Z');
  });
});

describe('settling early', () => {
  it('lets a balance read only the open end of a busy day', async () => {
    await use(40);
    const before = await balance();
    expect(await settleEarly(world.ports, meters, 'org-01', DAY)).toBe(true);
    const after = await balance();
    expect(after.queries).toBe(before.queries);
    expect(after.bytes).toBeLessThan(before.bytes / 4);
    // Nothing has come to be covered since.
    expect(await settleEarly(world.ports, meters, 'org-01', DAY)).toBe(false);
    await use(3);
    expect(await settleEarly(world.ports, meters, 'org-01', DAY)).toBe(true);
    await balance();
  });

  it('takes what came late with it, where the mark names its slots, and leaves the others to the sweep', async () => {
    await use(10);
    await settleEarly(world.ports, meters, 'org-01', DAY);
    // An hour late: its slot is not open any more, so its day is marked.
    await world.append(api('late', '2026-11-10T01:00:00.000Z', 5));
    expect(await world.ports.marks.marksOf('org-01')).toHaveLength(1);
    await use(2);
    expect(await settleEarly(world.ports, meters, 'org-01', DAY)).toBe(true);
    await balance();
    await world.ports.marks.mark({ subject: 'org-01', day: DAY, at: world.clock.now(), token: 'all of it' });
    await use(2);
    expect(await settleEarly(world.ports, meters, 'org-01', DAY)).toBe(false);
    await settleSweep(world.ports, METERS);
    await balance();
    world.clock.advance(21 * 60_000);
    await settleSweep(world.ports, METERS);
    expect(await world.ports.marks.marksOf('org-01')).toEqual([]);
    await balance();
  });

  it('leaves a day that is over to the sweep, which tells of it', async () => {
    await use(10);
    world.clock.set('2026-11-11T06:00:00.000Z');
    expect(await settleEarly(world.ports, meters, 'org-01', DAY)).toBe(false);
    await settleSweep(world.ports, METERS);
    expect(world.ports.publisher.published('usage.settled').flatMap(({ days }) => days)).toContain(DAY);
  });

  it('is told of when the day is over', async () => {
    await use(10);
    await settleEarly(world.ports, meters, 'org-01', DAY);
    await settleSweep(world.ports, METERS);
    expect(world.ports.publisher.published('usage.settled')).toEqual([]);
    world.clock.advance(24 * 3_600_000);
    await settleSweep(world.ports, METERS);
    expect(world.ports.publisher.published('usage.settled')).toMatchObject([{ subject: 'org-01', days: [DAY] }]);
    const [head] = (await world.ports.settled.heads('org-01', DAY, '2026-11-11')).days;
    expect(head && isFinal(head)).toBe(true);
    await balance();
  });

  it('happens after every 32 appends of a writer, and a failure is told, not thrown', async () => {
    const memory = writerMemory();
    const early = makeSettleEarly(world.ports, memory, memoryCatalog([...METERS]));
    await use(40);
    for (let n = 0; n < 31; n += 1) memory.unsettled.count('org-01', DAY);
    expect(await early()).toEqual({ settled: 0, failures: [] });
    memory.unsettled.count('org-01', DAY);
    expect(await early()).toEqual({ settled: 1, failures: [] });
    expect(await early()).toEqual({ settled: 0, failures: [] });
    const down = { ...world.ports, settled: { ...world.ports.settled, days: () => Promise.reject(new Error('down')) } };
    for (let n = 0; n < 32; n += 1) memory.unsettled.count('org-01', DAY);
    expect(await makeSettleEarly(down, memory, memoryCatalog([...METERS]))()).toEqual({
      settled: 0,
      failures: ['org-01 2026-11-10: down'],
    });
  });

  it('looks again only when another slot has come to be covered', async () => {
    await use(10);
    let looks = 0;
    const marks = {
      marksOf: (subject: string) => {
        looks += 1;
        return world.ports.marks.marksOf(subject);
      },
    };
    const unsettled = { count: () => undefined, takeDue: () => [{ subject: 'org-01', day: DAY }] };
    const early = makeSettleEarly({ ...world.ports, marks }, { unsettled }, memoryCatalog([...METERS]));
    expect([await early(), looks]).toEqual([{ settled: 1, failures: [] }, 1]);
    expect([await early(), looks]).toEqual([{ settled: 0, failures: [] }, 1]);
    await use(1);
    expect([await early(), looks]).toEqual([{ settled: 1, failures: [] }, 2]);
    await balance();
  });
});
