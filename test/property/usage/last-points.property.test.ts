import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stateKey } from '../../../lambdas/usage/ledger/state.ts';
import { type LastPoints, lastPointsIn, refreshLastPoints } from '../../../lambdas/usage/settle/last-points.ts';
import type { SettledDay } from '../../../lambdas/usage/settle/settled-item.ts';
import type { Point } from '../../../lambdas/usage/types.ts';

const SUBJECT = 'org-01';
const dayOf = (n: number): string => `2026-10-${String(n + 1).padStart(2, '0')}`;

/** A day that was changed, to points at some hours of some values. */
const change = fc.record({
  day: fc.nat(4),
  points: fc.array(fc.record({ region: fc.constantFrom('eu', 'us'), hour: fc.nat(2), id: fc.nat(2) }), {
    maxLength: 3,
  }),
});

const settledDay = ({
  day,
  points,
}: { day: number } & { points: readonly { region: string; hour: number; id: number }[] }) => {
  const byKey = Map.groupBy(points, ({ region }) => stateKey('storage', 1, { region }));
  const states = [...byKey].map(([key, own]) => [
    key,
    {
      class: 'points' as const,
      points: own.map(
        ({ hour, id }): Point => ({ time: `${dayOf(day)}T0${hour}:00:00.000Z`, idHash: `${id}`, value: `${id}` }),
      ),
    },
  ]);
  return { subject: SUBJECT, day: dayOf(day), states: Object.fromEntries(states) } as unknown as SettledDay;
};

/** A month's settled days and its item, in memory; `read` says which stretches of days were asked for. */
const month = () => {
  const days = new Map<string, SettledDay>();
  const read: string[] = [];
  let item: LastPoints | undefined;
  return {
    days,
    read,
    points: () => item?.points ?? {},
    ports: {
      days: async (_: string, from: string, to: string) => {
        read.push(`${from} to ${to}`);
        return { days: [...days.values()].filter(({ day }) => day >= from && day < to), queries: 1, bytes: 0 };
      },
      lasts: async () => ({ days: item === undefined ? [] : [item], queries: 1, bytes: 0 }),
      putLasts: async (next: LastPoints) => {
        item = next;
        return true;
      },
    },
  };
};

it('last points come to what the whole month says, however its days change', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 12 }), async (sweeps) => {
      const { days, ports, points } = month();
      for (const changes of sweeps) {
        const made = changes.map(settledDay);
        for (const day of made) days.set(day.day, day);
        await refreshLastPoints(ports, SUBJECT, [...new Set(made.map(({ day }) => day))]);
        expect(points()).toEqual(lastPointsIn([...days.values()]));
      }
    }),
    { numRuns: 300 },
  );
});

it('last points are looked for on no other day while points only come', async () => {
  const { days, ports, read } = month();
  for (const day of [0, 4, 2]) {
    const made = settledDay({ day, points: [{ region: 'eu', hour: 1, id: 1 }] });
    days.set(made.day, made);
    await refreshLastPoints(ports, SUBJECT, [made.day]);
  }
  // Of a month of which nothing is noted all is read.
  expect(read).toEqual(['2026-10-01 to 2026-11-01', '2026-10-05 to 2026-10-06', '2026-10-03 to 2026-10-04']);
});
