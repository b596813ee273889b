import { describe, expect, it } from 'vitest';
import { fuzz, PATIENCE } from './harness.ts';
import { bytesLine, strangeLine } from './hostile.ts';

describe('what was never an event', () => {
  it(
    'is kept with a reason: 40,000 lines of deep, huge and odd JSON',
    async () => {
      const { lines, codes } = await fuzz(4, 40_000, strangeLine);
      expect(lines).toBeGreaterThanOrEqual(40_000);
      expect(Object.keys(codes)).toEqual(expect.arrayContaining(['NOT_JSON', 'NOT_CLOUDEVENT', 'TOO_LARGE']));
    },
    PATIENCE,
  );

  it(
    'is kept byte for byte where it is no text: 30,000 lines',
    async () => {
      const { lines, codes } = await fuzz(5, 30_000, bytesLine);
      expect(lines).toBeGreaterThanOrEqual(30_000);
      expect(codes.BAD_ENCODING).toBeGreaterThan(lines / 10);
    },
    PATIENCE,
  );
});
