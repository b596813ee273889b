import type { PriceStep } from '../../../lambdas/catalog/types.ts';
import { type Decimal, formatDecimal, ONE, parseDecimal } from '../../../lambdas/platform/decimal.ts';
import { applySteps } from '../../../lambdas/rating/apply-steps.ts';
import { exact, roundExact } from '../../../lambdas/rating/exact.ts';
import type { StepContext, Working } from '../../../lambdas/rating/steps/step.ts';
import type { ArithmeticNode } from '../../../lambdas/rating/types.ts';
import { policy } from './one-price.ts';

const OCTOBER = { start: '2026-10-01', end: '2026-11-01', zone: 'Europe/Berlin' };

/** What a step may know of a line: October 2026, whole, in USD under the policy `standard`, unless it is said otherwise. */
export const contextOf = (known: Partial<StepContext> = {}): StepContext => {
  const period = known.period ?? OCTOBER;
  const part = known.part ?? period;
  return {
    currency: { code: 'USD', exponent: 2 },
    policy: policy('standard'),
    period,
    part,
    anchorDay: 1,
    firstDay: part.start,
    amended: false,
    count: ONE,
    interim: false,
    opening: {},
    poolTaken: {},
    dimensions: {},
    daily: [],
    rows: [],
    peaks: {},
    ...known,
  };
};

/** From the 12th on: 20 of 31 days. */
export const PART = { ...OCTOBER, start: '2026-10-12' };

/** A policy that differs from `standard` in some options. */
export const differing = (options: Partial<StepContext['policy']>): Pick<StepContext, 'policy'> => ({
  policy: { ...policy('standard'), ...options },
});

/** A line before its steps. */
export const workingOf = (quantity: string, more: Partial<Working> = {}): Working => ({
  quantity: parseDecimal(quantity),
  unit: 'call',
  amount: exact(parseDecimal('0')),
  nodes: [],
  ...more,
});

/** What the steps said, gave and left. */
export type Outcome = {
  readonly text: string | undefined;
  readonly amount: Decimal;
  readonly quantity: Decimal;
  readonly node: ArithmeticNode | undefined;
  readonly working: Working;
};

/** Does steps to a line and answers what the last one made of it. */
export const outcomeOf = (
  start: Working,
  steps: PriceStep | readonly PriceStep[],
  known: Partial<StepContext> = {},
): Outcome => {
  const working = applySteps(start, 'step' in steps ? [steps] : [...steps], contextOf(known));
  const node = working.nodes.at(-1)?.();
  return {
    text: node?.text,
    amount: roundExact(working.amount, 6, 'half-even'),
    quantity: working.quantity,
    node,
    working,
  };
};

/** The same, only what it comes to, as text. */
export const amountOf = (
  quantity: string,
  steps: PriceStep | readonly PriceStep[],
  known: Partial<StepContext> = {},
): string => formatDecimal(outcomeOf(workingOf(quantity), steps, known).amount);
