import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeAdjustment } from '../../../lambdas/close/adjust.ts';
import { STEP_NAMES } from '../../../lambdas/close/run-step.ts';
import { closeAll, documentsOf, makeWorld } from './close-world.ts';

const read = (file: string): string => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

/** The rows of the worked correction: close, calls, is rated, was billed, document, amount. */
const rows = read('lambdas/close/README.md')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => /^\d+$/.test(cells[1] ?? ''));

describe('the worked correction of the README', () => {
  it('comes out as it is written', async () => {
    expect(rows).toHaveLength(4);
    const world = makeWorld();
    for (const [, run, calls, rated, , kind, amount] of rows) {
      world.usage.set('org-a1', calls ?? '');
      const { close } = await closeAll(world);
      expect(close.run).toBe(Number(run));
      const progress = await world.store.account(close.closeId, 'a1');
      expect(progress?.rated?.totals.USD).toBe(rated);
      const document = (await documentsOf(world, close.closeId)).find(({ account }) => account === 'a1');
      expect([document?.kind ?? 'none', document?.total ?? '0.00']).toEqual([kind, amount]);
    }
  });
});

describe('the worked adjustments of the README', () => {
  const adjusted = read('lambdas/close/README.md')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => /^[A-D]$/.test(cells[1] ?? ''));

  it('come out as they are written', async () => {
    expect(adjusted).toHaveLength(4);
    const world = makeWorld();
    world.corrections.carryBelowMinorUnits = 200;
    let lineId = '';
    let billed = 0;
    for (const [, , calls = '', decided = '', due, was, document, carried] of adjusted) {
      world.usage.set('org-a1', calls);
      const amount = /^goodwill (.+)$/.exec(decided)?.[1];
      if (amount !== undefined) {
        await makeAdjustment(world, { about: lineId, kind: 'goodwill', amount, reason: 'outage', by: 'gina' });
      }
      expect(billed.toFixed(2)).toBe(was);
      const { close } = await closeAll(world);
      const made = (await documentsOf(world, close.closeId)).find(({ account }) => account === 'a1');
      expect(made === undefined ? 'none' : `${made.kind} ${made.total}`).toBe(document);
      billed += Number(made?.total ?? '0');
      lineId = made?.lines.find(({ product }) => product === 'api-calls')?.lineId ?? lineId;
      const kept = JSON.parse((await world.files.getText(`closes/${close.closeId}/carried.json`)) ?? '{"carried":[]}');
      const left = kept.carried.flatMap((each: { lines: { amount: string }[] }) => each.lines);
      const open = left.reduce((sum: number, each: { amount: string }) => sum + Number(each.amount), 0);
      expect(open.toFixed(2)).toBe(carried);
      expect((billed + open).toFixed(2)).toBe(due);
    }
  });
});

describe('the state machines', () => {
  it('call every step by a name that exists, and no step is left uncalled', () => {
    const text = read('statemachines/period-close.asl.json') + read('statemachines/manifest.asl.json');
    const called = [...text.matchAll(/"step": "([a-z-]+)"/g)].map(([, name]) => name);
    expect(new Set(called)).toEqual(new Set(STEP_NAMES));
  });
});
