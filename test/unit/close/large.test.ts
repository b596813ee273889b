import { describe, expect, it } from 'vitest';
import type { CatalogEntry } from '../../../lambdas/catalog/types.ts';
import { runStep } from '../../../lambdas/close/run-step.ts';
import { rateAccounts } from '../../../lambdas/close/steps/rate.ts';
import { account, approveAll, catalogOf, contract, goOn, makeWorld, runMachine, start } from './close-world.ts';

const MANY = 300;
const ids = Array.from({ length: MANY }, (_, n) => `m${n}`);

/** Wraps a port: how often each function is called, and how many calls are under way at most. */
const counting = <T extends object>(port: T, calls: Map<string, number>, flight: { now: number; most: number }): T =>
  new Proxy(port, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        const key = [String(name), ...args.filter((arg) => typeof arg === 'string' && arg === 'attribution')].join(' ');
        calls.set(key, (calls.get(key) ?? 0) + 1);
        flight.now += 1;
        flight.most = Math.max(flight.most, flight.now);
        await Promise.resolve();
        try {
          return await Reflect.apply(value, target, args);
        } finally {
          flight.now -= 1;
        }
      };
    },
  });

const world = () => {
  const many = ids.flatMap((id): CatalogEntry[] => [...account(id), contract(id)]);
  const made = makeWorld([...catalogOf(), ...many]);
  const calls = new Map<string, number>();
  const flight = { now: 0, most: 0 };
  const counted = {
    store: counting(made.ports.store, calls, flight),
    files: counting(made.ports.files, calls, flight),
    catalog: counting(made.ports.catalog, calls, flight),
    delivery: counting(made.ports.delivery, calls, flight),
    usage: counting(made.ports.usage, calls, flight),
  };
  return { made: { ...made, ports: { ...made.ports, ...counted } }, calls, flight };
};

describe('a close of many accounts', () => {
  it('reads the attribution a few times, not per account; never asks for thousands of things at once', async () => {
    const { made, calls, flight } = world();
    const closeId = await start(made);
    await runMachine(made, closeId);
    await approveAll(made, closeId);
    expect((await goOn(made, closeId)).state).toBe('done');
    expect(await start(made)).toBe('close-20261001-20261101-2');
    await runMachine(made, 'close-20261001-20261101-2');
    expect(calls.get('history attribution')).toBeLessThan(10);
    expect(flight.most).toBeLessThanOrEqual(64);
    // Two closes of 300 accounts, whole.
  }, 60_000);

  it('does not read all accounts again for each chunk that is rated, and still counts them', async () => {
    const { made, calls } = world();
    const closeId = await start(made);
    for (const step of ['readiness', 'prepare']) await runStep(made.ports, { step, closeId });
    calls.clear();
    await rateAccounts(made.ports, { closeId, accounts: ids.slice(0, 6) });
    await rateAccounts(made.ports, { closeId, accounts: ids.slice(0, 12) });
    expect(calls.get('accounts') ?? 0).toBe(0);
    expect((await made.store.close(closeId))?.steps.rate).toMatchObject({
      state: 'running',
      done: 12,
      total: MANY + 3,
    });
  });

  it('asks for ids at two times where accounts are rated, not for all in one call', async () => {
    const { made, calls } = world();
    made.twice.set('org-m1', [
      { idHash: 'ab', state: 'open', slots: [{ subject: 'org-m1', start: '2026-10-03T00:00:00.000Z' }] },
    ]);
    const closeId = await start(made);
    for (const step of ['readiness', 'prepare']) await runStep(made.ports, { step, closeId });
    await rateAccounts(made.ports, { closeId, accounts: ['m1', 'm2'] });
    expect(
      (await made.store.exceptions({ start: '2026-10-01', end: '2026-11-01' })).map((each) => each.account),
    ).toEqual(['m1']);
    for (const { account: each } of await made.store.accounts(closeId))
      await rateAccounts(made.ports, { closeId, accounts: [each] });
    await runStep(made.ports, { step: 'judge', closeId });
    calls.clear();
    await runStep(made.ports, { step: 'exceptions', closeId });
    expect(calls.get('twiceCounted') ?? 0).toBe(0);
  });

  it('names the first that are held, not all of them', async () => {
    const entries = catalogOf().filter(({ id }) => id !== 'netsuite-invoice');
    const made = makeWorld([...entries, ...ids.flatMap((id) => [...account(id), contract(id)])]);
    const closeId = await start(made);
    await runMachine(made, closeId);
    const close = await made.store.close(closeId);
    expect(JSON.stringify(close).length).toBeLessThan(5_000);
    expect(close?.steps.freeze.notes?.join(' ')).toContain(`and ${MANY + 3 - 20} more`);
  });
});
