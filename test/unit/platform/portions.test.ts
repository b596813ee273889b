import { expect, it } from 'vitest';
import { portionsOf } from '../../../lambdas/platform/portions.ts';

const sizeOf = (text: string): number => text.length;

it('portions hold as much as they may, in order', () => {
  expect(portionsOf([], { bytes: 4, sizeOf })).toEqual([]);
  expect(portionsOf(['aa', 'bb', 'c', 'dddd'], { bytes: 4, sizeOf })).toEqual([['aa', 'bb'], ['c'], ['dddd']]);
  expect(portionsOf(['a', 'b', 'c'], { bytes: 4, count: 2, sizeOf })).toEqual([['a', 'b'], ['c']]);
  // What no portion may hold is one by itself.
  expect(portionsOf(['a', 'too long', 'b'], { bytes: 4, sizeOf })).toEqual([['a'], ['too long'], ['b']]);
});
