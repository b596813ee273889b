import { describe } from 'vitest';
import { agreeOn } from '../../rating/generate/agree.ts';

describe('the rating library and a second implementation on fractions, over parts of a period,', () => {
  agreeOn(5_500, 'part', 4);
});
