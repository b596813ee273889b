import { CannotExpress, type Reader, readerOf } from './reader.ts';

/** A case as other collections write it: the parameters of a price model and what came out. */
export type PublishedCase = {
  readonly id: string;
  readonly source: string;
  readonly system: string;
  readonly description: string;
  readonly priceModel: string;
  readonly params: unknown;
  readonly quantity: unknown;
  readonly expected: unknown;
  readonly currency: string;
  readonly notes?: string;
  /** What is right where the published figure is not. */
  readonly correctExpected?: unknown;
  readonly verified?: boolean;
};

/** A case that is being translated. */
export type Sheet = {
  readonly id: string;
  readonly description: string;
  readonly system: string;
  /** Policy of the system. */
  readonly profile: string;
  readonly model: Model;
  readonly params: Reader;
  readonly quantity: unknown;
};

/** The parts that a price model is composed of: `tiered_volume(blocks) multi-unit+late_event`. */
export type Model = {
  readonly parts: ReadonlySet<string>;
  readonly text: string;
};

/**
 * Each part of a price model that is known, and the parameters of which at least one must be there for it to mean
 * anything. None: it says what is done with the case, or is said by the quantity.
 */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  per_unit: ['unit', 'usageCents', 'usage'],
  tiered_graduated: ['tiers', 'units'],
  graduated_percentage: ['tiers'],
  tiered_volume: ['tiers', 'units', 'packageSize'],
  stairstep: ['tiers'],
  package: ['packageSize'],
  percentage: ['ratePercent'],
  per_transaction_bounds: ['perTransactionMin', 'perTransactionMax'],
  dynamic: ['multiplier', 'preciseTotalAmountCents'],
  sum_with_multiplier: ['multiplier'],
  dedupe: ['dedupe', 'events'],
  capacity_multi_unit: ['tiers'],
  weighted_sum: ['events', 'events_offsetSeconds_delta', 'groups'],
  blocks: ['blockSize', 'units', 'tiers'],
  'multi-unit': [],
  flat: ['fee', 'feeCents', 'amount', 'amountCents'],
  one_time: ['amount', 'amountCents', 'fee', 'feeCents'],
  filters: ['usageCents', 'usage'],
  unit_conversion: ['divideBy', 'multiplyBy'],
  included_allowance: ['usageDiscount', 'freeUnits'],
  usage_discount: ['usageDiscount'],
  percent_discount: ['percentageDiscount'],
  amount_discount: ['amountDiscount'],
  minimum: ['minimum', 'minimumCents'],
  maximum: ['maximum', 'maximumCents'],
  tier_cap: ['tiers'],
  commitment: ['commitment', 'commitmentPerWindow', 'bucket', 'outside'],
  overage: ['overageFactor'],
  true_up: ['trueUp'],
  windowed: ['buckets', 'windows'],
  time_of_day: ['bucket', 'outside'],
  group_by: ['groups', 'events', 'events_offsetSeconds_delta'],
  minimum_commitment: ['commitment', 'commitmentCents'],
  minimum_in_advance: ['minimum', 'minimumCents'],
  prepayment_drawdown: ['prepayment', 'prepaymentCents'],
  proration: [],
  seats: ['oldAmount', 'matched', 'added', 'removed', 'oldSeats'],
  correction: [],
  late_event: [],
  credits: [],
  progressive_billing: ['alreadyBilled', 'alreadyBilledCents'],
  invoice_total: ['lines', 'linesCents', 'fees'],
  credit_note: ['fee', 'feeCents', 'amount', 'amountCents'],
  tax: ['taxPercent', 'tax'],
  rounding: [],
};

/** `a(b) c+d` as a, b, c, d: what is in brackets or after a space says more of the same part. */
const modelOf = (text: string): Model => ({
  parts: new Set(text.split(/[+()\s]+/).filter((part) => part !== '')),
  text,
});

/** `proration(seconds)`: how it is measured is said by the parameters. */
const SAID_BY_PARAMS = new Set(['seconds', 'days']);

const checkParts = ({ parts }: Model, params: Reader): void => {
  for (const part of parts) {
    const needs = KNOWN[part];
    if (needs === undefined && SAID_BY_PARAMS.has(part)) continue;
    if (needs === undefined) throw new CannotExpress(`unknown price model "${part}"`);
    // Several units have their prices under their own names.
    const elsewhere = parts.has('multi-unit') || needs.length === 0;
    if (!elsewhere && !needs.some((key) => params.has(key))) {
      throw new CannotExpress(`the price model says "${part}", but no parameter does (${needs.join(', ')})`);
    }
  }
};

/** The policy of each system. Those whose material says nothing about its options are rated as `standard`. */
const PROFILE_OF: Readonly<Record<string, string>> = {
  openmeter: 'openmeter',
  'zuplo (openmeter based)': 'openmeter',
  lago: 'lago',
  flexprice: 'flexprice',
  'kill bill': 'killbill',
  killbill: 'killbill',
  meteroid: 'meteroid',
  m3ter: 'm3ter',
  orb: 'orb',
  stripe: 'stripe',
  metronome: 'metronome',
  amberflo: 'amberflo',
};

/** Opens a case for translation. @throws {CannotExpress} naming a part of its price model that is not known. */
export const sheetOf = (published: PublishedCase): Sheet => {
  for (const key of ['id', 'system', 'priceModel', 'currency'] as const) {
    if (typeof published[key] !== 'string') throw new CannotExpress(`the case has no ${key}`);
  }
  const params = readerOf(published.params, 'params');
  const model = modelOf(published.priceModel);
  checkParts(model, params);
  const profile = PROFILE_OF[published.system.toLowerCase()] ?? 'standard';
  return {
    id: published.id,
    description: published.description ?? '',
    system: published.system,
    profile,
    model,
    params,
    quantity: published.quantity ?? null,
  };
};
