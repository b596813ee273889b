import type { Contract, PriceStep } from '../../../lambdas/catalog/types.ts';
import type { RatingPolicy } from '../../../lambdas/rating/types.ts';
import type { Bill, CaseItem } from '../worked-case.ts';
import type { Charge } from './charges.ts';
import type { Cover } from './cover.ts';
import { type Bounds, boundSteps } from './line-steps.ts';

/** Everything that a case agrees, before it is billed. */
export type Plan = {
  readonly charges: readonly Charge[];
  readonly fees: readonly CaseItem[];
  readonly bounds: Bounds;
  readonly cover: Cover;
  readonly contract: Pick<Bill['contract'] & object, 'discounts' | 'credits' | 'minimumCommitment'>;
  /** Options that the case names itself. */
  readonly policy: Partial<RatingPolicy>;
};

/** What is left out of a bill, to see what it changes. */
export type Without = 'minimum' | 'maximum' | 'discounts' | 'true-up' | 'overage';

/** How a plan is billed. */
export type Billing = {
  /** Quantities that stand for the quantity of the case. */
  readonly slices?: readonly string[];
  readonly without?: readonly Without[];
  readonly interim?: boolean;
  /** Fees beside the metered prices that share their bounds: what was billed before. */
  readonly beside?: readonly CaseItem[];
};

const DISCOUNTS = new Set<PriceStep['step']>(['percentage-discount', 'amount-discount']);

const changed = (step: PriceStep, without: ReadonlySet<Without>): PriceStep[] => {
  if (without.has('discounts') && DISCOUNTS.has(step.step)) return [];
  if (step.step !== 'commitment') return [step];
  return [
    {
      ...step,
      ...(without.has('true-up') ? { trueUp: false } : {}),
      // What is above the commitment then costs nothing.
      ...(without.has('overage') ? { overageFactor: '0' } : {}),
    },
  ];
};

/** Bounds of several items hold for their sum; of one, they are steps of its price. */
const groupOf = (items: readonly CaseItem[], bounds: Bounds): Pick<Contract, 'groups'> => ({
  groups: [{ id: 'bounds', description: 'Bounds of all', items: items.map(({ id }) => id), ...bounds }],
});

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

/** The bill of a plan. */
export const billOf = (plan: Plan, billing: Billing = {}): Bill => {
  const { charges, fees, cover } = plan;
  const without = new Set(billing.without ?? []);
  const beside = billing.beside ?? [];
  const bounds: Bounds = {
    ...(plan.bounds.minimum === undefined || without.has('minimum') ? {} : { minimum: plan.bounds.minimum }),
    ...(plan.bounds.maximum === undefined || without.has('maximum') ? {} : { maximum: plan.bounds.maximum }),
  };
  // Bounds are of what is metered; of the fees only where a case meters nothing.
  const [bounded, other] = charges.length > 0 ? [charges.map(({ item }) => item), fees] : [fees, []];
  const together = [...bounded, ...beside];
  const single = together.length === 1;
  const items = bounded.map((item) => ({
    ...item,
    steps: [...item.steps.flatMap((step) => changed(step, without)), ...(single ? boundSteps(bounds) : [])],
  }));
  const contract = {
    ...cover.contract,
    ...plan.contract,
    ...(single || isEmpty(bounds) ? {} : groupOf(together, bounds)),
  };
  const policy = { ...cover.policy, ...plan.policy };
  return {
    items: [...items, ...beside, ...other],
    usage: charges.flatMap(({ rows }) => rows(billing.slices)),
    period: cover.period,
    ...(isEmpty(contract) ? {} : { contract }),
    ...(billing.interim === true ? { interim: true } : {}),
    ...(isEmpty(policy) ? {} : { policy }),
  };
};
