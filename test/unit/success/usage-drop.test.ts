import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDecimal } from '../../../lambdas/platform/decimal.ts';
import { addDays } from '../../../lambdas/platform/period.ts';
import { type DayValue, type Episode, episodesOf, judgeDays, median } from '../../../lambdas/success/usage-drop.ts';

type Example = {
  readonly values: string;
  readonly judged: string;
  /** Leading days without use, which are not judged at all. */
  readonly leading?: number;
  readonly episodes: readonly Episode[];
};

const RULE = { baselineWeeks: 2, days: 3, below: '0.5', minimumBaseline: '1000' };
const LETTERS = { normal: 'n', dropped: 'd', unjudged: '-' };

const readme = readFileSync(new URL('../../../lambdas/success/README.md', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/^### (.+?)$[^#]*?^```json\n([\s\S]*?)^```/gm)].map(
  ([, name = '', block = '']) => ({ name, example: JSON.parse(block) as Example }),
);

const seriesOf = (values: string): DayValue[] =>
  values.split(' ').map((value, n) => ({ day: addDays('2026-10-05', n), value }));

describe("the README's worked examples", () => {
  it('finds them all', () => expect(examples).toHaveLength(readme.match(/^```json$/gm)?.length ?? 0));

  it.each(examples)('$name', ({ example: { values, judged, leading = 0, episodes } }) => {
    const verdicts = judgeDays(seriesOf(values), RULE);
    expect(verdicts.map(({ verdict }) => LETTERS[verdict]).join('')).toBe(judged.slice(leading));
    expect(episodesOf(verdicts, RULE)).toEqual(episodes);
  });
});

describe('the detector', () => {
  it('says nothing of an account that never used anything', () => {
    expect(judgeDays(seriesOf('0 0 0'), RULE)).toEqual([]);
    expect(judgeDays([], RULE)).toEqual([]);
  });

  it('takes the middle, or the mean of the two in the middle, exactly', () => {
    expect(median(['3', '1', '2'].map(parseDecimal))).toEqual(parseDecimal('2'));
    expect(median(['0.1', '0.2'].map(parseDecimal))).toEqual(parseDecimal('0.15'));
    expect(() => median([])).toThrow(RangeError);
  });

  it('finds every episode of a long history', () => {
    const normal = Array.from({ length: 14 }, () => '4000');
    const low = Array.from({ length: 4 }, () => '100');
    const values = [...normal, ...low, ...normal, ...low, '4000'].join(' ');
    const episodes = episodesOf(judgeDays(seriesOf(values), RULE), RULE);
    expect(episodes.map(({ since, day }) => [since, day])).toEqual([
      ['2026-10-19', '2026-10-21'],
      ['2026-11-06', '2026-11-08'],
    ]);
  });
});
