import { beforeEach, describe, expect, it } from 'vitest';
import type { CatalogEntry, Limit } from '../../../lambdas/catalog/types.ts';
import { limitPeriod } from '../../../lambdas/usage/limits/limit-period.ts';
import { makeThresholds } from '../../../lambdas/usage/limits/thresholds.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { memoryCrossings } from '../../twins/memory-crossings.ts';
import { correctionsWorld } from './corrections-world.ts';
import { api, cancellation, type EventSpec, METERS, usage } from './usage-fixtures.ts';
import { makeWorld } from './usage-world.ts';

let world: ReturnType<typeof makeWorld>;
beforeEach(() => {
  world = makeWorld();
});

describe('thresholds', () => {
  const entry = <B>(kind: CatalogEntry['kind'], id: string, body: B): CatalogEntry<B> =>
    ({
      ...METERS[0],
      kind,
      id,
      version: 1,
      effectiveFrom: '2024-01-01T00:00:00.000Z',
      body,
    }) as CatalogEntry<B>;
  const limit: Limit = { id: 'team-calls', plan: 'team', meter: 'calls', quantity: '100', thresholds: [80, 100] };
  const stamped = (id: string, count: number): CanonicalUsage => ({
    ...api(id, '2026-10-05T00:00:00.000Z', count),
    stamp: { account: 'acct-01', plan: 'team', salesRegion: 'us' },
  });

  it('tells each crossing once, and reads only when something is near', async () => {
    const catalog = memoryCatalog([
      ...METERS,
      entry('limit', 'team-calls', limit),
      entry('attribution', 'org-01', { subject: 'org-01', account: 'acct-01' }),
    ]);
    const crossings = memoryCrossings();
    const { clock, ports } = world;
    const make = () => makeThresholds({ catalog, balance: ports, crossings, publisher: ports.publisher, clock });
    const look = make();
    for (const [id, count] of [
      ['a', 10],
      ['b', 60],
      ['c', 15],
      ['d', 5],
      ['e', 20],
    ] as const) {
      const event = stamped(id, count);
      await world.append(event);
      await look([event], 'c-1');
    }
    // A new worker knows nothing: it reads, and finds that all is told.
    await make()([stamped('e', 20)], 'c-2');
    const told = ports.publisher.published('usage.threshold-crossed');
    expect(told.map(({ percent, quantity }) => [percent, quantity])).toEqual([
      [80, '85'],
      [100, '110'],
    ]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  });

  it('reads again the sooner, the less is left up to a threshold, and after six hours', async () => {
    const catalog = memoryCatalog([
      ...METERS,
      entry('limit', 'team-calls', limit),
      entry('attribution', 'org-01', { subject: 'org-01', account: 'acct-01' }),
    ]);
    const { clock, ports } = world;
    let reads = 0;
    const subjects = {
      ...ports.subjects,
      get: (subject: string) => {
        reads += 1;
        return ports.subjects.get(subject);
      },
    };
    const balance = { ...ports, subjects };
    const look = makeThresholds({ catalog, balance, crossings: memoryCrossings(), publisher: ports.publisher, clock });
    const used: [after: number, count: number, readsThen: number][] = [
      [0, 8, 1], // nothing is known
      [2, 4, 1], // 72 were left up to 80: 9 are one part in eight
      [2, 5, 2], // 9 since
      [2, 7, 2], // 63 are left
      [0.5, 40, 3], // 47 since
      [2, 3, 4], // 16 are left: 2 are one part in eight
      [359, 1, 4],
      [1, 0, 5], // six hours later
    ];
    for (const [n, [after, count, readsThen]] of used.entries()) {
      clock.advance(after * 60_000);
      const event = stamped(`e${n}`, count);
      await world.append(event);
      await look([event], 'c-1');
      expect([n, reads]).toEqual([n, readsThen]);
    }
  });

  it('tells what it could not look at, and looks at it when its events come again', async () => {
    const catalog = memoryCatalog([
      ...METERS,
      entry('limit', 'team-calls', limit),
      entry('attribution', 'org-01', { subject: 'org-01', account: 'acct-01' }),
    ]);
    const { clock, ports } = world;
    let down = true;
    const publisher = {
      ...ports.publisher,
      publish: (...args: Parameters<typeof ports.publisher.publish>) =>
        down ? Promise.reject(new Error('the bus is down')) : ports.publisher.publish(...args),
    } as typeof ports.publisher;
    const look = makeThresholds({ catalog, balance: ports, crossings: memoryCrossings(), publisher, clock });
    const event = stamped('a', 90);
    await world.append(event);
    expect(await look([event], 'c-1')).toEqual([
      { usages: [event], reason: 'limit team-calls of acct-01: Error: the bus is down' },
    ]);
    down = false;
    expect(await look([event], 'c-1')).toEqual([]);
    expect(ports.publisher.published('usage.threshold-crossed')).toMatchObject([{ percent: 80 }]);
  });

  const corrected = (...lines: readonly CanonicalUsage[]) => {
    const catalog = memoryCatalog([
      ...METERS,
      entry('limit', 'team-calls', limit),
      entry('attribution', 'org-01', { subject: 'org-01', account: 'acct-01' }),
    ]);
    const { ports, append, clock } = correctionsWorld(lines, '2026-11-10T00:00:00.000Z');
    const crossings = memoryCrossings();
    const make = () => makeThresholds({ catalog, balance: ports, crossings, publisher: ports.publisher, clock });
    let look = make();
    return {
      append,
      /** As a new worker, which knows nothing. */
      forget: () => {
        look = make();
      },
      take: async (...events: CanonicalUsage[]) => {
        await append(...events);
        await look(events, 'c-1');
        await look(events, 'c-1');
      },
      told: () =>
        ports.publisher
          .published('usage.threshold-crossed')
          .map(({ id, percent, quantity }) => ({ id, percent, quantity })),
    };
  };
  const at = (line: number, id: string, count: number, more: Partial<EventSpec> = {}): CanonicalUsage => ({
    ...usage(
      {
        id,
        subject: 'org-01',
        time: '2026-10-05T00:00:00.000Z',
        type: 'api',
        data: { count, endpoint: 'read' },
        ...more,
      },
      line,
    ),
    stamp: { account: 'acct-01', plan: 'team', salesRegion: 'us' },
  });

  it('tells a threshold again that is crossed again after a correction took usage back', async () => {
    const [a, b, c] = [at(0, 'a', 50), at(1, 'b', 35), at(2, 'c', 40)];
    // The line that cancels brings the look, whatever its type.
    const cancel = { ...cancellation(b, 'x', 3), stamp: a.stamp } as CanonicalUsage;
    const { take, told } = corrected(a, b, c, cancel);
    await take(a, b);
    await take(cancel);
    await take(c);
    expect(told().map(({ percent, quantity }) => [percent, quantity])).toEqual([
      [80, '85'],
      [80, '90'],
    ]);
    expect(new Set(told().map(({ id }) => id)).size).toBe(2);
  });

  it('sees by any worker that usage is below again, whatever took it back', async () => {
    const [a, b, small, c] = [at(0, 'a', 50), at(1, 'b', 35), at(2, 's', 1), at(4, 'c', 40)];
    const cancel = cancellation(b, 'x', 3);
    const { take, told, append, forget } = corrected(a, b, small, cancel, c);
    await take(a, b);
    // As a backfill that is closed, or one that is reverted: no event of the account brings a look.
    await append(cancel);
    forget();
    await take(small);
    await take(c);
    expect(told().map(({ percent, quantity }) => [percent, quantity])).toEqual([
      [80, '85'],
      [80, '91'],
    ]);
  });

  it('looks also at the period of what is replaced', async () => {
    const [a, b, c] = [at(0, 'a', 85), at(1, 'b', 0), at(3, 'c', 95)];
    const moved = at(2, 'm', 1, {
      time: '2026-11-02T00:00:00.000Z',
      replaces: 'a',
      replacestime: '2026-10-05T00:00:00.000Z',
    });
    const { take, told } = corrected(a, b, moved, c);
    await take(a, b);
    await take(moved);
    await take(c);
    expect(told().map(({ percent, quantity }) => [percent, quantity])).toEqual([
      [80, '85'],
      [80, '95'],
    ]);
  });

  it('counts a limit from anchor to anchor of the contract', () => {
    const contract = { zone: 'Asia/Kolkata', anchorDay: 31, start: '2026-01-12' };
    expect(limitPeriod(contract, '2026-02-28T18:29:00.000Z')).toMatchObject({ start: '2026-02-28', end: '2026-03-31' });
    expect(limitPeriod(contract, '2026-01-15T00:00:00.000Z')).toMatchObject({ start: '2026-01-12', end: '2026-01-31' });
    expect(limitPeriod(undefined, '2026-12-31T23:59:00.000Z')).toEqual({
      start: '2026-12-01',
      end: '2027-01-01',
      zone: 'UTC',
    });
  });
});
