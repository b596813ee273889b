import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Outcome, passed, readCases, runCases } from '../../rating/case-file.ts';
import type { PublishedCase } from '../../rating/published/case-format.ts';
import { reportOf } from '../../rating/report.ts';
import type { WorkedCase } from '../../rating/worked-case.ts';

const OWN = new URL('../../rating/cases/', import.meta.url);
/** The collection of published cases lies beside the checkout, where there is one. Its figures are in our files too. */
const COLLECTION = new URL('../../../../shared/reference/rating-cases.json', import.meta.url);

const files = readdirSync(OWN)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, cases: readCases(new URL(name, OWN)) }));
const all = files.flatMap(({ cases }) => cases);
const worked = all.filter((each): each is WorkedCase => 'bills' in each);
const published = all.filter((each): each is PublishedCase => 'priceModel' in each);

const failures = (outcomes: readonly Outcome[]): string[] =>
  reportOf(outcomes.filter((outcome) => !passed(outcome))).filter((line) => !line.startsWith('NOTE'));

/** A figure with another last digit: of the twelve decimals that an unrounded amount has. */
const off = (text: string): string =>
  text.replace(/(\.\d{12})\d+$/, '$1').replace(/\d$/, (digit) => String((Number(digit) + 5) % 10));

describe.each(files)('worked cases of $name', ({ cases }) => {
  it('give their figures under the profile of their system', () => {
    expect(failures(runCases(cases))).toEqual([]);
  });

  it('are told apart by their ids and name their source', () => {
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    expect(cases.filter(({ source }) => source === '')).toEqual([]);
  });
});

describe('the worked cases', () => {
  it('are 205 that systems published and more than a hundred of our own', () => {
    expect(worked).toHaveLength(205);
    expect(published.length).toBeGreaterThan(100);
  });

  it('notice every figure that is off by its last digit', () => {
    const changed = worked.flatMap((each) =>
      each.figures.map((figure, n) => ({
        ...each,
        id: `${each.id} ${figure.name}`,
        figures: each.figures.map((kept, m) => (m === n ? { ...kept, expected: off(kept.expected) } : kept)),
      })),
    );
    expect(
      runCases(changed)
        .filter(passed)
        .map(({ id }) => id),
    ).toEqual([]);
  });

  it('hold what is right where a published figure is not, and say so', () => {
    const wrong = worked.filter(({ remarks }) => remarks?.some((remark) => remark.includes('which is wrong')));
    expect(wrong.map(({ system, figures }) => [system, figures[0]?.expected])).toEqual([
      ['Flexprice', '19.506048387096774'],
      ['m3ter', '24.5'],
    ]);
    expect(reportOf(runCases(wrong)).every((line) => line.startsWith('NOTE'))).toBe(true);
  });

  it('agree with the collection where it is present', () => {
    if (!existsSync(COLLECTION)) {
      console.info(
        'the collection of published cases is not beside this checkout: the files of the project stand for it',
      );
      return;
    }
    expect(failures(runCases(readCases(COLLECTION)))).toEqual([]);
  });
});
