import type { ContractItem, Price } from '../catalog/types.ts';
import { canonicalJson } from '../platform/canonical-json.ts';
import { maximum, ONE, parseDecimal, ZERO } from '../platform/decimal.ts';
import type { UsageGroup } from './group-usage.ts';
import type { Scene } from './scene.ts';
import { capacityMeters } from './steps/capacity.ts';
import type { StepContext } from './steps/step.ts';
import type { PriceState, RatableUsage } from './types.ts';

/** Where a price of an item keeps what it leaves: the canonical JSON of the item and its dimension values. */
export const lineKey = (item: string, dimensions: Readonly<Record<string, string>>): string =>
  canonicalJson([item, dimensions]);

/** The highest quantity of each meter that a capacity price looks at, over all dimension values. */
const peaksOf = (price: Price, usage: readonly RatableUsage[]): StepContext['peaks'] => {
  const meters = price.steps.flatMap((step) => (step.step === 'capacity' ? capacityMeters(step) : []));
  return Object.fromEntries(
    meters.map((meter) => {
      const rows = usage.filter((row) => row.meter === meter);
      return [meter, rows.map((row) => parseDecimal(row.quantity)).reduce(maximum, ZERO)];
    }),
  );
};

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

/** What the steps of an item may know of a group of its usage. */
export const itemContext = (
  scene: Scene,
  item: ContractItem,
  price: Price,
): ((group: UsageGroup, ahead: boolean) => StepContext) => {
  const { input, part, covered, firstDay, priced } = scene;
  const { contract, period, policy, interim } = input;
  const shared = {
    currency: priced,
    policy,
    period,
    part,
    coveredDays: covered?.coveredDays ?? 0,
    periodDays: covered?.periodDays ?? 0,
    anchorDay: contract.anchorDay,
    firstDay,
    amended: input.part !== undefined,
    count: item.quantity === undefined ? ONE : parseDecimal(item.quantity),
    interim: interim === true,
    poolTaken: {},
    peaks: peaksOf(price, input.usage),
  };
  const byRow = price.steps.some(({ step }) => step === 'matrix');
  return (group, ahead) => {
    const next = ahead ? scene.next() : undefined;
    return {
      ...shared,
      opening: stateOf(scene, item, price, group),
      dimensions: group.dimensions,
      daily: group.daily,
      rows: byRow ? rowsOf(group) : [],
      ...(group.changes === undefined ? {} : { changes: group.changes }),
      ...(next === undefined ? {} : { next }),
    };
  };
};
