import type { PriceStep } from '../../../lambdas/catalog/types.ts';
import { countedEvents } from '../../../lambdas/rating/counted-events.ts';
import { policyOf } from '../../../lambdas/rating/policies.ts';
import type { CaseItem, CaseUsage } from '../worked-case.ts';
import type { Sheet } from './case-format.ts';
import { chargeStep, largestOf, required, tierModel } from './charge-step.ts';
import type { Cover } from './cover.ts';
import { feeAmount } from './fees.ts';
import { commitmentSteps, discountSteps, quantitySteps } from './line-steps.ts';
import { CannotExpress, decimalOf, fromCents, type Reader, readerOf } from './reader.ts';
import { byMeter, tierStep } from './tiers.ts';
import { changesOf, groupRows, levelChanges, METER, plainRows, slicedRows, windowsAt } from './usage-rows.ts';

/** An item of the contract, and the usage that it prices. */
export type Charge = {
  readonly item: CaseItem;
  /** Its rows. A case with one quantity may be billed in slices: they replace the quantity. */
  readonly rows: (slices?: readonly string[]) => readonly CaseUsage[];
};

/** Usage that a case gives as it is: it cannot be billed in slices. */
const fixed =
  (rows: readonly CaseUsage[]): Charge['rows'] =>
  (slices) => {
    if (slices !== undefined) throw new CannotExpress('usage that is no single quantity, billed in several parts');
    return rows;
  };

const scalarOf = (quantity: unknown): string => (quantity === null ? '0' : decimalOf(quantity, 'quantity'));

const deduped = ({ params, profile }: Sheet): CaseUsage[] => {
  const word = params.word('dedupe');
  const winner = word === undefined ? policyOf(profile)?.duplicateWinner : /^(first|last)/.exec(word)?.[1];
  const events = params.raw('events');
  if (winner !== 'first' && winner !== 'last') throw new CannotExpress(`params.dedupe is "${word}"`);
  if (!Array.isArray(events)) throw new CannotExpress('params.events is not a list');
  const read = events.map((event) => {
    if (!Array.isArray(event) || event.length !== 2) throw new CannotExpress('params.events is not a list of pairs');
    return { id: String(event[0]), value: decimalOf(event[1], 'params.events') };
  });
  return plainRows(countedEvents(read, winner).map(({ value }) => value));
};

/** An amount that was measured, in the currency or in its cents. */
const measuredAmount = (params: Reader): string | undefined => {
  const precise = params.decimal('preciseTotalAmountCents');
  return precise === undefined ? params.money('usage') : fromCents(precise);
};

/** A row for each group: its quantity, or the changes of its level. */
const groupsOf = ({ params, model }: Sheet, cover: Cover): CaseUsage[] | undefined => {
  const groups = params.raw('groups');
  if (groups === undefined) return undefined;
  if (typeof groups !== 'object' || groups === null) throw new CannotExpress('params.groups is not a list');
  return groupRows(Object.values(groups), (group) =>
    model.parts.has('weighted_sum')
      ? { quantity: '0', changes: levelChanges(group, 'params.groups', cover) }
      : { quantity: decimalOf(group, 'params.groups') },
  );
};

/** The usage of a case with one meter (or one peak of each of several). */
const rowsOf = (sheet: Sheet, cover: Cover): Charge['rows'] => {
  const { params, quantity, model } = sheet;
  const [groups, windows] = [groupsOf(sheet, cover), params.decimals('buckets') ?? params.decimals('windows')];
  const [changes, transactions] = [changesOf(params, cover), params.decimals('transactions')];
  const [amount, fullQuantity] = [measuredAmount(params), params.decimal('fullUnits')];
  if (groups !== undefined) return fixed(groups);
  if (model.parts.has('capacity_multi_unit')) {
    return fixed(Object.entries(byMeter(quantity, 'quantity')).flatMap(([meter, peak]) => plainRows([peak], meter)));
  }
  if (model.parts.has('dedupe')) return fixed(deduped(sheet));
  if (amount !== undefined) return fixed(plainRows([amount]));
  const row = (more: Omit<CaseUsage, 'meter' | 'quantity'>) =>
    fixed([{ meter: METER, quantity: scalarOf(quantity), ...more }]);
  if (windows !== undefined) return row({ windows: windowsAt(windows, cover.period.start) });
  if (changes !== undefined) return row({ changes });
  if (transactions !== undefined) return row({ transactions: transactions.map((each) => ({ amount: each })) });
  if (fullQuantity !== undefined) return row({ fullQuantity });
  return (slices = [scalarOf(quantity)]) => (slices.length > 1 ? slicedRows(slices) : plainRows(slices));
};

const isWindowed = (params: Reader): boolean => params.has('buckets') || params.has('windows');

const withoutFee = new Set(['transactions']);

/** A fixed fee per paid event, where single transactions are not known: events at a price each. */
const eventFee = (params: Reader): Charge[] => {
  const [fixedPerEvent, paid] = [params.decimal('fixedPerEvent'), params.decimal('paidEvents')];
  if (fixedPerEvent === undefined || [...withoutFee].some((key) => params.has(key))) return [];
  if (paid === undefined)
    throw new CannotExpress('params.fixedPerEvent needs params.paidEvents or params.transactions');
  const item = { id: 'events', meter: 'events', steps: [{ step: 'per-unit', unitPrice: fixedPerEvent } as const] };
  return [{ item, rows: () => plainRows([paid], 'events') }];
};

