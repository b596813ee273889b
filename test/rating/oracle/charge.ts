import { shareLeft } from './calendar.ts';
import type { Given, Named, Span, Step, Usage } from './given.ts';
import { changesOf } from './levels.ts';
import { HUNDRED, least, most, NOTHING, Rational, total } from './rational.ts';
import { seatsOf } from './seats.ts';
import { graduated, graduatedByChanges, stairstep, volume } from './tiers.ts';
import { Unratable } from './unratable.ts';
import { coveredShare, sharedByVersions } from './versions.ts';

/** What a charge may look at beside its quantity. */
export type Scene = {
  readonly given: Given;
  readonly part: Span;
  readonly rows: readonly Usage[];
  readonly conversion?: Named<'unit-conversion'> | undefined;
};

const rounded = (quantity: Rational, how: 'up' | 'down' | 'half-up' | undefined): Rational => {
  if (how === undefined) return quantity;
  if (how === 'half-up') return quantity.rounded(0, 'half-up');
  return how === 'up' ? quantity.ceiling() : quantity.floor();
};

/** The measured quantity in the priced unit. */
export const converted = (step: Named<'unit-conversion'> | undefined, quantity: Rational): Rational => {
  if (step === undefined) return quantity;
  const exact =
    step.multiplyBy === undefined
      ? quantity.over(Rational.of(step.divideBy ?? '1'))
      : quantity.times(Rational.of(step.multiplyBy));
  return rounded(exact, step.rounding);
};

/** Rows say no time, so of several those of the first dimension values come first. */
const inOrder = (rows: readonly Usage[]): Usage[] => {
  const named = rows.map((row) => ({ row, key: JSON.stringify(Object.entries(row.dimensions).toSorted()) }));
  return named.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ row }) => row);
};

/** Each transaction by itself, the free ones first. */
const percentage = (step: Named<'percentage'>, quantity: Rational, rows: readonly Usage[]): Rational => {
  const percent = Rational.of(step.percent).over(HUNDRED);
  const alone = [step.fixed, step.transactionMinimum, step.transactionMaximum, step.freeTransactions];
  if (alone.every((each) => each === undefined)) return most(quantity, NOTHING).times(percent);
  const transactions = inOrder(rows).flatMap((row) => {
    if (row.transactions !== undefined) return row.transactions;
    if (Rational.of(row.quantity).isZero()) return [];
    throw new Unratable('no transactions');
  });
  let [free, sum] = [step.freeTransactions ?? 0, NOTHING];
  for (const { amount, count = 1 } of transactions) {
    let fee = percent.times(Rational.of(amount)).plus(Rational.of(step.fixed ?? '0'));
    if (step.transactionMinimum !== undefined) fee = most(fee, Rational.of(step.transactionMinimum));
    if (step.transactionMaximum !== undefined) fee = least(fee, Rational.of(step.transactionMaximum));
    for (let n = 0; n < count; n += 1) {
      if (free > 0) free -= 1;
      else sum = sum.plus(fee);
    }
  }
  return sum;
};

const cellPrice = (step: Named<'matrix'>, dimensions: Readonly<Record<string, string>>): Rational => {
  const cell = step.cells.find(({ values }) =>
    values.every((value, n) => dimensions[step.dimensions[n] ?? ''] === value),
  );
  const price = cell?.unitPrice ?? step.otherwise;
  if (price === undefined) throw new Unratable('no cell');
  return Rational.of(price);
};

/** One price where all rows are of one cell (then of what is left of the quantity), else each row at the price of its own. */
const matrix = (step: Named<'matrix'>, quantity: Rational, rows: readonly Usage[]): Rational => {
  const prices = rows.map((row) => cellPrice(step, row.dimensions));
  const [first] = prices;
  if (first === undefined) return NOTHING;
  if (prices.every((price) => price.compare(first) === 0)) return most(quantity, NOTHING).times(first);
  return total(rows.map((row, n) => Rational.of(row.quantity).times(prices[n] as Rational)));
};

const capacity = (step: Named<'capacity'>, usage: readonly Usage[]): Rational => {
  const peakOf = (meter: string): Rational =>
    usage.filter((row) => row.meter === meter).reduce((peak, row) => most(peak, Rational.of(row.quantity)), NOTHING);
  const tier = step.tiers.find(
    ({ limits }) =>
      limits === null || Object.entries(limits).every(([meter, limit]) => !peakOf(meter).isAbove(Rational.of(limit))),
  );
  if (tier === undefined) throw new Unratable('nothing fits');
  return Rational.of(tier.price);
};

const byChanges = (step: Named<'graduated'>, { rows, part, given }: Scene): Rational => {
  const { period, policy } = given;
  if (rows.some((row) => row.changes === undefined && !Rational.of(row.quantity).isZero()))
    throw new Unratable('no changes');
  const changes = changesOf(rows).map(({ at, by, prorated }) => ({
    by,
    charged: prorated ?? by.times(shareLeft(at, part, period, policy.prorationUnit)),
  }));
  return graduatedByChanges(step.tiers, changes, policy);
};

const volumeOf = (step: Named<'volume'>, quantity: Rational, scene: Scene): Rational => {
  const full = scene.rows.map((row) => row.fullQuantity);
  // The tier is that of the full quantity in the same unit, with nothing taken off.
  const chosenBy = full.some((each) => each !== undefined)
    ? converted(scene.conversion, total(scene.rows.map((row) => Rational.of(row.fullQuantity ?? row.quantity))))
    : quantity;
  return volume(step.tiers, quantity, chosenBy, scene.given.policy);
};

/** What the step that prices the quantity charges. */
export const chargeOf = (step: Step | undefined, quantity: Rational, scene: Scene): Rational => {
  const { policy } = scene.given;
  const atLeastNothing = most(quantity, NOTHING);
  switch (step?.step) {
    case 'per-unit':
      return quantity.times(Rational.of(step.unitPrice));
    case 'dynamic':
      return quantity.times(Rational.of(step.multiplyBy));
    case 'graduated':
      return step.by === 'changes' ? byChanges(step, scene) : graduated(step.tiers, quantity, policy);
    case 'volume':
      return volumeOf(step, quantity, scene);
    case 'package':
      return rounded(atLeastNothing.over(Rational.of(step.size)), step.rounding).times(Rational.of(step.price));
    case 'stairstep':
      return stairstep(step.tiers, quantity, policy);
    case 'percentage':
      return percentage(step, quantity, scene.rows);
    case 'matrix':
      return matrix(step, quantity, scene.rows);
    case 'capacity':
      return sharedByVersions(capacity(step, scene.given.usage), scene);
    case 'seats':
      return seatsOf(step, scene);
    default:
      return NOTHING;
  }
};

/**
 * What a minimum or a commitment of the period is worth in the covered part: its share where the policy says so, and
 * always of a part that another version of the contract makes whole.
 */
export const minimumOf = (amount: string, scene: Pick<Scene, 'given' | 'part'>): Rational =>
  scene.given.part !== undefined || scene.given.policy.partPeriodMinimum === 'by-day'
    ? Rational.of(amount).times(coveredShare(scene))
    : Rational.of(amount);
