import type { Part } from '../worked-case.ts';
import { add, type Draft, less, listFigures, named, plus } from './draft.ts';
import type { Without } from './plan.ts';
import { CannotExpress, decimalOf, type Reader, readerOf, wholeOf } from './reader.ts';

/** What several runs of one period charge: each the whole so far less the whole of the run before. */

const listOf = (value: unknown, path: string): unknown[] => {
  if (!Array.isArray(value)) throw new CannotExpress(`${path} is not a list`);
  return value;
};

/** Run `n` of the period, with the quantity it saw; only the last is final. */
const runOf = (draft: Draft, quantities: readonly string[], n: number): string =>
  named(draft, `run ${n + 1}`, {
    slices: [quantities[n] ?? '0'],
    ...(n < quantities.length - 1 ? { interim: true } : {}),
  });

const totals = (draft: Draft, quantities: readonly string[]): Part[][] =>
  quantities.map((_, n) => [
    plus(runOf(draft, quantities, n)),
    ...(n === 0 ? [] : less([plus(runOf(draft, quantities, n - 1))])),
  ]);

/** The quantity so far at each run. */
export const cumulativeRuns = (draft: Draft, quantity: Reader): void => {
  const seen = quantity.decimals('cumulativeAtEachRun') ?? [];
  listFigures(
    draft,
    'totalPerRun',
    totals(draft, seen).map((sum) => ({ sum })),
  );
};

/** A matrix: what each run knows of the cumulative usage at the end of each period so far. */
type Seen = readonly (readonly string[])[];

const readSeen = (quantity: Reader): Seen => {
  const path = 'quantity.cumulativeUsageSeenPerRun';
  quantity.word('meaning');
  return listOf(quantity.raw('cumulativeUsageSeenPerRun'), path).map((run, n) => {
    const seen = listOf(run, path).map((each) => decimalOf(each, path));
    if (seen.length !== n + 1) throw new CannotExpress(`run ${n + 1} of ${path} does not list ${n + 1} periods`);
    return seen;
  });
};

/** What was charged up to the end of a period, as a run knew it; nothing before the first. Minimums are not due yet. */
const upTo = (draft: Draft, seen: Seen, run: number, period: number, without: readonly Without[] = []): Part[] => {
  const quantity = seen[run]?.[period];
  if (quantity === undefined) return [];
  const name = `to period ${period + 1}, seen by run ${run + 1}`;
  return [plus(named(draft, name, { slices: [quantity], interim: true, without }))];
};

/** What a run knows of one period. */
const known = (draft: Draft, seen: Seen, run: number, period: number, without?: readonly Without[]): Part[] => [
  ...upTo(draft, seen, run, period, without),
  ...(period === 0 ? [] : less(upTo(draft, seen, run, period - 1, without))),
];

/** What the last run changes of one period: all of its own, of an earlier one what the run before did not know. */
const changeOf = (draft: Draft, seen: Seen, period: number, without?: readonly Without[]): Part[] => {
  const last = seen.length - 1;
  const now = known(draft, seen, last, period, without);
  return period === last ? now : [...now, ...less(known(draft, seen, last - 1, period, without))];
};

const quantitiesOf = (parts: readonly Part[]): Part[] =>
  parts.map((part) => ('bill' in part ? { ...part, of: 'quantity' } : part));

/** A line of the last run: for its own period, or one that mends an earlier period and names the run that billed it. */
const periodOf = (line: Reader, runs: number): number => {
  const period = wholeOf(line.raw('period'), `${line.path}.period`);
  const corrects = line.whole('correctsRun');
  if (period < 1 || period > runs) throw new CannotExpress(`${line.path}.period is ${period} of ${runs}`);
  const mends = corrects !== undefined && corrects >= period && corrects < runs;
  if (period === runs ? corrects !== undefined : corrects !== undefined && !mends) {
    throw new CannotExpress(`${line.path} of period ${period} corrects run ${corrects}, which did not bill it`);
  }
  return period - 1;
};

