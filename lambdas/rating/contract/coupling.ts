import type { Contract, Price } from '../../catalog/types.ts';
import { contentHash } from '../../platform/hash.ts';
import type { Period } from '../../platform/period.ts';
import type { RatingPolicy } from '../types.ts';
import { COMMITMENT_ITEM, countedItems, OVERAGE_ITEM } from './commitment.ts';
import { MAXIMUM_ITEM } from './contract-maximum.ts';
import { creditHolds, creditItem } from './credits.ts';
import { discountHolds, discountItem } from './discounts.ts';
import { groupItem } from './item-groups.ts';

/** What decides which lines share something: the contract and its prices, never how much was used. */
export type Shared = {
  readonly contract: Contract;
  readonly policy: RatingPolicy;
  /** The price of each item, with the steps that hold in the period. */
  readonly prices: ReadonlyMap<string, Price>;
  readonly period: Period;
  /** Items of earlier versions that something is given back of. */
  readonly dropped: readonly string[];
  /** The first day of what is rated. */
  readonly from: string;
};

/** The sets of items, and of lines of the contract itself, that share one thing. */
const sharing = ({ contract, policy, prices, period, dropped }: Shared): string[][] => {
  const { groups = [], minimumCommitment, maximum, discounts = [], credits = [] } = contract;
  const isMetered = (item: string): boolean => prices.get(item)?.meter !== undefined;
  const sets: string[][] = groups.map((group) => [groupItem(group), ...group.items]);
  const pools = [...prices].flatMap(([item, { steps }]) =>
    steps.flatMap((step) => (step.step === 'allowance' && step.pool !== undefined ? [{ item, pool: step.pool }] : [])),
  );
  for (const pooled of Map.groupBy(pools, ({ pool }) => pool).values()) sets.push(pooled.map(({ item }) => item));
  if (minimumCommitment !== undefined) {
    const counted = countedItems(contract, policy.commitmentCovers, isMetered);
    const givenBack = policy.commitmentCovers === 'all' ? dropped : [];
    sets.push([COMMITMENT_ITEM, OVERAGE_ITEM, ...counted, ...givenBack]);
  }
  const all = [...prices.keys(), ...dropped, ...sets.flat()];
  if (maximum !== undefined) sets.push([MAXIMUM_ITEM, ...all]);
  for (const discount of discounts.filter((each) => discountHolds(each, period.start))) {
    sets.push([discountItem(discount), ...(discount.items ?? all)]);
  }
  for (const credit of credits.filter((each) => creditHolds(each, period.start))) {
    sets.push([creditItem(credit), ...(credit.items ?? all)]);
  }
  return sets;
};

/** Sets that have a member in common become one. */
const joined = (sets: readonly (readonly string[])[]): Set<string>[] =>
  sets.reduce<Set<string>[]>((before, next) => {
    const meeting = before.filter((set) => next.some((name) => set.has(name)));
    return [
      ...before.filter((set) => !meeting.includes(set)),
      new Set([...meeting.flatMap((set) => [...set]), ...next]),
    ];
  }, []);

/**
 * The coupled group of an item's lines: those that share a minimum, maximum, pool, discount or credit, also through
 * others. `undefined` for lines that stand alone. Its id depends on what was agreed and on the period only, so that a
 * correction finds the group that was billed. Tiers pooled over dimensions couple the lines of their own item.
 */
export const couplingOf = (shared: Shared): ((item: string) => string | undefined) => {
  const { contract, policy, prices, period, from } = shared;
  const pooledTiers = [...prices].flatMap(([item, { perDimensions }]) =>
    policy.groupedTiers === 'pooled' && perDimensions.length > 0 ? [[item]] : [],
  );
  const ids = new Map<string, string>();
  for (const set of joined([...sharing(shared), ...pooledTiers])) {
    const members = [...set].sort();
    const hash = contentHash([contract.account, contract.id, period, from, members]);
    for (const name of members) ids.set(name, `cg-${hash.slice(0, 24)}`);
  }
  return (item) => ids.get(item);
};
