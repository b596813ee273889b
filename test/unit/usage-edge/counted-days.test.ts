import { describe, expect, it } from 'vitest';
import { countedDays } from '../../../lambdas/usage/archive/counted-days.ts';
import type { Append } from '../../../lambdas/usage/types.ts';
import { memoryOverlays } from '../../twins/memory-overlays.ts';

const START = '2026-10-05T09:30:00.000Z';

const append = (version: number, ids: readonly string[], changes: Partial<Append> = {}): Append =>
  ({
    slot: { subject: 'org-01', start: START },
    version,
    ids: ids.map((idHash) => ({ idHash, bodyHash: '' })),
    late: 0,
    states: { key: {} },
    pointers: ids.map((_, line) => ({ key: 'k', line })),
    ...changes,
  }) as unknown as Append;

const setUp = (...appends: Append[]) => {
  let reads = 0;
  const overlays: Append[] = [];
  const ledger = {
    day: async () => {
      reads += 1;
      return { appends, overlays, queries: 1, bytes: 0 };
    },
  };
  const status = memoryOverlays();
  const counted = countedDays(ledger, status);
  const count = (expected: number) => counted(new Map([['org-01#2026-10-05', expected]]))('org-01', '2026-10-05');
  return { appends, overlays, status, count, reads: () => reads };
};

describe('counted days', () => {
  const chain = { start: START, isOverlay: false, cancelled: 0, alone: 0 };

  it('read a complete day once, and again when the archive shows more', async () => {
    const { appends, count, reads } = setUp(append(1, ['a', 'b'], { late: 1 }));
    for (let n = 0; n < 2; n += 1) expect(await count(2)).toEqual([{ ...chain, accepted: 2, late: 1 }]);
    expect(reads()).toBe(1);
    appends.push(append(2, ['c', 'd', 'e']));
    for (let n = 0; n < 2; n += 1) expect(await count(5)).toEqual([{ ...chain, accepted: 5, late: 1 }]);
    expect(reads()).toBe(2);
  });

  it('read a day that is not complete every time', async () => {
    const { count, reads } = setUp(append(1, ['a', 'b']));
    await count(3);
    await count(3);
    expect(reads()).toBe(2);
  });

  it('tell usage from lines that only cancel, live chains from overlays, and what is cancelled', async () => {
    const alone = { cancels: [{ idHash: 'a', line: 0, alone: true }] };
    const { overlays, count, reads } = setUp(append(1, ['a', 'b']), append(2, ['c'], alone));
    const slot = { subject: 'org-01', start: START, overlay: 'b-1' };
    overlays.push(append(1, ['x'], { slot }));
    const expected = [
      { ...chain, accepted: 2, late: 0, cancelled: 1, alone: 1 },
      { ...chain, accepted: 1, late: 0, isOverlay: true },
    ];
    expect(await count(4)).toEqual(expected);
    expect(await count(4)).toEqual(expected);
    expect(reads()).toBe(1);
  });

  it('count of a sealed backfill only what was fixed: the rest was refused', async () => {
    const { overlays, status, count } = setUp();
    const slot = { subject: 'org-01', start: START, overlay: 'b-1' };
    overlays.push(append(1, ['x'], { slot }), append(2, ['y', 'z'], { slot }));
    const accepted = async () => (await count(9)).map((each) => each.accepted);
    status.stand({ backfill: 'b-1', state: 'open', isFixed: false });
    expect(await accepted()).toEqual([3]);
    status.stand({ backfill: 'b-1', state: 'sealed', isFixed: true });
    expect(await accepted()).toEqual([]);
    status.pin({ backfill: 'b-1', subject: 'org-01', day: '2026-10-05' }, { [START]: 1 });
    expect(await accepted()).toEqual([1]);
  });
});