/** What each of the lines of one period stands for: its change, or (of two) taking back all that was billed and billing it anew. */
type Meaning = (without?: readonly Without[]) => Part[];

const meaningsOf = (draft: Draft, seen: Seen, period: number, lines: readonly Reader[]): Meaning[] => {
  const last = seen.length - 1;
  if (lines.length < 2) return [(without) => changeOf(draft, seen, period, without)];
  const back = lines.findIndex((line) => line.decimal('amount')?.startsWith('-') === true);
  if (lines.length > 2 || back < 0 || period === last) {
    throw new CannotExpress(`${lines.length} lines of period ${period + 1}, which are not one taken back and one anew`);
  }
  return lines.map((_, n) =>
    n === back
      ? (without) => less(known(draft, seen, last - 1, period, without))
      : (without) => known(draft, seen, last, period, without),
  );
};

const BARE: readonly Without[] = ['maximum', 'discounts'];

const lineFigures = (draft: Draft, name: string, line: Reader, meaning: Meaning): void => {
  const figures: Readonly<Record<string, () => Part[]>> = {
    quantity: () => quantitiesOf(meaning()),
    gross: () => meaning(BARE),
    discount: () => [...meaning(BARE), ...less(meaning())],
  };
  for (const [key, sum] of Object.entries(figures)) {
    const expected = line.decimal(key);
    if (expected !== undefined) add(draft, `${name}, ${key}`, expected, { sum: sum() });
  }
};

const lastLines = (draft: Draft, seen: Seen, lines: readonly Reader[]): void => {
  const last = seen.length - 1;
  const usage = lines.filter((line) => line.word('kind') === undefined);
  const minimums = lines.filter((line) => line.word('kind') === 'minimum');
  const other = lines.find((line) => !usage.includes(line) && !minimums.includes(line));
  if (other !== undefined) throw new CannotExpress(`${other.path}.kind is "${other.word('kind')}"`);
  const listed = Map.groupBy(usage, (line) => periodOf(line, seen.length));
  for (const period of seen.keys()) {
    const mine = listed.get(period) ?? [];
    for (const [n, meaning] of meaningsOf(draft, seen, period, mine).entries()) {
      const line = mine[n];
      const name = `linesOfLastRun, period ${period + 1}${mine.length > 1 ? `, line ${n + 1}` : ''}`;
      // A period that no line is for is one to which the last run changed nothing.
      add(draft, name, line?.decimal('amount') ?? '0', { sum: meaning() });
      if (line !== undefined) lineFigures(draft, name, line, meaning);
    }
  }
  const due = [plus(finalRun(draft, seen, last)), ...less(upTo(draft, seen, last, last))];
  add(draft, 'linesOfLastRun, minimum', minimums[0]?.decimal('amount') ?? '0', { sum: due });
};

const finalRun = (draft: Draft, seen: Seen, n: number): string =>
  runOf(
    draft,
    seen.map((run) => run.at(-1) ?? '0'),
    n,
  );

/** Usage that arrives late: each run knows more of the periods before. */
export const lateRuns = (draft: Draft, quantity: Reader): void => {
  const seen = readSeen(quantity);
  const quantities = seen.map((run) => run.at(-1) ?? '0');
  listFigures(
    draft,
    'totalPerRun',
    totals(draft, quantities).map((sum) => ({ sum })),
  );
  const lines = draft.expected.reader.objects('linesOfLastRun');
  if (lines !== undefined) lastLines(draft, seen, lines);
};

/** What the quantity of a case with several runs is read from; undefined if it has one. */
export const runsIn = (quantity: unknown): Reader | undefined => {
  if (typeof quantity !== 'object' || quantity === null || Array.isArray(quantity)) return undefined;
  const reader = readerOf(quantity, 'quantity');
  return reader.has('cumulativeAtEachRun') || reader.has('cumulativeUsageSeenPerRun') ? reader : undefined;
};
