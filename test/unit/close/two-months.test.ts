import { describe, expect, it } from 'vitest';
import { entry } from './close-catalog.ts';
import { agreed, gigabytes, OCTOBER, SEPTEMBER, seats, ledgerWorld as world } from './ledger-world.ts';

describe('what goes on from month to month', () => {
  it('are seats and storage that nobody touched since', async () => {
    const { append, close } = world(agreed());
    await append(seats('2026-09-21T00:00:00.000Z', 10), gigabytes('2026-09-16T00:00:00.000Z', '200'));
    // 10 seats for 10 of 30 days; 200 GB for 15 of 30 days.
    expect(await close(SEPTEMBER)).toEqual(['platform: 103.33', 'api-calls: 10.00']);
    expect(await close(OCTOBER)).toEqual(['platform: 310.00', 'api-calls: 20.00']);
  });

  it('also when the month before was never closed, or could not be rated', async () => {
    const never = world(agreed());
    await never.append(seats('2026-08-21T00:00:00.000Z', 10));
    expect(await never.close(OCTOBER)).toEqual(['platform: 310.00']);

    const failed = world(agreed({ items: [{ id: 'seats', price: 'gone' }] }));
    await failed.append(seats('2026-09-21T00:00:00.000Z', 10));
    expect(await failed.close(SEPTEMBER)).toEqual([]);
    const mended = { ...agreed(), version: 2, effectiveFrom: '2026-09-15T00:00:00.000Z' };
    failed.made.publish(mended);
    expect(await failed.close(OCTOBER)).toEqual(['platform: 310.00']);
  });

  it('and into a contract that begins within the month', async () => {
    const { append, close } = world(agreed({ start: '2026-10-12' }));
    await append(seats('2026-10-05T00:00:00.000Z', 31), gigabytes('2026-10-05T00:00:00.000Z', '100'));
    // 31 seats for 20 of 31 days; 100 GB all the time that is covered.
    expect(await close(OCTOBER)).toEqual(['platform: 620.00', 'api-calls: 10.00']);
  });

  it('and from one contract of a month to the next, and beyond one that ended', async () => {
    const first = agreed({ end: '2026-09-16' });
    const second = agreed({ id: 'contract-a1-next', start: '2026-09-16', end: '2026-09-26' });
    const third = agreed({ id: 'contract-a1-last', start: '2026-10-01' });
    const { append, close } = world(first, second, third);
    await append(seats('2026-09-01T00:00:00.000Z', 30), seats('2026-09-28T00:00:00.000Z', 40));
    // 30 seats for 15 and for 10 of 30 days; in October the 40 that were set while there was no contract.
    expect(await close(SEPTEMBER)).toEqual(['platform: 465.00', 'platform: 310.00']);
    expect(await close(OCTOBER)).toEqual(['platform: 1240.00']);
  });

  it('and with a subject that changes hands, at the edge of a month or within it', async () => {
    const edge = world(agreed());
    const moved = (effectiveFrom: string) =>
      entry('attribution', 'org-x', { subject: 'org-x', account: 'a1' }, { effectiveFrom });
    edge.made.publish(moved('2026-10-01T00:00:00.000Z'));
    await edge.append(seats('2026-09-05T00:00:00.000Z', 10, 'org-x'));
    await edge.close(SEPTEMBER);
    expect(await edge.close(OCTOBER)).toEqual(['platform: 310.00']);

    const inside = world(agreed());
    inside.made.publish(moved('2026-10-12T00:00:00.000Z'));
    await inside.append(seats('2026-10-05T00:00:00.000Z', 31, 'org-x'));
    expect(await inside.close(OCTOBER)).toEqual(['platform: 620.00']);
  });
});
