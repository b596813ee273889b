import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseOf } from '../../rating/generate/case.ts';
import { drawOf } from '../../rating/generate/draw.ts';
import { MUST_REACH, reachedBy } from '../../rating/generate/reached.ts';

describe('generated rating cases', () => {
  it('reach every step and every option, each at least 20 times in 4,000', () => {
    const counts = new Map<string, number>();
    const count = fc.property(fc.gen(), (gen) => {
      for (const word of reachedBy(caseOf(drawOf(gen)))) counts.set(word, (counts.get(word) ?? 0) + 1);
    });
    fc.assert(count, { numRuns: 4_000, seed: 5, endOnFailure: true });
    const rare = MUST_REACH.filter((word) => (counts.get(word) ?? 0) < 20);
    expect(rare.map((word) => `${word}: ${counts.get(word) ?? 0}`)).toEqual([]);
    const all = [...counts].toSorted(([, a], [, b]) => a - b);
    console.log(`${all.length} options reached; ${all.map(([word, times]) => `${word} ${times}`).join(', ')}`);
  });
});
