import { describe, expect, it } from 'vitest';
import { mapBounded } from '../../../lambdas/platform/bounded.ts';

const later = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('mapBounded', () => {
  it('keeps order and bound', async () => {
    let [running, most] = [0, 0];
    const doubled = await mapBounded([1, 2, 3, 4, 5, 6], 2, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await later();
      running -= 1;
      return item * 2;
    });
    expect(doubled).toEqual([2, 4, 6, 8, 10, 12]);
    expect(most).toBe(2);
  });

  it('waits for what is under way before it throws, and begins nothing more', async () => {
    const done: number[] = [];
    const all = mapBounded([1, 2, 3, 4, 5, 6], 2, async (item) => {
      if (item === 1) throw new Error('the first fails');
      await later();
      done.push(item);
    });
    await expect(all).rejects.toThrow('the first fails');
    expect(done).toEqual([2]);
    await later();
    expect(done).toEqual([2]);
  });
});
