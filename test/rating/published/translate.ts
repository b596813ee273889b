import { exponentOf } from '../../../lambdas/platform/currency.ts';
import type { RatingPolicy } from '../../../lambdas/rating/types.ts';
import type { WorkedCase } from '../worked-case.ts';
import { type PublishedCase, type Sheet, sheetOf } from './case-format.ts';
import { chargesOf } from './charges.ts';
import { contractOf } from './contract-terms.ts';
import { coverOf } from './cover.ts';
import type { Draft } from './draft.ts';
import { type Expected, expectedOf } from './expected.ts';
import { feesOf } from './fees.ts';
import { boundsOf } from './line-steps.ts';
import { billFigures } from './one-bill.ts';
import { aheadFigures, calendarFigures, changeFigures, isChange } from './other-shapes.ts';
import type { Plan } from './plan.ts';
import { CannotExpress } from './reader.ts';
import { cumulativeRuns, lateRuns, runsIn } from './runs.ts';

const MODES: Readonly<Record<string, RatingPolicy['lineRounding']>> = {
  half_up: 'half-up',
  half_even: 'half-even',
  bankers: 'half-even',
  up: 'up',
  ceiling: 'up',
  down: 'down',
  floor: 'down',
};

/** How a case rounds: what it says must be what its currency has. */
const roundingPolicy = ({ params }: Sheet, currency: string): Partial<RatingPolicy> => {
  const [decimals, mode] = [params.whole('decimals'), params.word('mode')];
  if (decimals !== undefined && decimals !== exponentOf(currency)) {
    throw new CannotExpress(`params.decimals is ${decimals}, but amounts in ${currency} have ${exponentOf(currency)}`);
  }
  const lineRounding = mode === undefined ? undefined : MODES[mode.toLowerCase().replace('-', '_')];
  if (mode !== undefined && lineRounding === undefined) throw new CannotExpress(`params.mode is "${mode}"`);
  return lineRounding === undefined ? {} : { lineRounding };
};

/** S5, where a case says it in words. */
const taxPolicy = ({ params }: Sheet): Partial<RatingPolicy> => {
  const base = params.word('taxBase');
  if (base === undefined) return {};
  if (/wallet not deducted/.test(base)) return { taxBase: 'before-credits' };
  if (/wallet/.test(base)) return { taxBase: 'after-credits' };
  throw new CannotExpress(`params.taxBase is "${base}"`);
};

/** Whether the figures are of amounts before the rounding of lines: no money, more decimals than money has, a document. */
const isUnrounded = ({ params }: Sheet, expected: Expected, currency: string): boolean => {
  const places = expected.inCents ? 0 : exponentOf(currency);
  return expected.quantity || expected.decimals > places || params.has('taxPercent');
};

const planOf = (sheet: Sheet, expected: Expected, currency: string): Plan => {
  const cover = coverOf(sheet);
  const shapes = isChange(sheet.params) || sheet.params.has('startDate');
  return {
    // Cases that list their amounts elsewhere are no bill of one plan.
    charges: shapes ? [] : chargesOf(sheet, cover),
    fees: shapes ? [] : feesOf(sheet, cover, expected.inCents),
    bounds: boundsOf(sheet.params),
    cover,
    contract: contractOf(sheet, cover),
    policy: {
      ...roundingPolicy(sheet, currency),
      ...taxPolicy(sheet),
      ...(isUnrounded(sheet, expected, currency) ? { roundingStage: 'none' as const } : {}),
    },
  };
};

const addFigures = (draft: Draft): void => {
  const { sheet } = draft;
  const runs = runsIn(sheet.quantity);
  if (isChange(sheet.params)) changeFigures(draft);
  else if (sheet.params.has('startDate')) calendarFigures(draft);
  else if (sheet.params.has('usageByMonth')) aheadFigures(draft);
  else if (runs?.has('cumulativeAtEachRun') === true) cumulativeRuns(draft, runs);
  else if (runs !== undefined) lateRuns(draft, runs);
  else billFigures(draft);
  runs?.finish();
  sheet.params.finish();
  draft.expected.reader.finish();
  if (draft.figures.length === 0) throw new CannotExpress('expected has no figure');
};

const remarksOf = (published: PublishedCase, sheet: Sheet): string[] => [
  ...(published.correctExpected === undefined
    ? []
    : [
        `published as ${JSON.stringify(published.expected)}, which is wrong: ${JSON.stringify(published.correctExpected)} must hold`,
      ]),
  ...(sheet.profile === 'standard' ? [`nothing is known of the options of ${sheet.system}: rated as standard`] : []),
];

/**
 * Takes a published case to bills and figures of the rating library, by its price model and parameters alone: each is
 * understood by itself, whatever the case. No amount is computed here.
 * @throws {CannotExpress} with the reason, for anything that is not understood.
 */
export const translate = (published: PublishedCase): WorkedCase => {
  const sheet = sheetOf(published);
  const expected = expectedOf(published.correctExpected ?? published.expected);
  const draft: Draft = {
    sheet,
    plan: planOf(sheet, expected, published.currency),
    expected,
    bills: new Map(),
    figures: [],
    remarks: remarksOf(published, sheet),
  };
  addFigures(draft);
  return {
    id: published.id,
    source: published.source,
    system: published.system,
    title: published.description,
    profile: sheet.profile,
    currency: published.currency,
    bills: Object.fromEntries(draft.bills),
    figures: draft.figures,
    ...(draft.remarks.length === 0 ? {} : { remarks: draft.remarks }),
  };
};
