import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contractDateFlaws } from '../../../lambdas/catalog/contract-dates.ts';
import { contractOwnFlaws } from '../../../lambdas/catalog/contract-rules.ts';
import { contract as contractShape } from '../../../lambdas/catalog/contract-shapes.ts';
import { priceFlaws } from '../../../lambdas/catalog/price-rules.ts';
import { priceBook as priceBookShape } from '../../../lambdas/catalog/price-shapes.ts';
import { caseOf } from '../../rating/generate/case.ts';
import { inputs } from '../../rating/generate/cases.ts';
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
    const all = MUST_REACH.map((word) => `${word} ${counts.get(word) ?? 0}`);
    console.log(`of 4,000 generated cases so many reach each of ${all.length} options: ${all.join(', ')}`);
  });

  it('are contracts and price books that may be published: the checks of the catalog find nothing', () => {
    fc.assert(
      fc.property(inputs, ({ contract, priceBook }) => {
        const flaws = [
          ...contractShape(contract, ''),
          ...priceBookShape(priceBook, ''),
          ...contractOwnFlaws(contract),
          ...contractDateFlaws(contract),
          ...priceBook.prices.flatMap((price, n) => priceFlaws(price, `/prices/${n}`)),
        ];
        expect(flaws).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});
