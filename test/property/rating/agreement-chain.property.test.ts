import { describe } from 'vitest';
import { agreeOn } from '../../rating/generate/agree.ts';

describe('the rating library and a second implementation on fractions, over periods in a row,', () => {
  agreeOn(4_000, 'chain', 2);
});
