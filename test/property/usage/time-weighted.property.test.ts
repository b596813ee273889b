import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateKey } from '../../../lambdas/usage/ledger/state.ts';
import { aggregate, carryKey } from '../../../lambdas/usage/read/aggregate.ts';
import type { Point } from '../../../lambdas/usage/types.ts';
import { quotient } from '../../simulation/oracle.ts';
import { METERS } from '../../unit/usage/usage-fixtures.ts';

const FROM = Date.UTC(2026, 9, 1);
const MINUTES = 24 * 60;
const period = { start: '2026-10-01', end: '2026-10-02', zone: 'UTC' };
const iso = (minute: number) => new Date(FROM + minute * 60_000).toISOString();

const points = fc.array(fc.record({ minute: fc.nat(MINUTES - 1), value: fc.nat(100_000) }), { maxLength: 25 });

describe('TIME_WEIGHTED', () => {
  it('is the average over every minute, with what was carried in', () => {
    fc.assert(
      fc.property(points, fc.option(fc.nat(100_000)), (samples, carried) => {
        fc.pre(samples.length > 0 || carried !== null);
        const all: Point[] = samples.map(({ minute, value }, n) => ({
          time: iso(minute),
          value: String(value),
          idHash: String(n).padStart(32, '0'),
        }));
        // Minute by minute: the value in force at its start. Of samples of one minute the last id rules.
        let value = BigInt(carried ?? 0);
        let total = 0n;
        for (let minute = 0; minute < MINUTES; minute += 1) {
          for (const sample of samples) if (sample.minute === minute) value = BigInt(sample.value);
          total += value;
        }
        const carryIn =
          carried === null ? {} : { [carryKey('storage', {}, 'org-01')]: { time: iso(-100), value: String(carried) } };
        const { usage, carryOut } = aggregate({
          fragments: all.map((point) => ({
            subject: 'org-01',
            states: { [stateKey('storage', 1, {})]: { class: 'points', points: [point] } },
          })),
          subjects: [{ subject: 'org-01', from: iso(0), to: iso(MINUTES) }],
          period,
          carryIn,
          meters: METERS,
        });
        expect(usage.map(({ quantity }) => quantity)).toEqual([quotient(total, BigInt(MINUTES))]);
        expect(Object.values(carryOut).map((carry) => carry.value)).toEqual([String(value)]);
      }),
    );
  });
});
