import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENGINE } from '../../../lambdas/rating/engine.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { RatedLine, RateInput, RateResult, RatingPolicy } from '../../../lambdas/rating/types.ts';
import { policy } from './one-price.ts';

/** One rating as it was stored; `test/golden/rating/README.md` says what each file holds. */
type Golden = {
  readonly name: string;
  /** The first format names its policy in the contract. */
  readonly input: Omit<RateInput, 'policy'> & { readonly policy?: RatingPolicy };
  readonly result: Pick<RateResult, 'lines' | 'closing'> & Partial<Pick<RateResult, 'payments'>>;
};

const folder = new URL('../../golden/rating/', import.meta.url);
const golden = (format: number): Golden[] =>
  readFileSync(new URL(`format-${format}.jsonl`, folder), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Golden);

const again = ({ input }: Golden): RateResult =>
  rate({ ...input, policy: input.policy ?? policy(input.contract.policy) });

/** Order of the fields, too: what is stored is text. */
const treesOf = (lines: readonly RatedLine[]): string[] => lines.map(({ arithmetic }) => JSON.stringify(arithmetic));

/** A line without what says which engine it was. */
const withoutEngine = ({ inputsHash: _h, pins: { engine: _e, ...pins }, ...line }: RatedLine) => ({ ...line, pins });

/** A line of format 1 without what a later engine may change: everything else must be the same, to the letter. */
const lasting = (whole: RatedLine) => {
  const { format: _f, recognition: _r, group: _g, ...line } = withoutEngine(whole);
  return line;
};

describe('what engine 1 rated', () => {
  it.each(golden(1))('$name', (each) => {
    const { lines, closing } = again(each);
    expect(lines.map(lasting)).toEqual(each.result.lines.map(lasting));
    expect(treesOf(lines)).toEqual(treesOf(each.result.lines));
    expect(closing.carryIn).toEqual(each.result.closing.carryIn);
  });
});

/** What engine 2 charged twice of a contract that was amended within the period, and engine 3 does not. */
const MENDED: Readonly<Record<string, string>> = {
  'generated 19, period 1': 'the price of a capacity',
  'generated 35, period 1': 'the most seats of a month',
  'generated 53, period 1': 'a fee that is not prorated',
};

const stored = readdirSync(folder).includes('format-2.jsonl') ? golden(2) : [];

describe.runIf(stored.length > 0)('what is rated with lines of format 2', () => {
  it.each(stored)('$name', (each) => {
    const { lines, closing, payments } = again(each);
    if (MENDED[each.name] !== undefined) {
      expect(treesOf(lines)).not.toEqual(treesOf(each.result.lines));
      return;
    }
    const sameEngine = each.result.lines.every(({ pins }) => pins.engine === ENGINE);
    const kept = (line: RatedLine) => (sameEngine ? line : withoutEngine(line));
    expect(lines.map(kept)).toEqual(each.result.lines.map(kept));
    expect(treesOf(lines)).toEqual(treesOf(each.result.lines));
    expect({ closing, payments }).toEqual({ closing: each.result.closing, payments: each.result.payments });
  });
});
