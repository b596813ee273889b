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
import { PAIRS } from '../../rating/generate/pairs.ts';
import { MUST_COMBINE, MUST_REACH, reachedBy } from '../../rating/generate/reached.ts';

/** How many of 4,000 generated cases reach something. */
const timesOf = (() => {
  const counts = new Map<string, number>();
  const count = fc.property(fc.gen(), (gen) => {
    for (const word of reachedBy(caseOf(drawOf(gen)))) counts.set(word, (counts.get(word) ?? 0) + 1);
  });
  fc.assert(count, { numRuns: 4_000, seed: 5, endOnFailure: true });
  return (word: string): number => counts.get(word) ?? 0;
})();

describe('generated rating cases', () => {
  it('reach every step and every option at least 20 times in 4,000, and every combination at least 5 times', () => {
    const rare = [
      ...MUST_REACH.filter((word) => timesOf(word) < 20),
      ...MUST_COMBINE.filter((word) => timesOf(word) < 5),
    ];
    expect(rare.map((word) => `${word}: ${timesOf(word)}`)).toEqual([]);
    const all = [...MUST_REACH, ...MUST_COMBINE].map((word) => `${word} ${timesOf(word)}`);
    console.log(
      `of 4,000 generated cases so many reach each of ${all.length} options and combinations: ${all.join(', ')}`,
    );
  });

  it('have every way to charge with everything that stands beside it, or publication refuses the two with a sentence', () => {
    const refused = PAIRS.filter(([, price]) => priceFlaws(price, '').length > 0);
    const others = PAIRS.filter((pair) => !refused.includes(pair));
    expect(others.map(([pair]) => pair).filter((pair) => timesOf(pair) < 1)).toEqual([]);
    expect(refused.map(([pair]) => pair).filter((pair) => timesOf(pair) > 0)).toEqual([]);
    expect(refused.map(([pair, price]) => `${pair}: ${priceFlaws(price, '')[0]?.message}`)).toMatchInlineSnapshot(`
      [
        "graduated by changes with unit-conversion: changes of a level are charged one by one: no unit-conversion before that",
        "graduated by changes with allowance: changes of a level are charged one by one: no allowance before that",
        "graduated by changes with pool: changes of a level are charged one by one: no allowance before that",
        "graduated by changes with rollover: changes of a level are charged one by one: no allowance before that",
        "graduated by changes with windowed: changes of a level are charged one by one: remove windowed",
        "graduated by changes with accumulate: changes of a level are charged one by one: remove accumulate",
        "percentage by transaction with unit-conversion: transactions are charged one by one: no unit-conversion before that",
        "percentage by transaction with allowance: transactions are charged one by one: no allowance before that",
        "percentage by transaction with pool: transactions are charged one by one: no allowance before that",
        "percentage by transaction with rollover: transactions are charged one by one: no allowance before that",
        "percentage by transaction with windowed: transactions are charged one by one: remove windowed",
        "percentage by transaction with accumulate: transactions are charged one by one: remove accumulate",
        "matrix over groups with unit-conversion: unit-conversion changes what is measured, and the matrix must know of which value: name region in perDimensions",
        "matrix over groups with allowance: allowance changes what is measured, and the matrix must know of which value: name region in perDimensions",
        "matrix over groups with pool: allowance changes what is measured, and the matrix must know of which value: name region in perDimensions",
        "matrix over groups with rollover: allowance changes what is measured, and the matrix must know of which value: name region in perDimensions",
        "matrix over groups with windowed: windowed changes what is measured, and the matrix must know of which value: name region in perDimensions",
        "matrix over groups with accumulate: contract-year changes what is measured, and the matrix must know of which value: name region in perDimensions",
        "capacity with unit-conversion: capacity is charged by the peaks of its meters: no unit-conversion before that",
        "capacity with allowance: capacity is charged by the peaks of its meters: no allowance before that",
        "capacity with pool: capacity is charged by the peaks of its meters: no allowance before that",
        "capacity with rollover: capacity is charged by the peaks of its meters: no allowance before that",
        "capacity with windowed: capacity is charged by the peaks of its meters: remove windowed",
        "capacity with accumulate: capacity is charged by the peaks of its meters: remove accumulate",
        "capacity with groups: capacity is charged once and not for each value of a dimension: empty perDimensions",
        "seats with unit-conversion: seats are charged by the time that they are held: no unit-conversion before that",
        "seats with allowance: seats are charged by the time that they are held: no allowance before that",
        "seats with pool: seats are charged by the time that they are held: no allowance before that",
        "seats with rollover: seats are charged by the time that they are held: no allowance before that",
        "seats with windowed: seats are charged by the time that they are held: remove windowed",
        "seats with accumulate: seats are charged by the time that they are held: remove accumulate",
        "pool with windowed: an allowance that is pooled is of the period: remove windowed",
        "pool with accumulate: an allowance that is pooled is of the period: remove accumulate",
        "rollover with windowed: an allowance that rolls over is of the period: remove windowed",
        "rollover with accumulate: an allowance that rolls over is of the period: remove accumulate",
        "windowed with accumulate: windows begin anew and a contract year adds up: use one of windowed and accumulate",
        "windowed with fee in advance: "recurring-fee" cannot be charged ahead where usage is priced by window: use "arrears", or a price of its own",
        "windowed with minimum in advance: "minimum" cannot be charged ahead where usage is priced by window: use "arrears", or a price of its own",
      ]
    `);
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
