import { stepsOf } from './ahead.ts';
import type { Given } from './given.ts';
import { isMetered } from './groups.ts';

/** What is shared by some items, and by the lines of the contract itself that come of it. */
const shared = (given: Given): (readonly string[])[] => {
  const { contract, priceBook, opening, period, policy } = given;
  const { items, groups = [], minimumCommitment, maximum, discounts = [], credits = [] } = contract;
  const ids = items.map(({ id }) => id);
  const gone = Object.keys(opening.prices ?? {})
    .map((key): string => JSON.parse(key)[0])
    .filter((id) => !ids.includes(id));
  const all = policy.commitmentCovers === 'all';
  const counts = (id: string): boolean => all || isMetered(given, id);
  const committed = [
    'minimum-commitment',
    'commitment-overage',
    ...ids.filter(counts),
    ...groups.filter((group) => group.items.every(counts)).map(({ id }) => `group-${id}`),
    ...(all ? gone : []),
  ];
  const own = [
    ...groups.map(({ id }) => `group-${id}`),
    ...(minimumCommitment === undefined ? [] : ['minimum-commitment', 'commitment-overage']),
  ];
  // What names no items is over every line that there may be before it.
  const everything = [...ids, ...gone, ...own, ...(maximum === undefined ? [] : ['contract-maximum'])];
  const holding = <T extends { readonly from?: string }>(
    some: readonly T[],
    end: (each: T) => string | undefined,
  ): T[] => some.filter((each) => (each.from ?? '') <= period.start && period.start < (end(each) ?? '9999'));
  const pooled = items.flatMap((item) => {
    const price = priceBook.prices.find(({ id }) => id === item.price);
    if (price === undefined) return [];
    const pools = stepsOf(item, price, period).flatMap((step) =>
      step.step === 'allowance' && step.pool !== undefined ? [step.pool] : [],
    );
    const tiers = policy.groupedTiers === 'pooled' && price.perDimensions.length > 0 ? [[item.id]] : [];
    return [...pools.map((pool) => [`pool ${pool}`, item.id]), ...tiers];
  });
  return [
    ...groups.map((group) => [`group-${group.id}`, ...group.items]),
    ...pooled,
    ...(minimumCommitment === undefined ? [] : [committed]),
    ...(maximum === undefined ? [] : [everything]),
    ...holding(discounts, ({ until }) => until).map(({ id, items: some = everything }) => [`discount-${id}`, ...some]),
    ...holding(credits, ({ expires }) => expires).map(({ id, items: some = everything }) => [`credit-${id}`, ...some]),
  ];
};

/**
 * Which lines are coupled: those of items that share something, also through others. Each item that shares anything has the
 * name of the first that can be reached from it; one that shares nothing has none.
 */
export const coupledBy = (given: Given): ReadonlyMap<string, string> => {
  const things = shared(given);
  const names = [...new Set(things.flat())].toSorted();
  const reached = new Map<string, string>();
  for (const first of names) {
    if (reached.has(first)) continue;
    const open = [first];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (reached.has(name)) continue;
      reached.set(name, first);
      for (const thing of things) if (thing.includes(name)) open.push(...thing);
    }
  }
  return reached;
};
