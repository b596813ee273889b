import { describe, expect, it } from 'vitest';
import { fuzz, PATIENCE } from './harness.ts';
import { mangledLine } from './hostile.ts';

describe('good lines with pieces of text cut, doubled, moved or exchanged', () => {
  it(
    'are each counted, known or kept with a reason: 40,000 lines',
    async () => {
      const { lines, codes } = await fuzz(3, 40_000, mangledLine);
      expect(lines).toBeGreaterThanOrEqual(40_000);
      expect(codes.NOT_JSON).toBeGreaterThan(lines / 2);
    },
    PATIENCE,
  );
});
