import { beforeEach, describe, expect, it } from 'vitest';
import { countedDays } from '../../../lambdas/usage/archive/counted-days.ts';
import type { LedgerStore } from '../../../lambdas/usage/ledger/ledger-store.ts';
import { explain } from '../../../lambdas/usage/prove/explain.ts';
import { verifyLedger } from '../../../lambdas/usage/prove/verify.ts';
import { readTotals } from '../../../lambdas/usage/read/totals.ts';
import { settleSweep } from '../../../lambdas/usage/settle/settle-sweep.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { api, METERS, usage } from './usage-fixtures.ts';
import { makeWorld } from './usage-world.ts';

let world: ReturnType<typeof makeWorld>;
beforeEach(() => {
  world = makeWorld();
});

describe('looking after the ledger', () => {
  it('counts what is accepted, late and nobody’s', async () => {
    const late = usage({ ...api('l', '2026-10-05T00:00:00.000Z', 1).event, id: 'l' }, 0, true);
    await world.append(
      api('a', '2026-10-05T00:00:00.000Z', 1),
      late,
      api('z', '2026-10-06T00:00:00.000Z', 1, 'read', 'org-99'),
    );
    const { ledger, subjects, touched } = world.ports;
    const totals = await readTotals(
      { countDay: countedDays(ledger, touched)(new Map()), subjects },
      async (subjects, interval) =>
        subjects.filter((subject) => subject === 'org-99').map((subject) => ({ subject, ...interval })),
      '2026-10-01',
      '2026-11-01',
    );
    expect(totals).toMatchObject({ accepted: 3, late: 1 });
    expect(totals.unattributed).toMatchObject([{ subject: 'org-99', events: 1 }]);
  });

  it('finds tampering in the table', async () => {
    await world.append(api('a', '2026-10-05T00:00:00.000Z', 1));
    await world.append(api('b', '2026-10-05T00:01:00.000Z', 1));
    const verify = () => verifyLedger(world.ports, 'org-01', '2026-10-01', '2026-11-01');
    expect(await verify()).toEqual({ slots: 1, appends: 2, broken: [] });
    const [key, item] = [...world.ports.ledger.items][0] ?? [];
    if (key === undefined || item === undefined) throw new Error('the ledger is empty');
    world.ports.ledger.items.set(key, { ...item, l: 7 });
    expect((await verify()).broken).toMatchObject([{ version: 1, reason: 'HASH' }]);
    world.ports.ledger.items.delete(key);
    expect((await verify()).broken).toMatchObject([{ version: 2, reason: 'GAP' }]);
  });

  it('finds what was cut off at the end of a chain, by the days that were settled from it', async () => {
    await world.append(api('a', '2026-10-05T00:00:00.000Z', 1), api('c', '2026-10-06T00:00:00.000Z', 1));
    await world.append(api('b', '2026-10-05T00:01:00.000Z', 1));
    await settleSweep(world.ports, METERS);
    const verify = () => verifyLedger(world.ports, 'org-01', '2026-10-01', '2026-11-01');
    expect(await verify()).toEqual({ slots: 2, appends: 3, broken: [] });
    const { items } = world.ports.ledger;
    items.delete('org-01#2026-10-05 2026-10-05T00:00:00.000Z#00000002');
    items.delete('org-01#2026-10-06 2026-10-06T00:00:00.000Z#00000001');
    expect((await verify()).broken).toMatchObject([
      { start: '2026-10-05T00:00:00.000Z', version: 2, reason: 'CUT' },
      { start: '2026-10-06T00:00:00.000Z', version: 1, reason: 'CUT' },
    ]);
  });

  it('explains a number down to its events, page by page', async () => {
    const batch = [
      usage(
        {
          id: 'a',
          subject: 'org-01',
          time: '2026-10-05T00:00:00.000Z',
          type: 'api',
          data: { count: 1, endpoint: 'read' },
        },
        0,
      ),
      usage(
        {
          id: 'b',
          subject: 'org-01',
          time: '2026-10-05T00:01:00.000Z',
          type: 'api',
          data: { count: 2, endpoint: 'write' },
        },
        1,
      ),
      usage(
        {
          id: 'c',
          subject: 'org-01',
          time: '2026-10-06T00:01:00.000Z',
          type: 'api',
          data: { count: 3, endpoint: 'read' },
        },
        2,
      ),
    ];
    await world.append(...batch);
    const { pins } = await world.read(['org-01']);
    const archive = {
      line: async ({ line }: { line: number }) => ({
        format: 1 as const,
        position: { stream: 'usage', shard: 'shardId-000000000000', sequence: '1', index: line },
        receivedAt: '2026-10-06T00:02:00.000Z',
        encoding: 'utf8' as const,
        line: JSON.stringify(batch[line]?.event),
      }),
    };
    let queries = 0;
    const ledger: LedgerStore = {
      ...world.ports.ledger,
      day: (...range) => {
        queries += 1;
        return world.ports.ledger.day(...range);
      },
    };
    const ask = { pins, meters: METERS, meter: 'calls', dimensions: { endpoint: 'read' }, limit: 1 };
    const first = await explain({ ledger, archive }, ask);
    const second = await explain({ ledger, archive }, { ...ask, after: first.next ?? '' });
    const third = await explain({ ledger, archive }, { ...ask, after: second.next ?? '' });
    expect([first, second, third].map(({ items }) => items.map(({ event }) => event.id))).toEqual([['a'], ['c'], []]);
    queries = 0;
    await explain({ ledger, archive }, { ...ask, limit: 9 });
    expect([queries, pins.length]).toEqual([2, 2]);
  });

  it('explains nothing that is not what was pinned and accepted', async () => {
    const event = api('a', '2026-10-05T00:00:00.000Z', 1);
    await world.append(event, api('b', '2026-10-05T00:20:00.000Z', 1));
    const { pins } = await world.read(['org-01']);
    const of = (shown: CanonicalUsage['event']) => ({
      line: async () => ({
        format: 1 as const,
        position: event.position,
        receivedAt: '2026-10-06T00:02:00.000Z',
        encoding: 'utf8' as const,
        line: JSON.stringify(shown),
      }),
    });
    const ask = { pins, meters: METERS, limit: 1 };
    const { ledger } = world.ports;
    expect((await explain({ ledger, archive: of(event.event) }, ask)).items).toHaveLength(1);
    const forged = { ...event.event, data: { count: 100, endpoint: 'read' } };
    await expect(explain({ ledger, archive: of(forged) }, ask)).rejects.toThrow('as it was accepted');
    ledger.items.delete('org-01#2026-10-05 2026-10-05T00:00:00.000Z#00000001');
    await expect(explain({ ledger, archive: of(event.event) }, ask)).rejects.toThrow('is not what was pinned');
  });

  it('ends a page when it has looked at enough lines, and goes on there', async () => {
    const batch = Array.from({ length: 6_000 }, (_, n) =>
      api(`e${n}`, `2026-10-05T00:${String(n % 60).padStart(2, '0')}:00.000Z`, 1, n === 5_999 ? 'write' : 'read'),
    );
    const lines = new Map(batch.map((event, line) => [line, event.event]));
    const placed = batch.map((event, line) => ({ ...event, pointer: { key: 'k', line } }));
    await world.append(...placed);
    const { pins } = await world.read(['org-01']);
    const archive = {
      line: async ({ line }: { line: number }) => ({
        format: 1 as const,
        position: { stream: 'usage', shard: 's', sequence: '1', index: line },
        receivedAt: '2026-10-06T00:02:00.000Z',
        encoding: 'utf8' as const,
        line: JSON.stringify(lines.get(line)),
      }),
    };
    // All appends may hold such an event, as far as their keys tell: a set names only what is new.
    const ask = { pins, meters: METERS, meter: 'users', limit: 9 };
    const page = await explain({ ledger: world.ports.ledger, archive }, ask);
    expect([page.items.length, page.next === undefined]).toEqual([0, false]);
    const rest = await explain({ ledger: world.ports.ledger, archive }, { ...ask, after: page.next ?? '' });
    expect(rest).toEqual({ items: [] });
  });
});
