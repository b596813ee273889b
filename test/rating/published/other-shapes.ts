import { Temporal } from 'temporal-polyfill';
import type { Bill, CaseItem, Part } from '../worked-case.ts';
import { type Draft, figure, fractionFigure, listFigures, plus } from './draft.ts';
import { feeItem } from './fees.ts';
import { CannotExpress, decimalOf, type Reader } from './reader.ts';

/** Cases that are no single bill of a plan: a change within a period, the bills of a calendar, bills in advance. */

const amountsOf = (params: Reader, key: string): string[] => {
  const value = params.raw(key);
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((amount) => decimalOf(amount, `params.${key}`));
};

/** What comes and what goes: `oldAmount` becomes `newAmount`, pairs are `matched`, the others `added` or `removed`. */
const changesOf = (params: Reader): { readonly charges: string[]; readonly credits: string[] } => {
  const matched = amountsOf(params, 'matched');
  if (matched.length % 2 !== 0) throw new CannotExpress('params.matched is no pair of an old and a new amount');
  return {
    charges: [
      ...amountsOf(params, 'newAmount'),
      ...matched.filter((_, n) => n % 2 === 1),
      ...amountsOf(params, 'added'),
    ],
    credits: [
      ...amountsOf(params, 'oldAmount'),
      ...matched.filter((_, n) => n % 2 === 0),
      ...amountsOf(params, 'removed'),
    ],
  };
};

const CHANGES = ['oldAmount', 'newAmount', 'matched', 'added', 'removed', 'oldSeats', 'newSeats'] as const;

/** Whether a case is a change of fees within their period. */
export const isChange = (params: Reader): boolean => CHANGES.some((key) => params.has(key));

/** So many seats at a price each. */
const seatItems = (params: Reader, key: 'oldSeats' | 'newSeats'): CaseItem[] => {
  const [seats, unit] = [params.decimal(key), params.decimal('unit')];
  if (seats === undefined) return [];
  if (unit === undefined) throw new CannotExpress(`params.${key} needs params.unit, the price of a seat`);
  return [{ ...feeItem(key, unit, 'day'), quantity: seats }];
};

/** Charges for the rest of the period less the credits for it, as the policy rounds them. */
export const changeFigures = (draft: Draft): void => {
  const { charges, credits } = changesOf(draft.sheet.params);
  const { cover } = draft.plan;
  const items = (amounts: readonly string[], id: string): CaseItem[] =>
    amounts.map((amount, n) => feeItem(`${id}-${n + 1}`, amount, 'day'));
  const coming = [...items(charges, 'charge'), ...seatItems(draft.sheet.params, 'newSeats')];
  const going = [...items(credits, 'credit-for'), ...seatItems(draft.sheet.params, 'oldSeats')];
  const policy = { ...cover.policy, roundingStage: 'none' } as const;
  const bill: Bill = {
    items: [...coming, ...going],
    usage: [],
    period: cover.period,
    contract: cover.contract,
    policy,
  };
  draft.bills.set('rest of the period', bill);
  const parts = (of: readonly CaseItem[]): Part[] => of.map(({ id }) => plus('rest of the period', id));
  figure(draft, 'amount', () => ({ change: { charges: parts(coming), credits: parts(going) } }));
};

const MONTHS: Readonly<Record<string, number>> = { MONTHLY: 1, QUARTERLY: 3, BIANNUAL: 6, ANNUAL: 12 };
const CADENCES: Readonly<Record<number, 'monthly' | 'quarterly' | 'annual' | undefined>> = {
  1: 'monthly',
  3: 'quarterly',
  12: 'annual',
};

const MOST_PERIODS = 600;

/** The `n`th bill day from a date on. A month that is too short has it on its last day. */
const billDay = (from: Temporal.PlainDate, day: number, months: number): Temporal.PlainDate => {
  const month = from.toPlainYearMonth().add({ months });
  return month.toPlainDate({ day: Math.min(day, month.daysInMonth) });
};

