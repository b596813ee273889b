import {
  add,
  type Decimal,
  formatDecimal,
  isZero,
  negate,
  parseDecimal,
  subtract,
  sum,
  ZERO,
} from '../platform/decimal.ts';
import type { UsedOn } from '../rating/recognition.ts';
import type { RatedLine } from '../rating/types.ts';
import { type Adjusted, type CorrectionPolicy, correct } from './correction.ts';
import { type HeldLine, heldLineOf, heldSlimOf } from './holds.ts';
import { amountText } from './money.ts';
import type { Adjustment, SlimDocument, SlimLine, WriteOff } from './records.ts';
import { revenueParts, type SaidRevenue, type Worth } from './revenue.ts';
import type { DocumentLine } from './types.ts';
import { adjustmentLine, nothingLeft } from './unrated-lines.ts';

/** A rated line and the legal entity of its contract. `used`: what was used by month, where its revenue follows that. */
export type BillableLine = { readonly rated: RatedLine; readonly entity: string; readonly used?: readonly UsedOn[] };

/** A document that was approved in an earlier close of the same dates. */
export type BilledDocument = {
  readonly document: SlimDocument;
  /** Refused by the ERP for good and given up by a person: its id is used up, but it bills nothing. */
  readonly void: boolean;
};

/** What is known of one payer, entity and currency. */
export type BillingGroup = {
  readonly lines: readonly BillableLine[];
  readonly billed: readonly BilledDocument[];
  readonly adjustments: readonly Adjustment[];
  readonly writeOffs: readonly WriteOff[];
};

export type DifferenceRules = {
  /** Whether a line may move; the others stay as they are billed. */
  readonly moves: (line: HeldLine) => boolean;
  readonly policy: CorrectionPolicy;
  readonly ageDays: number;
};

/** A difference that no document carries. */
export type OpenLine = { readonly lineId: string; readonly account: string; readonly amount: string };

/** What is rated and decided less what is billed, line by line: for a document, or carried, or written off. */
export type Differences = {
  readonly lines: readonly DocumentLine[];
  readonly carried: readonly OpenLine[];
  readonly writtenOff: readonly OpenLine[];
  /** Lines whose revenue lies in other months now while their amount stays, so that no document carries them. */
  readonly moved: readonly string[];
};

type Was = Worth & { readonly last: SlimLine; readonly said: SaidRevenue };

const NOTHING: Worth = { quantity: ZERO, amount: ZERO };

const plus = (a: Worth, b: Worth): Worth => ({
  quantity: add(a.quantity, b.quantity),
  amount: add(a.amount, b.amount),
});

const NOTHING_SAID: SaidRevenue = { parts: [], unsaid: NOTHING };

const saidOf = ({ revenue }: SlimLine, worth: Worth, { parts, unsaid }: SaidRevenue): SaidRevenue =>
  revenue === undefined ? { parts, unsaid: plus(unsaid, worth) } : { parts: [...parts, ...revenue], unsaid };

/** What was billed of each line by the standing documents, and how it was last described. */
const billedLines = (billed: readonly BilledDocument[]): Map<string, Was> => {
  const sums = new Map<string, Was>();
  for (const { document } of billed.filter((each) => !each.void)) {
    for (const line of document.lines) {
      const before = sums.get(line.lineId);
      const worth = { quantity: parseDecimal(line.quantity), amount: parseDecimal(line.amount) };
      const said = saidOf(line, worth, before?.said ?? NOTHING_SAID);
      sums.set(line.lineId, { last: line, ...plus(before ?? NOTHING, worth), said });
    }
  }
  return sums;
};

const adjustedOf = ({ entryId, about, kind, amount }: Adjustment): Adjusted =>
  kind === 'excluded-line'
    ? { lineId: entryId, about, kind }
    : { lineId: entryId, about, kind, amount: parseDecimal(amount ?? '0') };

/** All that is known of each line: as it is rated now, else as it was billed. */
const knownLines = (lines: readonly BillableLine[], billed: ReadonlyMap<string, Was>): ReadonlyMap<string, HeldLine> =>
  new Map([
    ...[...billed.values()].map(({ last }): [string, HeldLine] => [last.lineId, heldSlimOf(last)]),
    ...lines.map(({ rated }): [string, HeldLine] => [rated.id, heldLineOf(rated)]),
  ]);

const sumByLine = (lines: readonly OpenLine[]): Map<string, Decimal> =>
  new Map(
    [...Map.groupBy(lines, ({ lineId }) => lineId)].map(([lineId, some]) => [
      lineId,
      sum(some.map(({ amount }) => parseDecimal(amount))),
    ]),
  );

