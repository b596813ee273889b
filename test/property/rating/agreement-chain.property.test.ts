import { describe } from 'vitest';
import { agreeOn } from '../../rating/generate/agree.ts';

describe('the rating library and a second implementation on fractions, over periods in a row,', () => {
  agreeOn(2_500, 'chain', 2);
});
