import type { ContractItem, Price } from '../catalog/types.ts';
import { canonicalJson } from '../platform/canonical-json.ts';
import { maximum, ONE, parseDecimal, ZERO } from '../platform/decimal.ts';
import type { Plan } from './apply-steps.ts';
import type { UsageGroup } from './group-usage.ts';
import { priceOf } from './prices-of.ts';
import type { Scene } from './scene.ts';
import type { StepContext } from './steps/step.ts';
import type { PriceState, RatableUsage, RatingPolicy } from './types.ts';

/** Where a price of an item keeps what it leaves: the canonical JSON of the item and its dimension values. */
export const lineKey = (item: string, dimensions: Readonly<Record<string, string>>): string =>
  canonicalJson([item, dimensions]);

/** The highest quantity of each meter that a capacity price looks at, over all dimension values. */
const peaksOf = (meters: readonly string[], usage: readonly RatableUsage[]): StepContext['peaks'] =>
  Object.fromEntries(
    meters.map((meter) => {
      const rows = usage.filter((row) => row.meter === meter);
      return [meter, rows.map((row) => parseDecimal(row.quantity)).reduce(maximum, ZERO)];
    }),
  );

/** What the item left for these dimension values; a new contract year counts from 0. */
const stateOf = (scene: Scene, item: ContractItem, price: Price, { dimensions }: UsageGroup): PriceState => {
  const { prices } = scene.input.opening;
  const state = prices === undefined ? {} : (prices[lineKey(item.id, dimensions)] ?? {});
  if (price.accumulate === undefined || state.accumulated === undefined || !scene.newYear()) return state;
  const { accumulated: _, ...others } = state;
  return others;
};

/** The rows of a group for a price that depends on dimension values. */
const rowsOf = ({ rows }: UsageGroup): StepContext['rows'] =>
  rows.map(({ dimensions, quantity }) => ({ dimensions, quantity: parseDecimal(quantity) }));

/** What each bill of the period added to a group: where the policy cares (S10), and all of its rows say it. */
const slicesOf = ({ rows }: UsageGroup, { interimConversion }: RatingPolicy): StepContext['slices'] =>
  interimConversion === 'slice' && rows.length > 0 && rows.every(({ slices }) => slices !== undefined)
    ? rows.flatMap(({ slices = [] }) => slices.map(parseDecimal))
    : undefined;

const NONE = {} as const;

/** The next period of an item, with the steps that a ramp has for it. */
const nextOf = (scene: Scene, item: ContractItem): StepContext['next'] => {
  const next = scene.next();
  if (next === undefined || item.ramp === undefined) return next;
  const { contract, priceBook } = scene.input;
  return { ...next, steps: priceOf(item, contract, priceBook, next.period.start).steps };
};

/** What the steps of an item may know of a group of its usage. Written field by field: one shape is cheap. */
export const itemContext = (
  scene: Scene,
  item: ContractItem,
  price: Price,
  { byRow, peaks }: Plan,
): ((group: UsageGroup, ahead: boolean, poolTaken: StepContext['poolTaken']) => StepContext) => {
  const { input, part, firstDay, priced } = scene;
  const { contract, period, policy, interim } = input;
  const count = item.quantity === undefined ? ONE : parseDecimal(item.quantity);
  const highest = peaks.length === 0 ? NONE : peaksOf(peaks, input.usage);
  const next = () => nextOf(scene, item);
  return (group, ahead, poolTaken) => ({
    currency: priced,
    policy,
    period,
    part,
    anchorDay: contract.anchorDay,
    firstDay,
    amended: input.part !== undefined,
    count,
    interim: interim === true,
    opening: stateOf(scene, item, price, group),
    next: ahead ? next() : undefined,
    poolTaken,
    dimensions: group.dimensions,
    daily: group.daily,
    changes: group.changes,
    slices: slicesOf(group, policy),
    rows: byRow ? rowsOf(group) : [],
    peaks: highest,
  });
};
