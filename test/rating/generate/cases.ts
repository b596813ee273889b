import fc, { type Arbitrary } from 'fast-check';
import type { PriceStep } from '../../../lambdas/catalog/types.ts';
import type { RateInput } from '../../../lambdas/rating/types.ts';
import { type Case, caseOf } from './case.ts';
import { type Draw, drawOf } from './draw.ts';

/** Whatever is drawn, shrinking with its draws. */
export const drawn = <T>(draw: (draw: Draw) => T): Arbitrary<T> => fc.gen().map((gen) => draw(drawOf(gen)));

/** Periods of a generated contract in a row. */
export const cases: Arbitrary<Case> = drawn((draw) => caseOf(draw, undefined, false));

/** The same with all that it needs: a rate of exchange, a price for values that no cell of a matrix names. */
export const ratable = (input: RateInput): RateInput => {
  const named = (steps: readonly PriceStep[]): PriceStep[] =>
    steps.map((step) => (step.step === 'matrix' ? { otherwise: '1', ...step } : step));
  const { contract, priceBook } = input;
  const [from, to] = [priceBook.currency, contract.currency];
  const fx = { id: 'fx', from, to, rate: '1.25', source: 'generated', version: 1, date: '2026-10-01' };
  const items = contract.items.map(({ steps, ramp, ...item }) => ({
    ...item,
    ...(steps === undefined ? {} : { steps: named(steps) }),
    ...(ramp === undefined ? {} : { ramp: ramp.map((each) => ({ ...each, steps: named(each.steps) })) }),
  }));
  const prices = priceBook.prices.map((price) => ({ ...price, steps: named(price.steps) }));
  return {
    ...(from === to ? {} : { fx }),
    ...input,
    contract: { ...contract, items },
    priceBook: { ...priceBook, prices },
  };
};

/** One period of a generated contract that can be rated, or a part of one, or a bill within one. */
export const inputs: Arbitrary<RateInput> = drawn((draw) => ratable(caseOf(draw, undefined, false)[0]));
