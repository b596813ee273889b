import { describe, expect, it } from 'vitest';
import { fuzz, PATIENCE } from './harness.ts';
import { restructuredLine } from './hostile.ts';

describe('good lines with values, names and members exchanged', () => {
  it.each([1, 2])(
    'are each counted, known or kept with a reason: 45,000 lines of seed %i',
    async (seed) => {
      const { lines, accepted, codes } = await fuzz(seed, 45_000, restructuredLine);
      expect(lines).toBeGreaterThanOrEqual(45_000);
      expect(accepted).toBeGreaterThan(lines / 10);
      const wanted = ['NOT_JSON', 'NOT_CLOUDEVENT', 'UNKNOWN_TYPE', 'UNKNOWN_VERSION', 'SCHEMA', 'NUMBER_PRECISION'];
      const later = ['TOO_LARGE', 'BAD_TIME', 'TOO_OLD', 'IN_FUTURE', 'CONFLICT'];
      expect(Object.keys(codes).sort()).toEqual([...wanted, ...later].sort());
    },
    PATIENCE,
  );
});
