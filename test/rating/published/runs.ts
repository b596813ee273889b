import type { Part } from '../worked-case.ts';
import { add, type Draft, less, listFigures, named, plus } from './draft.ts';
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
const upTo = (draft: Draft, seen: Seen, run: number, period: number): Part[] => {
  const quantity = seen[run]?.[period];
  if (quantity === undefined) return [];
  return [plus(named(draft, `to period ${period + 1}, seen by run ${run + 1}`, { slices: [quantity], interim: true }))];
};

/** What a run knows of one period, less what the run before knew of it. */
const ofPeriod = (draft: Draft, seen: Seen, run: number, period: number): Part[] => {
  const known = (of: number): Part[] => [
    ...upTo(draft, seen, of, period),
    ...(period === 0 ? [] : less(upTo(draft, seen, of, period - 1))),
  ];
  return period === run ? known(run) : [...known(run), ...less(known(run - 1))];
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

const lastLines = (draft: Draft, seen: Seen, lines: readonly Reader[]): void => {
  const last = seen.length - 1;
  const listed = new Map<number, Reader>();
  let minimum = '0';
  for (const line of lines) {
    const kind = line.word('kind');
    if (kind === 'minimum') minimum = line.decimal('amount') ?? '0';
    else if (kind !== undefined) throw new CannotExpress(`${line.path}.kind is "${kind}"`);
    else listed.set(periodOf(line, seen.length), line);
  }
  for (const period of seen.keys()) {
    const sum = ofPeriod(draft, seen, last, period);
    const line = listed.get(period);
    const name = `linesOfLastRun, period ${period + 1}`;
    // A period that no line is for is one to which the last run changed nothing.
    add(draft, name, line?.decimal('amount') ?? '0', { sum });
    const quantity = line?.decimal('quantity');
    if (quantity !== undefined) add(draft, `${name}, quantity`, quantity, { sum: quantitiesOf(sum) });
  }
  const due = [plus(finalRun(draft, seen, last)), ...less(upTo(draft, seen, last, last))];
  add(draft, 'linesOfLastRun, minimum', minimum, { sum: due });
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
