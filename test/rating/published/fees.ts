import type { CaseItem } from '../worked-case.ts';
import type { Sheet } from './case-format.ts';
import type { Cover } from './cover.ts';
import { discountSteps } from './line-steps.ts';
import { CannotExpress, decimalOf, fromCents, type Reader } from './reader.ts';

/** A fee item: charged each period, by the part of it that is covered where the case says which. */
export const feeItem = (id: string, amount: string, proration: 'day' | 'none' = 'none'): CaseItem => ({
  id,
  steps: [{ step: 'recurring-fee', amount, proration }],
});

/** `line 1`, `line 2`: the lines of a document that a case lists. */
export const lineName = (n: number): string => `line-${n + 1}`;

/** Amounts that a case lists or gives as one, in the currency or its cents. */
const listed = (params: Reader, key: string): string[] | undefined => {
  const cents = params.decimals(`${key}Cents`)?.map(fromCents);
  return cents ?? params.decimals(key);
};

const lines = (params: Reader, inCents: boolean): string[] => {
  const amounts = listed(params, 'lines') ?? listed(params, 'lineAmounts');
  if (amounts !== undefined) return amounts;
  const fees = params.raw('fees');
  if (fees === undefined) return [];
  const all = (Array.isArray(fees) ? fees : [fees]).map((fee) => decimalOf(fee, 'params.fees'));
  return inCents ? all.map(fromCents) : all;
};

/** What the fee of the case is: an amount, unless it is what a package costs. */
export const feeAmount = ({ params }: Sheet): string | undefined =>
  params.money('fee') ?? (params.has('packageSize') ? undefined : params.money('amount'));

/** The fee of the case, for the part of the period that is covered. */
const mainFee = (sheet: Sheet, { period, from }: Cover): CaseItem[] => {
  const { params, model, quantity } = sheet;
  const amount = feeAmount(sheet);
  // A fee that is held from an instant on is charged by its level (`charges.ts`).
  if (amount === undefined || from !== undefined) return [];
  const count = quantity === null ? '1' : decimalOf(quantity, 'quantity');
  const once = { step: 'one-time-fee', amount, on: period.start } as const;
  const item = model.parts.has('one_time') ? { id: 'fee', steps: [once] } : feeItem('fee', amount, 'day');
  const steps = [...item.steps, ...discountSteps(params)];
  return [{ id: item.id, steps, ...(count === '1' ? {} : { quantity: count }) }];
};

/**
 * The fees of a case: those that its plan has, an instalment, the lines of a document. `inCents`: amounts that do not
 * say so are in cents, as the figures are.
 */
export const feesOf = (sheet: Sheet, cover: Cover, inCents: boolean): CaseItem[] => {
  const { params } = sheet;
  const [plan, instalment] = [params.money('planFee'), params.money('instalment')];
  const items = [
    ...mainFee(sheet, cover),
    ...(plan === undefined ? [] : [feeItem('plan-fee', plan, 'day')]),
    ...(instalment === undefined ? [] : [feeItem('instalment', instalment)]),
    ...lines(params, inCents).map((amount, n) => feeItem(lineName(n), amount)),
  ];
  if (new Set(items.map(({ id }) => id)).size < items.length) throw new CannotExpress('two fees have one name');
  return items;
};
