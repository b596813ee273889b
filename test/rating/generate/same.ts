import { type AmountLine, rate, rateAmounts } from '../../../lambdas/rating/rate.ts';
import { RatingError } from '../../../lambdas/rating/rating-error.ts';
import type { ArithmeticNode, RatedLine, RateInput, RateResult } from '../../../lambdas/rating/types.ts';
import type { Opening, State } from '../oracle/given.ts';
import type { Line } from '../oracle/line.ts';
import { type Answer, rateSlowly } from '../oracle/rate-slowly.ts';
import { Rational } from '../oracle/rational.ts';
import { Unratable } from '../oracle/unratable.ts';
import type { Case } from './case.ts';

type Named = { readonly item: string; readonly dimensions: Readonly<Record<string, string>> };

const nameOf = ({ item, dimensions }: Named, start: string): string =>
  `${item} ${JSON.stringify(Object.entries(dimensions).toSorted())} from ${start}`;

const plain = (text: string): string => Rational.of(text).toString();

/** States without what says nothing: zeros and empty lists. */
const statesOf = (prices: Readonly<Record<string, State>> | undefined): Map<string, string> => {
  const texts = new Map<string, string>();
  for (const [key, { accumulated = '0', rollover = [], ahead }] of Object.entries(prices ?? {})) {
    const left = rollover.map(({ quantity, periods }) => `${plain(quantity)} for ${periods}`);
    const charged =
      ahead === undefined ? '' : `${plain(ahead.amount)} for ${ahead.start}, charged ${plain(ahead.charged ?? '0')}`;
    const text = `accumulated ${plain(accumulated)}; rollover ${left}; ahead ${charged}`;
    if (text !== 'accumulated 0; rollover ; ahead ') texts.set(key, text);
  }
  return texts;
};

/** Whether a line is of an item, not of the contract itself: only those are split into now and ahead by both. */
const isOfItem = ({ item }: Named): boolean => item.startsWith('item');

/** Which lines are coupled: each with the first line of its group. One that is coupled to nothing is alone. */
const couples = <T extends Named>(lines: readonly T[], groupOf: (line: T) => string | undefined): string[] =>
  lines.map((line, n) => {
    const group = groupOf(line);
    const first = group === undefined ? n : lines.findIndex((other) => groupOf(other) === group);
    return nameOf(lines[first] ?? line, '');
  });

/** What the library rated: lines whole, or their amounts alone. */
type Rated = Omit<RateResult, 'lines'> & { readonly lines: readonly (RatedLine | AmountLine)[] };

/** Everything that must be equal, by name. */
const ofEngine = ({ lines, closing, payments }: Rated): Map<string, string> => {
  const all = new Map<string, string>();
  const coupled = couples(lines, (line) => ('group' in line ? line.group : undefined));
  for (const [n, line] of lines.entries()) {
    const name = nameOf(line, 'period' in line ? line.period.start : '');
    all.set(name, `${plain(line.amount)} for ${plain(line.quantity)}`);
    if (!('period' in line)) continue;
    all.set(`${name}: until`, line.period.end);
    all.set(`${name}: coupled to`, coupled[n] ?? '');
    if (isOfItem(line)) all.set(`${name}: ahead`, plain(line.ahead?.amount ?? '0'));
  }
  all.set('lines', `${lines.length}`);
  for (const [key, text] of statesOf(closing.prices)) all.set(`closing ${key}`, text);
  if (closing.committed !== undefined)
    all.set('committed', `${closing.committed.yearStart} ${plain(closing.committed.charged)}`);
  for (const { credit, left, granted } of closing.wallets ?? [])
    all.set(`wallet ${credit}`, `${plain(left)} of ${granted}`);
  for (const { credit, amount } of payments) all.set(`payment ${credit}`, plain(amount));
  return all;
};

