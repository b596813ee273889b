import { describe, expect, it } from 'vitest';
import { countedDays } from '../../../lambdas/usage/archive/counted-days.ts';
import type { LedgerStore } from '../../../lambdas/usage/ledger/ledger-store.ts';
import type { Append } from '../../../lambdas/usage/types.ts';

const append = (ids: number, late: number): Append =>
  ({
    slot: { subject: 'org-01', start: '2026-10-05T09:30:00.000Z' },
    ids: Array.from({ length: ids }, (_, n) => ({ idHash: `${n}`, bodyHash: '' })),
    late,
    states: { key: {} },
    pointers: [{ key: 'k', line: 0 }],
  }) as unknown as Append;

describe('counted days', () => {
  const setUp = (...appends: Append[]) => {
    let reads = 0;
    const ledger: LedgerStore = {
      putIfAbsent: async () => 'taken',
      slotAbove: async () => ({ appends: [], overlays: [], queries: 1, bytes: 0 }),
      day: async () => {
        reads += 1;
        return { appends, overlays: [], queries: 1, bytes: 0 };
      },
    };
    return { appends, counted: countedDays(ledger), reads: () => reads };
  };
  const expecting = (count: number) => new Map([['org-01#2026-10-05', count]]);
  const count = async (ledger: LedgerStore) => {
    const { appends } = await ledger.day('org-01', '2026-10-05');
    return appends.map(({ ids, late }) => [ids.length, late]);
  };

  it('read a complete day once, and again when the archive shows more', async () => {
    const { appends, counted, reads } = setUp(append(2, 1));
    expect(await count(counted(expecting(2)))).toEqual([[2, 1]]);
    expect(await count(counted(expecting(2)))).toEqual([[2, 1]]);
    expect(reads()).toBe(1);
    appends.push(append(3, 0));
    expect(await count(counted(expecting(5)))).toEqual([
      [2, 1],
      [3, 0],
    ]);
    expect(await count(counted(expecting(5)))).toEqual([
      [2, 1],
      [3, 0],
    ]);
    expect(reads()).toBe(2);
  });

  it('read a day that is not complete every time', async () => {
    const { counted, reads } = setUp(append(2, 1));
    await count(counted(expecting(3)));
    await count(counted(expecting(3)));
    expect(reads()).toBe(2);
  });

  it('read a part of a day every time', async () => {
    const { counted, reads } = setUp(append(2, 1));
    await count(counted(expecting(2)));
    const within = { from: '2026-10-05T00:00:00.000Z', to: '2026-10-05T12:00:00.000Z' };
    await counted(expecting(2)).day('org-01', '2026-10-05', within);
    expect(reads()).toBe(2);
  });
});
