import type { PriceStep } from '../../../lambdas/catalog/types.ts';
import { add, compare, formatDecimal, parseDecimal } from '../../../lambdas/platform/decimal.ts';
import type { Sheet } from './case-format.ts';
import { CannotExpress, decimalOf, type Reader } from './reader.ts';
import { capacityOf, stairstepOf, type TierModel, tierStep } from './tiers.ts';

/** The numbers of the quantity, however it is written. */
const numbersIn = (value: unknown): string[] => {
  if (typeof value === 'number' || typeof value === 'string') {
    try {
      return [decimalOf(value, 'quantity')];
    } catch {
      return [];
    }
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
};

/** The largest quantity that a price of the case can see. */
export const largestOf = ({ quantity, params }: Sheet): string => {
  const before = numbersIn([params.raw('preLineQuantity'), params.raw('cumulativeBefore')]);
  const all = [...numbersIn(quantity), ...numbersIn([params.raw('fullUnits'), params.raw('eventUnits')])].map(
    parseDecimal,
  );
  const largest = all.reduce((a, b) => (compare(a, b) >= 0 ? a : b), parseDecimal('0'));
  return formatDecimal(before.map(parseDecimal).reduce(add, largest));
};

export const required = (params: Reader, key: string): string => {
  const value = params.decimal(key);
  if (value === undefined) throw new CannotExpress(`${params.path}.${key} is missing`);
  return value;
};

const ROUNDINGS: Readonly<Record<string, 'up' | 'down' | 'half-up' | undefined>> = {
  up: 'up',
  ceiling: 'up',
  down: 'down',
  floor: 'down',
  half_up: 'half-up',
  'half-up': 'half-up',
};

/** `up`, `ceiling`, `down`, `floor`, `half_up`; undefined for `none` and where a case says nothing. */
export const roundingOf = (params: Reader): 'up' | 'down' | 'half-up' | undefined => {
  const word = params.word('rounding')?.toLowerCase();
  if (word === undefined || word === 'none') return undefined;
  const rounding = ROUNDINGS[word];
  if (rounding === undefined) throw new CannotExpress(`${params.path}.rounding is "${word}"`);
  return rounding;
};

/** Whether the tiers of the case are priced part by part or as a whole. */
export const tierModel = ({ model, params }: Sheet): TierModel | undefined => {
  const policy = params.word('policy')?.toUpperCase();
  const said = {
    ALL_TIERS: 'graduated',
    ALL_TIER: 'graduated',
    TOP_TIER: 'volume',
  } as const;
  const volume = model.parts.has('tiered_volume');
  const graduated = model.parts.has('tiered_graduated') || model.parts.has('graduated_percentage');
  const byModel = volume === graduated ? undefined : volume ? 'volume' : 'graduated';
  if (policy === undefined) return byModel;
  const byPolicy = policy in said ? said[policy as keyof typeof said] : undefined;
  if (byPolicy === undefined) throw new CannotExpress(`params.policy is "${policy}"`);
  if (byModel !== undefined && byModel !== byPolicy) {
    throw new CannotExpress(`the price model says ${byModel}, params.policy says ${byPolicy}`);
  }
  return byPolicy;
};

/** Where a case repeats its tiers in the words of its system, they must say the same. */
const checkRanges = ({ params }: Sheet, tiers: readonly Reader[]): void => {
  const ends = tiers.map((tier) => tier.raw('upTo')).map((end) => (end === undefined ? 'inf' : String(end)));
  const lago = params.word('lagoRanges');
  const first = params.decimals('meteroid_first_unit');
  const lagoEnds = lago?.split(',').map((range) => range.split('-')[1]);
  if (lagoEnds !== undefined && lagoEnds.join() !== ends.join()) {
    throw new CannotExpress('params.lagoRanges and params.tiers end at different quantities');
  }
  if (first !== undefined && first.join() !== ['0', ...ends.slice(0, -1)].join()) {
    throw new CannotExpress('params.meteroid_first_unit and params.tiers begin at different quantities');
  }
};

const tiered = (sheet: Sheet, tiers: readonly Reader[]): PriceStep => {
  const { params, model } = sheet;
  const path = `${params.path}.tiers`;
  checkRanges(sheet, tiers);
  if (model.parts.has('stairstep')) return stairstepOf(tiers, largestOf(sheet), path);
  if (model.parts.has('capacity_multi_unit')) return capacityOf(tiers);
  const kind = tierModel(sheet);
  if (kind === undefined) throw new CannotExpress(`nothing says how ${path} are priced: graduated or volume`);
  const step = tierStep(tiers, { model: kind, largest: largestOf(sheet), path, per: params.decimal('packageSize') });
  return step.step === 'graduated' && params.has('eventUnits') ? { ...step, by: 'changes' } : step;
};

/** Packages: priced, counted within one volume tier, or only counted (each unit of a package at 1). */
const packaged = (sheet: Sheet): PriceStep => {
  const { params, model } = sheet;
  const size = required(params, 'packageSize');
  // A conversion has the word of its own; packages are then begun ones.
  const rounding = (params.has('divideBy') || params.has('multiplyBy') ? undefined : roundingOf(params)) ?? 'up';
  if (params.flag('billedUnitsOnly') === true) return { step: 'package', size, price: size, rounding };
  const price = required(params, 'amount');
  const kind = tierModel(sheet);
  if (kind === undefined || model.parts.size === 1) return { step: 'package', size, price, rounding };
  if (rounding !== 'up') throw new CannotExpress('packages within a tier are begun ones');
  return { step: kind, tiers: [{ upTo: null, unitPrice: price, per: size }] };
};

const perTransaction = ['perTransactionMin', 'perTransactionMax', 'freeEvents'] as const;

const percentage = (params: Reader): PriceStep => {
  const percent = required(params, 'ratePercent');
  if (!params.has('transactions')) {
    const unsaid = perTransaction.filter((key) => params.has(key));
    if (unsaid.length > 0) throw new CannotExpress(`params.${unsaid[0]} needs params.transactions`);
    return { step: 'percentage', percent };
  }
  const [fixed, least, most] = [
    params.decimal('fixedPerEvent'),
    params.decimal('perTransactionMin'),
    params.decimal('perTransactionMax'),
  ];
  const free = params.whole('freeEvents');
  if (free !== undefined && (params.decimal('freeUnits') ?? '0') !== '0') {
    throw new CannotExpress('params.freeUnits and params.freeEvents together: nothing says which is used up first');
  }
  return {
    step: 'percentage',
    percent,
    ...(fixed === undefined ? {} : { fixed }),
    ...(least === undefined ? {} : { transactionMinimum: least }),
    ...(most === undefined ? {} : { transactionMaximum: most }),
    ...(free === undefined ? {} : { freeTransactions: free }),
  };
};

/** What one unit of the measured amount is at: itself. */
const AS_MEASURED: PriceStep = { step: 'dynamic', multiplyBy: '1' };

/** The charge step of the metered price of a case, by the parameters that it has; undefined if it meters nothing. */
export const chargeStep = (sheet: Sheet): PriceStep | undefined => {
  const { params, model } = sheet;
  const tiers = params.objects('tiers');
  if (tiers !== undefined) return tiered(sheet, tiers);
  if (params.has('packageSize')) return packaged(sheet);
  if (params.has('blockSize')) {
    return { step: 'package', size: required(params, 'blockSize'), price: required(params, 'price'), rounding: 'up' };
  }
  if (params.has('multiplier')) {
    const multiplyBy = required(params, 'multiplier');
    return model.parts.has('dynamic') ? { step: 'dynamic', multiplyBy } : { step: 'per-unit', unitPrice: multiplyBy };
  }
  if (params.has('preciseTotalAmountCents') || params.has('usageCents') || params.has('usage')) return AS_MEASURED;
  if (params.has('usageByMonth')) return AS_MEASURED;
  if (params.has('ratePercent')) return percentage(params);
  const unitPrice = params.decimal('unit');
  if (unitPrice !== undefined && model.parts.has('weighted_sum') === false) return { step: 'per-unit', unitPrice };
  if (model.parts.has('weighted_sum')) {
    return { step: 'graduated', by: 'changes', tiers: [{ upTo: null, unitPrice: unitPrice ?? '1' }] };
  }
  // What is included is taken off a quantity that has no price: each unit left counts 1.
  if (params.has('usageDiscount') || params.has('divideBy')) return { step: 'per-unit', unitPrice: '1' };
  const amountAlone = model.parts.has('rounding') && !params.has('lineAmounts') && sheet.quantity !== null;
  return amountAlone && !['fee', 'feeCents', 'lines', 'linesCents'].some((key) => params.has(key))
    ? AS_MEASURED
    : undefined;
};