const ofOracle = (answer: Answer, whole: boolean): Map<string, string> => {
  const { lines, prices, committed, wallets, payments } = answer;
  const all = new Map<string, string>();
  const groups = whole ? answer.coupled() : new Map<string, string>();
  const coupled = couples(lines, ({ item }) => groups.get(item));
  for (const [n, line] of lines.entries()) {
    const name = nameOf(line, whole ? line.start : '');
    all.set(name, `${line.amount} for ${line.quantity}`);
    if (!whole) continue;
    all.set(`${name}: until`, line.end);
    all.set(`${name}: coupled to`, coupled[n] ?? '');
    if (isOfItem(line)) all.set(`${name}: ahead`, `${line.ahead ?? 0}`);
  }
  all.set('lines', `${lines.length}`);
  for (const [key, text] of statesOf(prices)) all.set(`closing ${key}`, text);
  if (committed !== undefined) all.set('committed', `${committed.yearStart} ${plain(committed.charged)}`);
  for (const { credit, left, granted } of wallets) all.set(`wallet ${credit}`, `${plain(left)} of ${granted}`);
  for (const { credit, amount } of payments) all.set(`payment ${credit}`, amount.toString());
  return all;
};

const treeOf = ({ text, children }: ArithmeticNode, indent = '    '): string[] => [
  `${indent}${text}`,
  ...children.flatMap((child) => treeOf(child, `${indent}  `)),
];

const engineTree = (line: RatedLine): string[] => [
  `  ${nameOf(line, line.period.start)}: ${line.amount}`,
  ...treeOf(line.arithmetic),
];
const oracleTree = (line: Line): string[] => [
  `  ${nameOf(line, line.start)}: ${line.amount}`,
  ...line.notes.map((note) => `    ${note}`),
];

const isRefusal = (answer: Rated | Error): boolean => answer instanceof RatingError;

const tried = <T>(rating: () => T): T | Error => {
  try {
    return rating();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
};

/** The arithmetic of the library, line by line, or why it has none. */
const explained = (input: RateInput): string[] => {
  const engine = tried(() => rate(input));
  return engine instanceof Error ? [`${engine.stack}`] : engine.lines.flatMap(engineTree);
};

/** What differs, with the input and both arithmetic trees; `undefined` when nothing does. */
const differenceOf = (
  input: RateInput,
  engine: Rated | Error,
  oracle: Answer | Error,
  whole: boolean,
): string | undefined => {
  if (isRefusal(engine) && oracle instanceof Unratable) return undefined;
  const shown = () => `\ngiven ${JSON.stringify(input, null, 1)}`;
  if (engine instanceof Error) return `the engine says: ${engine.stack}${shown()}`;
  if (oracle instanceof Error) return `only the oracle says: ${oracle.stack}${shown()}`;
  const [left, right] = [ofEngine(engine), ofOracle(oracle, whole)];
  // Once the contract has ended nothing opens with what is left.
  const over = (input.contract.end ?? '9999') <= (input.part ?? input.period).end;
  const names = [...new Set([...left.keys(), ...right.keys()])].filter(
    (name) => left.get(name) !== right.get(name) && !(over && name.startsWith('closing')),
  );
  const problems = names.map(
    (name) => `${name}: engine ${left.get(name) ?? 'nothing'}, oracle ${right.get(name) ?? 'nothing'}`,
  );
  const ids = engine.lines.flatMap((line) => ('id' in line ? [line.id] : []));
  if (new Set(ids).size !== ids.length) problems.push('two lines have one id');
  if (problems.length === 0) return undefined;
  const slow = oracle.lines.flatMap(oracleTree);
  return [...problems, 'engine:', ...explained(input), 'oracle:', ...slow, shown()].join('\n');
};

/** What the oracle leaves, in the form that opens the next period. */
const nextOpening = ({ prices, committed, wallets }: Answer): Opening => ({
  prices,
  ...(committed === undefined ? {} : { committed }),
  wallets,
});

/**
 * Rates the periods of a case one after the other by both, each with what it left itself. Days and what is charged ahead
 * are compared of `whole` lines only: amounts alone are rated several times as fast.
 */
export const differenceIn = ([first, ...rest]: Case, whole = true): string | undefined => {
  const rated = (input: RateInput): Rated | Error => tried(() => (whole ? rate(input) : rateAmounts(input)));
  let engine = rated(first);
  let oracle = tried(() => rateSlowly(first));
  let found = differenceOf(first, engine, oracle, whole);
  for (const next of rest) {
    if (found !== undefined || engine instanceof Error || oracle instanceof Error) return found;
    const [opening, slow] = [engine.closing, nextOpening(oracle)];
    engine = rated({ ...next, opening });
    oracle = tried(() => rateSlowly({ ...next, opening: slow }));
    found = differenceOf({ ...next, opening }, engine, oracle, whole);
  }
  return found;
};