/** The whole periods up to the target that a contract has a part of: the first ends on its first bill day. */
const periodsOf = (start: string, day: number, target: string, months: number): { start: string; end: string }[] => {
  const begin = Temporal.PlainDate.from(start);
  const aligned = Temporal.PlainDate.compare(billDay(begin, day, 0), begin) >= 0 ? 0 : 1;
  const leading = billDay(begin, day, aligned).equals(begin) ? 0 : -1;
  const edge = (n: number): string => billDay(begin, day, aligned + n * months).toString();
  const periods: { start: string; end: string }[] = [];
  for (let n = leading; periods.length < MOST_PERIODS; n += 1) {
    const period = { start: edge(n), end: edge(n + 1) };
    // Billed in advance: a period, or the part of it that is covered, is due when it begins.
    if ((period.start < start ? start : period.start) > target) return periods;
    periods.push(period);
  }
  throw new CannotExpress(`params.targetDate ${target} is too far from params.startDate`);
};

/** Fees in advance from a start to a target date: a part of a period before the first bill day, then whole ones. */
export const calendarFigures = (draft: Draft): void => {
  const { params } = draft.sheet;
  const [start, end, target] = [params.word('startDate'), params.word('endDate'), params.word('targetDate')];
  const day = params.whole('billCycleDay');
  const months = MONTHS[(params.word('billingPeriod') ?? 'MONTHLY').toUpperCase()];
  if (start === undefined || target === undefined || day === undefined || months === undefined) {
    throw new CannotExpress('a calendar needs params.startDate, billCycleDay, targetDate and a known billingPeriod');
  }
  const amount = params.money('amount') ?? '1';
  const periods = periodsOf(start, day, target, months).filter((period) => end === undefined || period.start < end);
  const parts = periods.map((period): Part => {
    const name = `from ${period.start}`;
    draft.bills.set(name, {
      items: [feeItem('fee', amount, 'day')],
      usage: [],
      period: { ...period, zone: 'UTC' },
      contract: {
        start,
        anchorDay: day,
        ...(end === undefined ? {} : { end }),
        ...(CADENCES[months] === undefined ? {} : { cadence: CADENCES[months] }),
      },
      policy: { roundingStage: 'none' },
    });
    return plus(name);
  });
  figure(draft, 'amount', () => ({ sum: parts }));
  fractionFigure(draft, () => ({ sum: parts }));
};

/** A minimum that is billed one period ahead and settled by the usage of each: the first bill is of the minimum alone. */
export const aheadFigures = (draft: Draft): void => {
  const { params } = draft.sheet;
  const months = params.decimals('usageByMonth') ?? [];
  const { minimum } = draft.plan.bounds;
  if (minimum === undefined) throw new CannotExpress('params.usageByMonth needs params.minimum');
  const item: CaseItem = {
    id: 'usage',
    meter: 'usage',
    steps: [
      { step: 'dynamic', multiplyBy: '1' },
      { step: 'minimum', amount: minimum, billing: 'advance' },
    ],
  };
  const edge = (n: number): string => Temporal.PlainDate.from('2026-01-01').add({ months: n }).toString();
  const names = [undefined, ...months].map((quantity, n) => {
    const name = `month ${n}`;
    draft.bills.set(name, {
      items: [item],
      usage: quantity === undefined ? [] : [{ meter: 'usage', quantity }],
      period: { start: edge(n), end: edge(n + 1), zone: 'UTC' },
      contract: { start: edge(1), anchorDay: 1 },
      ...(n === 0 ? {} : { after: `month ${n - 1}` }),
    });
    return name;
  });
  listFigures(
    draft,
    'invoices',
    names.map((name) => ({ sum: [plus(name)] })),
  );
  figure(draft, 'amount', () => ({ sum: names.map((name) => plus(name)) }));
};
