import { expect, it } from 'vitest';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { driftNotes } from '../../../lambdas/usage/quarantine/drift.ts';

const setUp = () => {
  const clock = manualClock('2026-10-05T10:00:00.000Z');
  const told: string[] = [];
  const add = async (field: string, events: number) => {
    told.push(`${field} ${events}`);
  };
  return { clock, told, note: driftNotes({ add }, clock) };
};

it('tells of a field at once, then now and then, and loses none on the way', async () => {
  const { clock, told, note } = setUp();
  await note({ 'api/2 plan': 3 });
  await note({ 'api/2 plan': 4, 'api/2 tier': 1 });
  clock.advance(9 * 60_000);
  await note({ 'api/2 plan': 5 });
  expect(told).toEqual(['api/2 plan 3', 'api/2 tier 1']);
  clock.advance(60_000);
  await note({ 'api/2 plan': 1 });
  expect(told.at(-1)).toBe('api/2 plan 10');
});

it('tells again what could not be told', async () => {
  const { clock } = setUp();
  let fails = true;
  const told: number[] = [];
  const note = driftNotes(
    {
      add: async (_, events) => {
        if (fails) throw new Error('down');
        told.push(events);
      },
    },
    clock,
  );
  await expect(note({ a: 2 })).rejects.toThrow('down');
  fails = false;
  clock.advance(10 * 60_000);
  await note({ a: 1 });
  expect(told).toEqual([3]);
});

it('remembers no more fields than it should, whatever producers invent', async () => {
  const { told, note } = setUp();
  for (let n = 0; n < 300; n += 1) await note({ [`field-${n}`]: 1 });
  expect(told).toHaveLength(200);
});
