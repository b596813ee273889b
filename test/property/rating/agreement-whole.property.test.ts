import { describe } from 'vitest';
import { agreeOn } from '../../rating/generate/agree.ts';

describe('the rating library and a second implementation on fractions, over whole periods,', () => {
  agreeOn(6_500, 'whole', 1);
});