/** The differences of a group. Summed over all documents its lines are what is due now, to the cent. */
export const differencesOf = (group: BillingGroup, currency: string, rules: DifferenceRules): Differences => {
  const { policy, ageDays } = rules;
  const all = billedLines(group.billed);
  const known = knownLines(group.lines, all);
  const moves = ({ lineId, account }: Pick<HeldLine, 'lineId' | 'account'>): boolean =>
    rules.moves(known.get(lineId) ?? { lineId, account });
  const adjustments = group.adjustments.filter(({ about, account, contract }) =>
    rules.moves(known.get(about) ?? { lineId: about, account, contract }),
  );
  const adjusted = new Map(group.adjustments.map((each) => [each.entryId, adjustments.includes(each)]));
  // The line of an adjustment moves with the line that it is about.
  const mayMove = (lineId: string, account: string): boolean => adjusted.get(lineId) ?? moves({ lineId, account });
  const before = new Map([...all].filter(([lineId, { last }]) => mayMove(lineId, last.account)));
  const lines = group.lines.map(({ rated }) => rated).filter(({ id, account }) => moves({ lineId: id, account }));
  const isFirst = all.size === 0;
  const settled = group.writeOffs
    .flatMap((each) => each.lines)
    .filter(({ lineId, account }) => mayMove(lineId, account));
  const rated = new Map(lines.map(({ id, amount }) => [id, parseDecimal(amount)]));
  const used = new Map(group.lines.map((each) => [each.rated.id, each.used]));
  // An adjustment becomes revenue as the line does that it is about.
  for (const { entryId, about } of adjustments) used.set(entryId, used.get(about));
  const revenueNow = (of: RatedLine, amount: Decimal, quantity: Decimal, was: Was | undefined) => {
    const total = { quantity, amount: add(amount, was?.amount ?? ZERO) };
    return revenueParts(of, total, was?.said ?? NOTHING_SAID, used.get(of.id));
  };
  /** Only what is recognized as used over several months can move: late usage in one, less in another. */
  const hasMoved = (of: RatedLine): boolean =>
    used.get(of.id) !== undefined &&
    isZero(corrections.get(of.id) ?? ZERO) &&
    revenueNow(of, ZERO, parseDecimal(of.quantity), before.get(of.id)).some(
      ({ amount }) => !isZero(parseDecimal(amount)),
    );
  const { corrections, carried, writtenOff } = correct({
    rated,
    adjusted: adjustments.map(adjustedOf),
    billed: new Map([...before].map(([lineId, { amount }]) => [lineId, amount])),
    writtenOff: sumByLine(settled),
    isFirst,
    policy,
    ageDays,
  });
  const accounts = new Map([
    ...settled.map(({ lineId, account }): [string, string] => [lineId, account]),
    ...[...before].map(([lineId, { last }]): [string, string] => [lineId, last.account]),
    ...lines.map(({ id, account }): [string, string] => [id, account]),
    ...adjustments.map(({ entryId, account }): [string, string] => [entryId, account]),
  ]);
  const openLines = (some: ReadonlyMap<string, Decimal>): OpenLine[] =>
    [...some].map(([lineId, amount]) => ({
      lineId,
      account: accounts.get(lineId) ?? '',
      amount: amountText(amount, currency),
    }));
  const lineOf = (of: RatedLine): DocumentLine[] => {
    const amount = corrections.get(of.id) ?? ZERO;
    // A first invoice shows what cost nothing, too.
    if (isZero(amount) && !(isFirst && rated.has(of.id))) return [];
    const was = before.get(of.id);
    return [
      {
        lineId: of.id,
        product: of.product,
        description: of.description,
        quantity: formatDecimal(subtract(parseDecimal(of.quantity), was?.quantity ?? ZERO)),
        unit: of.unit,
        amount: amountText(amount, currency),
        revenue: revenueNow(of, amount, parseDecimal(of.quantity), was),
        rated: of,
      },
    ];
  };
  const byId = new Map(lines.map((line) => [line.id, line]));
  const decidedLines = adjustments.map((each) => adjustmentLine(each, byId.get(each.about)));
  const present = new Set([...lines, ...decidedLines].map(({ id }) => id));
  const gone = [...before].flatMap(([lineId, was]): DocumentLine[] => {
    const amount = corrections.get(lineId);
    if (present.has(lineId) || amount === undefined) return [];
    const { account: _account, ...line } = was.last;
    const nothing = nothingLeft(was.last, group.billed, currency);
    const quantity = formatDecimal(negate(was.quantity));
    const revenue = revenueNow(nothing, amount, ZERO, was);
    return [{ ...line, quantity, amount: amountText(amount, currency), revenue, rated: nothing }];
  });
  return {
    lines: [...[...lines, ...decidedLines].flatMap(lineOf), ...gone],
    carried: openLines(carried),
    writtenOff: openLines(writtenOff),
    moved: lines.filter(hasMoved).map(({ id }) => id),
  };
};
