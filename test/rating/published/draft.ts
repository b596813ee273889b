import type { Bill, Figure, FigureSource, Part } from '../worked-case.ts';
import type { Sheet } from './case-format.ts';
import { type Expected, fractionOf } from './expected.ts';
import { type Billing, billOf, type Plan } from './plan.ts';
import { CannotExpress } from './reader.ts';

/** A case while it is translated: bills are named once, figures are taken from what the case expects. */
export type Draft = {
  readonly sheet: Sheet;
  readonly plan: Plan;
  readonly expected: Expected;
  readonly bills: Map<string, Bill>;
  readonly figures: Figure[];
  readonly remarks: string[];
};

/** A part of a figure: all of a bill, or one of its items. */
export const plus = (bill: string, item?: string): Part => ({
  sign: '+',
  bill,
  ...(item === undefined ? {} : { item }),
});

/** An amount that the case gives. */
export const given = (sign: Part['sign'], amount: string): Part => ({ sign, amount });

/** The parts with the other sign. */
export const less = (parts: readonly Part[]): Part[] =>
  parts.map((part) => ({ ...part, sign: part.sign === '+' ? '-' : '+' }));

/** Names a bill of the plan. The name says how it differs; the same name is the same bill. */
export const named = (draft: Draft, base: string, billing: Billing = {}): string => {
  const name = [base, ...(billing.without ?? []).map((each) => `without ${each}`)].join(' ');
  if (!draft.bills.has(name)) draft.bills.set(name, billOf(draft.plan, billing));
  return name;
};

/** Adds a figure of one key, if the case expects it. */
export const figure = (draft: Draft, key: string, source: () => FigureSource): void => {
  const expected = draft.expected.figure(key);
  if (expected !== undefined) add(draft, key, expected, source());
};

/** Adds a figure. */
export const add = (draft: Draft, name: string, expected: string, source: FigureSource): void => {
  draft.figures.push({ name, expected, ...source, ...(draft.expected.quantity ? { quantity: true as const } : {}) });
};

/** Adds a figure that was published as a fraction beside its decimal. */
export const fractionFigure = (draft: Draft, source: () => FigureSource): void => {
  const exact = draft.expected.reader.word('exact');
  if (exact !== undefined) add(draft, 'exact', fractionOf(exact), source());
};

/** Adds the figures of a list, which must be as long as what there is. */
export const listFigures = (draft: Draft, key: string, sources: readonly FigureSource[]): void => {
  const list = draft.expected.list(key);
  if (list === undefined) return;
  if (list.length !== sources.length) {
    throw new CannotExpress(`expected.${key} has ${list.length} figures, the case has ${sources.length}`);
  }
  for (const [n, source] of sources.entries()) add(draft, `${key}[${n}]`, list[n] ?? '', source);
};