const metered = (sheet: Sheet, cover: Cover, charge: PriceStep): Charge => {
  const { params } = sheet;
  const [first] = charge.step === 'capacity' ? Object.keys(byMeter(sheet.quantity, 'quantity')) : [];
  const meter = first ?? METER;
  return {
    item: {
      id: 'usage',
      meter,
      steps: [...quantitySteps(params), charge, ...commitmentSteps(params), ...discountSteps(params)],
      ...(params.has('groups') ? { perDimensions: ['group'] } : {}),
      ...(isWindowed(params) ? { windowed: { every: 'hour' } as const } : {}),
    },
    rows: rowsOf(sheet, cover),
  };
};

const isListOfObjects = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'object' && each !== null);

/** The price of one unit: tiers or blocks of its own, or one block. */
const unitStep = (sheet: Sheet, units: Reader, unit: string): PriceStep => {
  const { params } = sheet;
  if (!units.has(unit)) throw new CannotExpress(`nothing prices the unit "${unit}" of the quantity`);
  if (!isListOfObjects(units.raw(unit))) {
    const block = units.object(unit) ?? units;
    return { step: 'package', size: required(block, 'blockSize'), price: required(block, 'price'), rounding: 'up' };
  }
  const model = tierModel(sheet);
  if (model === undefined) throw new CannotExpress(`nothing says how "${unit}" is priced: graduated or volume`);
  return tierStep(units.objects(unit) ?? [], { model, largest: largestOf(sheet), path: `${params.path}.${unit}` });
};

/** Several units by name, in `units` or beside the other parameters. Of a unit without a quantity nothing was used. */
const multiUnit = (sheet: Sheet): Charge[] => {
  const { params, quantity } = sheet;
  const amounts = readerOf(quantity, 'quantity');
  const units = params.object('units') ?? params;
  const priced = units.keys.filter((key) => units !== params || isListOfObjects(params.raw(key)));
  return [...new Set([...priced, ...amounts.keys])].map((unit) => ({
    item: { id: unit, meter: unit, steps: [unitStep(sheet, units, unit)] },
    rows: fixed(plainRows([amounts.decimal(unit) ?? '0'], unit)),
  }));
};

/** Hours of the day that a bucket stands for where a case does not say: only that they are not those outside. */
const BUCKET = { from: 9, to: 12 };
const HOURS = {
  bucket: { hours: [BUCKET], at: BUCKET.from },
  outside: {
    hours: [
      { from: 0, to: BUCKET.from },
      { from: BUCKET.to, to: 24 },
    ],
    at: 0,
  },
} as const;

/** Windows of some hours of the day at a price of their own, and those of all other hours. */
const timesOfDay = (sheet: Sheet, cover: Cover): Charge[] =>
  (['bucket', 'outside'] as const).flatMap((name): Charge[] => {
    const params = sheet.params.object(name);
    if (params === undefined) return [];
    const { hours, at } = HOURS[name];
    const windows = windowsAt(params.decimals('windows') ?? [], cover.period.start, { from: at, count: 3 });
    const charge = chargeStep({ ...sheet, params });
    if (charge === undefined) throw new CannotExpress(`${params.path} has no price`);
    const steps = [...quantitySteps(params), charge, ...commitmentSteps(params), ...discountSteps(params)];
    return [
      {
        item: { id: name, meter: METER, steps, windowed: { every: 'hour', hours } },
        rows: fixed([{ meter: METER, quantity: '0', windows }]),
      },
    ];
  });

/** A fee from an instant within a day on: a seat that is held from then on, by the second. */
const heldFee = (sheet: Sheet, from: string): Charge[] => {
  const amount = feeAmount(sheet);
  if (amount === undefined || chargeStep(sheet) !== undefined) {
    throw new CannotExpress('params.remainingSeconds are no whole days, and it is not a fee that they are a part of');
  }
  const by = sheet.quantity === null ? '1' : scalarOf(sheet.quantity);
  const step = { step: 'seats', unitPrice: amount, proration: 'second' } as const;
  return [
    {
      item: { id: 'fee', meter: 'fee', steps: [step, ...discountSteps(sheet.params)] },
      rows: fixed([{ meter: 'fee', quantity: by, changes: [{ at: from, by }] }]),
    },
  ];
};

/** The metered prices of a case with their usage, by the parameters that it has. */
export const chargesOf = (sheet: Sheet, cover: Cover): Charge[] => {
  const { params, model } = sheet;
  if (cover.from !== undefined) return heldFee(sheet, cover.from);
  if (model.parts.has('multi-unit')) return multiUnit(sheet);
  if (params.has('bucket') || params.has('outside')) return timesOfDay(sheet, cover);
  const step = chargeStep(sheet);
  return step === undefined ? [] : [metered(sheet, cover, step), ...eventFee(params)];
};
