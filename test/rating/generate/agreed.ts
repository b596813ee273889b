import type { Contract, ContractItem } from '../../../lambdas/catalog/types.ts';
import type { Period } from '../../../lambdas/platform/period.ts';
import { dateAfter } from '../oracle/calendar.ts';
import type { Draw } from './draw.ts';

export type AgreedScene = {
  readonly items: readonly ContractItem[];
  readonly period: Period;
  /** First day of the contract, and the day after its last. */
  readonly start: string;
  readonly end?: string | undefined;
  readonly decimals: number;
};

/** An amount with the decimals of the currency, seldom more than two of them. */
const money = (draw: Draw, most: number, { decimals }: AgreedScene): string => {
  const whole = draw.int(1, most);
  return decimals === 0 || draw.onceIn(2)
    ? `${whole}`
    : `${whole}.${draw.pick(decimals > 2 ? ['5', '25', '125'] : ['5', '25'])}`;
};

const someItems = (draw: Draw, { items }: AgreedScene) =>
  draw.maybe(2, () => {
    const first = draw.int(0, items.length - 1);
    return { items: items.filter((_, n) => n === first || draw.onceIn(3)).map(({ id }) => id) };
  });

/** A day around the first of the period, before the contract's end. */
const beginning = (draw: Draw, { period, end }: AgreedScene, days: readonly number[]): string => {
  const date = dateAfter(period.start, draw.pick(days));
  return end !== undefined && date >= end ? dateAfter(end, -1) : date;
};

/** A day after the contract's first and after another, if there is one. */
const lastDay = (draw: Draw, { period, start }: AgreedScene, from?: string): string => {
  const date = dateAfter(period.start, draw.pick([1, 40, 0, -1]));
  const first = from !== undefined && from > start ? from : start;
  return date > first ? date : dateAfter(first, 1);
};

const bounds = (draw: Draw, scene: AgreedScene) => {
  const least = money(draw, 200, scene);
  return {
    ...(draw.onceIn(2) ? { minimum: least } : {}),
    ...(draw.onceIn(2) ? { maximum: `${Number(least) + draw.int(0, 90)}` } : { minimum: least }),
  };
};

/** A group of some items, at times another of the rest. */
const groups = (draw: Draw, scene: AgreedScene) => {
  const some = scene.items.filter((_, n) => n === 0 || draw.onceIn(2)).map(({ id }) => id);
  const others = scene.items.map(({ id }) => id).filter((id) => !some.includes(id));
  const one = { id: 'some', description: 'Some', items: some, ...bounds(draw, scene) };
  const other = { id: 'others', description: 'Others', items: others };
  return others.length > 0 && draw.onceIn(2) ? [one, { ...other, ...bounds(draw, scene) }] : [one];
};

const commitment = (draw: Draw, scene: AgreedScene) => ({
  amount: money(draw, 200, scene),
  description: 'Commitment',
  ...draw.maybe(2, () => ({
    over: draw.pick(['contract-year', 'period'] as const),
  })),
  ...draw.maybe(2, () => ({ overageFactor: draw.pick(['1.5', '2', '1.1']) })),
});

const discount = (draw: Draw, n: number, scene: AgreedScene) => {
  const from = beginning(draw, scene, [0, -1, 1]);
  const begins = draw.onceIn(4);
  return {
    id: `d${n}`,
    description: `Discount ${n}`,
    ...(draw.onceIn(2) ? { percent: draw.price(99) } : { amount: money(draw, 60, scene) }),
    ...someItems(draw, scene),
    ...(begins ? { from } : {}),
    ...draw.maybe(3, () => ({ until: lastDay(draw, scene, begins ? from : undefined) })),
  };
};

const credit = (draw: Draw, n: number, scene: AgreedScene) => {
  const from = beginning(draw, scene, [-30, 0, 1]);
  return {
    id: `c${n}`,
    description: `Credit ${n}`,
    kind: draw.pick(['promotional', 'prepaid'] as const),
    amount: money(draw, 90, scene),
    priority: draw.int(0, 1),
    from,
    ...draw.maybe(3, () => ({ expires: lastDay(draw, scene, from) })),
    ...someItems(draw, scene),
  };
};

/** What a contract agrees for all its items: groups, commitment, maximum, discounts and credits. */
export const agreed = (draw: Draw, scene: AgreedScene): Partial<Contract> => {
  const committed = draw.maybe(4, () => ({ minimumCommitment: commitment(draw, scene) }));
  const least = 'minimumCommitment' in committed ? Math.ceil(Number(committed.minimumCommitment.amount)) : 1;
  return {
    ...draw.maybe(4, () => ({ groups: groups(draw, scene) })),
    ...committed,
    ...draw.maybe(5, () => ({ maximum: { amount: `${least + draw.int(0, 200)}`, description: 'At most' } })),
    ...draw.maybe(3, () => ({ discounts: draw.list(1, 2, (n) => discount(draw, n, scene)) })),
    ...draw.maybe(3, () => ({ credits: draw.list(1, 3, (n) => credit(draw, n, scene)) })),
  };
};
