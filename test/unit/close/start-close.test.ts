import { describe, expect, it } from 'vitest';
import { monthBefore, startClose } from '../../../lambdas/close/start-close.ts';
import { DATES, makeWorld, start } from './close-world.ts';

const ports = (
  world: ReturnType<typeof makeWorld>,
  running: (name: string) => 'new' | 'running' | 'ended' = () => 'new',
) => {
  const started: string[] = [];
  const machine = {
    start: async (name: string) => {
      started.push(name);
      return { executionArn: `arn:${name}`, started: running(name) === 'new' };
    },
    hasEnded: async (arn: string) => running(arn.slice(4)) === 'ended',
  };
  const { clock, store, audit } = world;
  return { started, ports: { clock, store, audit, machine } };
};

describe('starting a close', () => {
  it('writes the record, the audit entry and starts the execution by the close’s name', async () => {
    const world = makeWorld();
    const { started, ports: p } = ports(world);
    expect(await startClose(p, { ...DATES, startedBy: 'pia' })).toEqual({
      closeId: 'close-20261001-20261101-1',
      run: 1,
    });
    expect(started).toEqual(['close-20261001-20261101-1']);
    expect((await world.store.close('close-20261001-20261101-1'))?.executionArn).toBe('arn:close-20261001-20261101-1');
    expect((await world.audit.list(0, 10)).map(({ action, actor }) => [action, actor])).toEqual([
      ['close.start', 'pia'],
    ]);
  });

  it('leaves a running one alone and helps one whose start was lost', async () => {
    const world = makeWorld();
    const first = await start(world);
    const { started, ports: p } = ports(world, () => 'running');
    expect((await startClose(p, { ...DATES, startedBy: 'olga' })).closeId).toBe(first);
    expect(started).toEqual([first]);
    expect((await world.store.close(first))?.startedBy).toBe('pia');
  });

  it('two at once start one close', async () => {
    const world = makeWorld();
    const ids = await Promise.all([start(world, 'pia'), start(world, 'olga')]);
    expect(new Set(ids).size).toBe(1);
  });

  it('starts a failed one again under its id, with a new name for the execution', async () => {
    const world = makeWorld();
    const closeId = await start(world);
    await world.store.changeClose(closeId, { status: 'failed', failure: { step: 'rate', code: 'X', message: 'x' } });
    const { started, ports: p } = ports(world);
    expect(await startClose(p, { ...DATES, startedBy: 'olga' })).toEqual({ closeId, run: 1 });
    expect(started).toEqual([`${closeId}-2`]);
    expect((await world.audit.list(0, 10)).at(-1)).toMatchObject({ action: 'close.restart', actor: 'olga' });
  });

  it('starts again one whose execution was stopped from outside', async () => {
    const world = makeWorld();
    const closeId = await start(world);
    const { started, ports: p } = ports(world, (name) => (name === closeId ? 'ended' : 'new'));
    expect((await startClose(p, { ...DATES, startedBy: 'pia' })).closeId).toBe(closeId);
    expect(started).toEqual([closeId, `${closeId}-2`]);
  });

  it('makes no further run when the one it asked about ended meanwhile', async () => {
    const world = makeWorld();
    const closeId = await start(world);
    const { ports: p } = ports(world, () => 'ended');
    const latest = p.store.latestClose;
    let reads = 0;
    const store = {
      ...p.store,
      latestClose: async (dates: Parameters<typeof latest>[0]) => {
        reads += 1;
        if (reads === 2) await world.store.changeClose(closeId, { status: 'done' });
        return latest(dates);
      },
    };
    expect(await startClose({ ...p, store }, { ...DATES, startedBy: 'pia' })).toEqual({ closeId, run: 1 });
  });

  it('refuses what is no calendar month', async () => {
    const { ports: p } = ports(makeWorld());
    const refused = (from: string, to: string, code: string) =>
      expect(startClose(p, { start: from, end: to, startedBy: 'pia' })).rejects.toMatchObject({ problem: { code } });
    await refused('2026-10-02', '2026-11-01', 'NOT_A_BILLING_PERIOD');
    await refused('2026-10-01', '2026-10-31', 'NOT_A_BILLING_PERIOD');
    await refused('2026-11-01', '2026-10-01', 'NOT_A_BILLING_PERIOD');
    await refused('2026-02-30', '2026-03-01', 'BAD_DATE');
    await refused('October', '2026-11-01', 'BAD_DATE');
  });

  it('knows the month before', () => {
    expect(monthBefore('2026-01-03T06:00:00Z')).toEqual({ start: '2025-12-01', end: '2026-01-01' });
    expect(monthBefore('2026-03-31T23:59:59Z')).toEqual({ start: '2026-02-01', end: '2026-03-01' });
  });
});
