import { rate } from '../../../lambdas/rating/rate.ts';
import { RatingError } from '../../../lambdas/rating/rating-error.ts';
import type { ArithmeticNode, RatedLine, RateInput, RateResult } from '../../../lambdas/rating/types.ts';
import { Unratable } from '../oracle/charge.ts';
import type { Opening, State } from '../oracle/given.ts';
import type { Line } from '../oracle/line.ts';
import { type Answer, rateSlowly } from '../oracle/rate-slowly.ts';
import { Rational } from '../oracle/rational.ts';
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

/** Everything that must be equal, by name. */
const ofEngine = ({ lines, closing, payments }: RateResult): Map<string, string> => {
  const all = new Map<string, string>();
  for (const line of lines) all.set(nameOf(line, line.period.start), plain(line.amount));
  for (const [key, text] of statesOf(closing.prices)) all.set(`closing ${key}`, text);
  if (closing.committed !== undefined)
    all.set('committed', `${closing.committed.yearStart} ${plain(closing.committed.charged)}`);
  for (const { credit, left } of closing.wallets ?? []) all.set(`wallet ${credit}`, plain(left));
  for (const { credit, amount } of payments) all.set(`payment ${credit}`, plain(amount));
  return all;
};

const ofOracle = ({ lines, prices, committed, wallets, payments }: Answer): Map<string, string> => {
  const all = new Map<string, string>();
  for (const line of lines) all.set(nameOf(line, line.start), line.amount.toString());
  for (const [key, text] of statesOf(prices)) all.set(`closing ${key}`, text);
  if (committed !== undefined) all.set('committed', `${committed.yearStart} ${plain(committed.charged)}`);
  for (const [credit, left] of wallets) all.set(`wallet ${credit}`, left.toString());
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

const isRefusal = (answer: RateResult | Error): boolean => answer instanceof RatingError;

/** What differs, with the input and both arithmetic trees; `undefined` when nothing does. */
const differenceOf = (input: RateInput, engine: RateResult | Error, oracle: Answer | Error): string | undefined => {
  if (isRefusal(engine) && oracle instanceof Unratable) return undefined;
  const shown = () => `\ngiven ${JSON.stringify(input, null, 1)}`;
  if (engine instanceof Error) return `the engine says: ${engine.stack}${shown()}`;
  if (oracle instanceof Error) return `only the oracle says: ${oracle.stack}${shown()}`;
  const [left, right] = [ofEngine(engine), ofOracle(oracle)];
  // After the contract's end nothing opens with what is left.
  const over = (input.contract.end ?? '9999') <= input.period.start;
  const names = [...new Set([...left.keys(), ...right.keys()])].filter(
    (name) => left.get(name) !== right.get(name) && !(over && name.startsWith('closing')),
  );
  const ids = new Set(engine.lines.map((line) => line.id));
  const problems = names.map(
    (name) => `${name}: engine ${left.get(name) ?? 'nothing'}, oracle ${right.get(name) ?? 'nothing'}`,
  );
  if (ids.size !== engine.lines.length) problems.push('two lines have one id');
  if (problems.length === 0) return undefined;
  return [
    ...problems,
    'engine:',
    ...engine.lines.flatMap(engineTree),
    'oracle:',
    ...oracle.lines.flatMap(oracleTree),
    shown(),
  ].join('\n');
};

const tried = <T>(rating: () => T): T | Error => {
  try {
    return rating();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
};

/** What the oracle leaves, in the form that opens the next period. */
const nextOpening = ({ prices, committed, wallets }: Answer): Opening => ({
  prices,
  ...(committed === undefined ? {} : { committed }),
  wallets: [...wallets].map(([credit, left]) => ({ credit, left: left.toString() })),
});

/** Rates the periods of a case one after the other by both, each with what it left itself. */
export const differenceIn = ([first, ...rest]: Case): string | undefined => {
  let engine = tried(() => rate(first));
  let oracle = tried(() => rateSlowly(first));
  let found = differenceOf(first, engine, oracle);
  for (const next of rest) {
    if (found !== undefined || engine instanceof Error || oracle instanceof Error) return found;
    const [opening, slow] = [engine.closing, nextOpening(oracle)];
    engine = tried(() => rate({ ...next, opening }));
    oracle = tried(() => rateSlowly({ ...next, opening: slow }));
    found = differenceOf({ ...next, opening }, engine, oracle);
  }
  return found;
};
