import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { Closing, RatedLine, RateInput } from '../../../lambdas/rating/types.ts';
import { policy } from './one-price.ts';

/** One rating as it was stored; `test/golden/rating/README.md` says what each file holds. */
type Golden = {
  readonly name: string;
  readonly input: Omit<RateInput, 'policy'>;
  readonly result: { readonly lines: readonly RatedLine[]; readonly closing: Closing };
};

const golden = (file: string): Golden[] =>
  readFileSync(new URL(`../../golden/rating/${file}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Golden);

/** A line without what a later engine may change: everything else must be the same, to the letter. */
const lasting = ({ format: _f, inputsHash: _h, recognition: _r, group: _g, ...line }: RatedLine) => {
  const { engine: _e, ...pins } = line.pins;
  return { ...line, pins };
};

describe('what engine 1 rated', () => {
  it.each(golden('format-1.jsonl'))('$name', ({ input, result }) => {
    const again = rate({ ...input, policy: policy(input.contract.policy) });
    expect(again.lines.map(lasting)).toEqual(result.lines.map(lasting));
    // Order of the fields, too: what is stored is text.
    expect(again.lines.map(({ arithmetic }) => JSON.stringify(arithmetic))).toEqual(
      result.lines.map(({ arithmetic }) => JSON.stringify(arithmetic)),
    );
    expect(again.closing.carryIn).toEqual(result.closing.carryIn);
  });
});
