import fc, { type Arbitrary } from 'fast-check';
import type { RateInput } from '../../../lambdas/rating/types.ts';
import { type Case, caseOf } from './case.ts';
import { type Draw, drawOf } from './draw.ts';

/** Whatever is drawn, shrinking with its draws. */
export const drawn = <T>(draw: (draw: Draw) => T): Arbitrary<T> => fc.gen().map((gen) => draw(drawOf(gen)));

/** Periods of a generated contract in a row. */
export const cases: Arbitrary<Case> = drawn(caseOf);

/** One period of a generated contract, or a part of one, or a bill within one. */
export const inputs: Arbitrary<RateInput> = drawn((draw) => caseOf(draw)[0]);
