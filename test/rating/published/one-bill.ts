import type { CaseDocument, CaseItem, FigureSource, Part } from '../worked-case.ts';
import { add, type Draft, figure, given, less, named, plus } from './draft.ts';
import { feeItem } from './fees.ts';
import type { Without } from './plan.ts';
import { CannotExpress, decimalOf, fromCents } from './reader.ts';

/** Cases of one bill, whole or the next of several within its period. */

const LINEAR: ReadonlySet<string> = new Set(['per-unit', 'dynamic', 'percentage']);

/** What was billed before this line, as the case says it. */
type Before = {
  /** The quantity before; undefined if the case says none, or nothing was. */
  readonly quantity?: string;
  /** The amount before; undefined: what the quantity before comes to. */
  readonly billed?: string;
  /** The amount before stands for usage that the case does not tell: it is a line beside, under the same bounds. */
  readonly beside?: true;
};

const isLinear = (draft: Draft): boolean =>
  draft.plan.charges.every(({ item }) => {
    const [charge] = item.steps.filter(({ step }) => step !== 'percentage-discount');
    return charge !== undefined && LINEAR.has(charge.step) && item.windowed === undefined;
  });

const beforeOf = (draft: Draft): Before => {
  const { params, quantity } = draft.sheet;
  const earlier = params.decimal('preLineQuantity') ?? params.decimal('cumulativeBefore');
  const [previously, already] = [params.money('previouslyBilled'), params.money('alreadyBilled')];
  if (previously !== undefined && already !== undefined) {
    throw new CannotExpress('both params.previouslyBilled and params.alreadyBilled are there');
  }
  // Nothing was used before: there was no bill, not even of a fee for no usage.
  if (earlier !== undefined && earlier !== '0') {
    return { quantity: earlier, ...(previously === undefined ? {} : { billed: previously }) };
  }
  const billed = previously ?? already;
  if (billed === undefined) return {};
  // `alreadyBilled` is part of what the whole quantity comes to; `previouslyBilled` is beside the quantity of this line.
  const apart = previously !== undefined && earlier === undefined && Number(quantity) !== 0;
  return { billed, ...(apart && isLinear(draft) ? { beside: true } : {}) };
};

const BESIDE: CaseItem['id'] = 'billed-before';

/** What the line comes to, with something left out or not: the whole so far less what came before it. */
type Line = (without?: readonly Without[]) => Part[];

const lineOf = (draft: Draft): Line => {
  const before = beforeOf(draft);
  if (before.beside === true && before.billed !== undefined) {
    const { billed } = before;
    const beside = [feeItem(BESIDE, billed)];
    return (without = []) => [plus(named(draft, 'bill', { without, beside })), given('-', billed)];
  }
  if (before.quantity === undefined) {
    const taken = before.billed === undefined ? [] : [given('-', before.billed)];
    return (without = []) => [plus(named(draft, 'bill', { without })), ...taken];
  }
  const [earlier, now] = [before.quantity, decimalOf(draft.sheet.quantity, 'quantity')];
  return (without = []) => {
    const whole = plus(named(draft, 'bill', { without, slices: [earlier, now] }));
    if (before.billed !== undefined && without.length === 0) return [whole, given('-', before.billed)];
    return [whole, ...less([plus(named(draft, 'before', { without, slices: [earlier], interim: true }))])];
  };
};

/** Systems that bill what a minimum adds as a fee of its own: their amount is that fee. */
const MINIMUM_IS_A_FEE = new Set(['lago']);

/** What the minimum adds to the line. */
const trueUpOf = (line: Line): Part[] => [...line(), ...less(line(['minimum']))];

const COMMITMENT = 'minimum-commitment';

/** What `amount` is of the case: a line, what a minimum adds, what a commitment adds, what is paid from a wallet. */
const amountOf = (draft: Draft, line: Line): Part[] => {
  const { plan, sheet } = draft;
  if (plan.contract.minimumCommitment !== undefined) return [plus(named(draft, 'bill'), COMMITMENT)];
  if (plan.contract.credits?.some(({ kind }) => kind === 'prepaid')) {
    return [{ sign: '+', bill: named(draft, 'bill'), of: 'payments' }];
  }
  const feeAlone = MINIMUM_IS_A_FEE.has(sheet.profile) || sheet.model.parts.has('minimum_in_advance');
  return plan.bounds.minimum !== undefined && feeAlone ? trueUpOf(line) : line();
};

