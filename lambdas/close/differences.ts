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
import type { RatedLine } from '../rating/types.ts';
import { type Adjusted, type CorrectionPolicy, correct } from './correction.ts';
import { type HeldLine, heldLineOf, heldSlimOf } from './holds.ts';
import { amountText } from './money.ts';
import type { Adjustment, SlimDocument, SlimLine, WriteOff } from './records.ts';
import type { DocumentLine } from './types.ts';

/** A rated line and the legal entity of its contract. */
export type BillableLine = { readonly rated: RatedLine; readonly entity: string };

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
};

type Was = { readonly last: SlimLine; readonly quantity: Decimal; readonly amount: Decimal };

/** What was billed of each line by the standing documents, and how it was last described. */
const billedLines = (billed: readonly BilledDocument[]): Map<string, Was> => {
  const sums = new Map<string, Was>();
  for (const { document } of billed.filter((each) => !each.void)) {
    for (const line of document.lines) {
      const before = sums.get(line.lineId);
      sums.set(line.lineId, {
        last: line,
        quantity: add(before?.quantity ?? ZERO, parseDecimal(line.quantity)),
        amount: add(before?.amount ?? ZERO, parseDecimal(line.amount)),
      });
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
    const was = before.get(of.id)?.quantity ?? ZERO;
    return [
      {
        lineId: of.id,
        product: of.product,
        description: of.description,
        quantity: formatDecimal(subtract(parseDecimal(of.quantity), was)),
        unit: of.unit,
        amount: amountText(amount, currency),
        rated: of,
      },
    ];
  };
  const decidedLines = adjustments.map((each) => adjustmentLine(each, rated.get(each.about) ?? ZERO));
  const present = new Set([...lines, ...decidedLines].map(({ id }) => id));
  const gone = [...before].flatMap(([lineId, was]): DocumentLine[] => {
    const amount = corrections.get(lineId);
    if (present.has(lineId) || amount === undefined) return [];
    const { account: _account, ...line } = was.last;
    const nothing = nothingLeft(was.last, group.billed, currency);
    const quantity = formatDecimal(negate(was.quantity));
    return [{ ...line, quantity, amount: amountText(amount, currency), rated: nothing }];
  });
  return {
    lines: [...[...lines, ...decidedLines].flatMap(lineOf), ...gone],
    carried: openLines(carried),
    writtenOff: openLines(writtenOff),
  };
};

const ADJUSTMENT_NAMES: Readonly<Record<Adjustment['kind'], string>> = {
  goodwill: 'Goodwill',
  'excluded-line': 'Not charged',
  repair: 'Settled by hand',
};

/** The line of an adjustment, in the form of a rated one: what it is due, and who decided it and why. */
const adjustmentLine = (entry: Adjustment, rated: Decimal): RatedLine => {
  const { entryId, kind, about, account, payer, contract, currency, product, period, reason, by } = entry;
  const amount = amountText(kind === 'excluded-line' ? negate(rated) : parseDecimal(entry.amount ?? '0'), currency);
  const description = `${ADJUSTMENT_NAMES[kind]}: ${entry.description}`;
  const text = `${description}, decided by ${by}: ${reason}`;
  return {
    format: 1,
    id: entryId,
    account,
    payer,
    contract,
    item: kind,
    product,
    description,
    dimensions: { line: about },
    period,
    quantity: '1',
    unit: 'adjustment',
    currency,
    amount,
    arithmetic: { step: 'line', text, result: amount, unit: currency, children: [] },
    pins: NO_PINS,
    inputsHash: '',
  };
};

const NO_PINS: RatedLine['pins'] = {
  usageHash: '',
  contractVersion: 0,
  priceBook: '',
  priceBookVersion: 0,
  policy: '',
  engine: '',
};

/** The rated line of something that is not rated any more: an amount of 0 that says so. */
const nothingLeft = (line: SlimLine, billed: readonly BilledDocument[], currency: string): RatedLine => {
  const document = billed.find(({ document: each }) =>
    each.lines.some(({ lineId }) => lineId === line.lineId),
  )?.document;
  const zero = amountText(ZERO, currency);
  return {
    format: 1,
    id: line.lineId,
    account: line.account,
    payer: document?.account ?? line.account,
    contract: '',
    item: '',
    product: line.product,
    description: line.description,
    dimensions: {},
    period: document?.period ?? { start: '', end: '', zone: '' },
    quantity: '0',
    unit: line.unit,
    currency,
    amount: zero,
    arithmetic: {
      step: 'line',
      text: `${line.description}: nothing is rated here any more, so what was billed is taken back`,
      result: zero,
      unit: currency,
      children: [],
    },
    pins: NO_PINS,
    inputsHash: '',
  };
};