/** The document of a case with tax or credit notes; undefined if it has none. */
const documentOf = (draft: Draft, amount: readonly Part[]): CaseDocument | undefined => {
  const { params, model } = draft.sheet;
  const { inCents } = draft.expected;
  const money = (key: string): string | undefined => {
    const value = params.decimal(key);
    return value !== undefined && inCents ? fromCents(value) : value;
  };
  const [percent, tax, note, on] = [
    params.decimal('taxPercent'),
    money('tax'),
    money('creditNote'),
    params.word('taxOn')?.toLowerCase(),
  ];
  const known = on === undefined || /^(each|every) line$/.test(on) || /^(the )?(total|sum|invoice|all lines)$/.test(on);
  if (!known) throw new CannotExpress(`params.taxOn is "${on}"`);
  if (percent !== undefined && tax !== undefined)
    throw new CannotExpress('both params.taxPercent and params.tax are there');
  if (percent === undefined && tax === undefined && note === undefined) return undefined;
  const wholeBill = draft.plan.charges.length === 0;
  return {
    kind: model.parts.has('credit_note') ? 'credit-note' : 'invoice',
    lines: [wholeBill ? { bill: named(draft, 'bill') } : amount],
    ...(percent === undefined ? {} : { tax: { percent } }),
    ...(tax === undefined ? {} : { tax: { amount: tax } }),
    ...(note === undefined ? {} : { creditNotes: [note] }),
    ...(on !== undefined && /line$/.test(on) && !/all/.test(on) ? { apart: true } : {}),
  };
};

/** Parts of a discount or of a bound that a case names. */
const partFigures = (draft: Draft, line: Line): void => {
  const bare: Without[] = ['minimum', 'maximum', 'discounts'];
  figure(draft, 'gross', () => ({ sum: line(bare) }));
  figure(draft, 'percentageDiscount', () => ({ sum: [...line(bare), ...less(line(['minimum', 'maximum']))] }));
  figure(draft, 'maxSpendDiscount', () => ({ sum: [...line(['maximum']), ...less(line())] }));
  figure(draft, 'usage', () => ({ sum: line(['minimum']) }));
  figure(draft, 'total', () => ({ sum: line() }));
  figure(draft, 'details', () => ({ sum: [plus(named(draft, 'bill'))] }));
  figure(draft, 'fees', () => ({ sum: [plus(named(draft, 'bill'))] }));
  const already = draft.sheet.params.money('alreadyBilled');
  if (already !== undefined) figure(draft, 'progressiveCredit', () => ({ sum: [given('+', already)] }));
  const paid = (): Part[] => less([{ sign: '+', bill: named(draft, 'bill'), of: 'payments' }]);
  figure(draft, 'billed', () => ({ sum: [plus(named(draft, 'bill')), ...paid()] }));
};

/** Parts of a commitment: what was used of it, what is above, what it adds. */
const commitmentFigures = (draft: Draft, line: Line): void => {
  figure(draft, 'utilized', () => ({ sum: line(['true-up', 'overage']) }));
  figure(draft, 'overage', () => ({ sum: [...line(['true-up']), ...less(line(['true-up', 'overage']))] }));
  const windowed = draft.plan.charges.some(({ item }) => item.steps.some(({ step }) => step === 'commitment'));
  figure(draft, 'trueUp', () => ({ sum: windowed ? [...line(), ...less(line(['true-up']))] : trueUpOf(line) }));
};

/** The figures of a document, and the tax that a figure itself names: `tax20` is 20 % of the amount. */
const documentFigures = (draft: Draft, document: CaseDocument | undefined, amount: readonly Part[]): void => {
  if (document !== undefined) {
    for (const part of ['net', 'taxable', 'tax'] as const) figure(draft, part, () => ({ document, part }));
  }
  for (const key of draft.expected.reader.keys) {
    const percent = /^tax(\d+)$/.exec(key)?.[1];
    if (percent === undefined) continue;
    const of: CaseDocument = { kind: 'invoice', lines: [amount], tax: { percent } };
    add(draft, key, draft.expected.figure(key) ?? '', { document: of, part: 'tax' });
  }
};

/** The figures of a case with one bill. */
export const billFigures = (draft: Draft): void => {
  const line = lineOf(draft);
  const amount = amountOf(draft, line);
  const document = documentOf(draft, amount);
  figure(draft, 'amount', (): FigureSource => (document === undefined ? { sum: amount } : { document, part: 'total' }));
  partFigures(draft, line);
  commitmentFigures(draft, line);
  documentFigures(draft, document, amount);
};
