import type { Contract } from '../../../lambdas/catalog/types.ts';
import type { Period } from '../../../lambdas/platform/period.ts';
import type { PriceState, RateInput, RatingPolicy } from '../../../lambdas/rating/types.ts';
import { firstDay, yearStart } from '../oracle/calendar.ts';
import { keyOf } from '../oracle/groups.ts';
import type { Draw } from './draw.ts';
import type { GeneratedPrice } from './price.ts';

type Left = Readonly<Record<string, PriceState>>;

const PLACES = { region: ['eu', 'us'], size: ['l'], account: ['account', 'child-1'] } as const;

/** What the price of an item left: numbers that fit what it keeps. */
const leftBy = (
  draw: Draw,
  item: string,
  { price }: GeneratedPrice,
  { groupedTiers }: RatingPolicy,
  begun: boolean,
  period: Period,
): Left => {
  const dimensions = Object.fromEntries(
    price.perDimensions.map((name) => [name, draw.pick(PLACES[name as keyof typeof PLACES])]),
  );
  // Groups that share their tiers share what those leave.
  const together = groupedTiers === 'pooled' ? {} : dimensions;
  const shared: PriceState = {
    ...(price.accumulate === undefined || !begun ? {} : { accumulated: draw.decimal(30) }),
    ...(begun && price.steps.some((step) => step.step === 'allowance' && step.rollover !== undefined)
      ? { rollover: draw.list(1, 2, (age) => ({ quantity: draw.price(9), periods: age + draw.int(1, 2) })) }
      : {}),
  };
  const amount = `${draw.int(0, 90)}`;
  const own: PriceState = price.steps.some((step) => 'billing' in step && step.billing === 'advance')
    ? {
        ahead: {
          start: draw.onceIn(4) ? period.end : period.start,
          amount,
          ...draw.maybe(2, () => ({ charged: draw.pick([amount, '3', '0', '-2']) })),
        },
      }
    : {};
  const states: Record<string, PriceState> = {};
  for (const [key, state] of [
    [keyOf(item, together), shared],
    [keyOf(item, dimensions), own],
  ] as const) {
    if (Object.keys(state).length > 0) states[key] = { ...states[key], ...state };
  }
  return states;
};

/** What the period before left. Of the contract year only what is after its first day. */
export const openingOf = (
  draw: Draw,
  contract: Contract,
  prices: readonly GeneratedPrice[],
  {
    period,
    part,
    policy,
  }: { readonly period: Period; readonly part?: Period | undefined; readonly policy: RatingPolicy },
): RateInput['opening'] => {
  const begun = firstDay(contract) < (part ?? period).start;
  const left: Left = Object.assign(
    {},
    ...contract.items.map(({ id }, n) =>
      draw.onceIn(2) ? leftBy(draw, id, prices[n] as GeneratedPrice, policy, begun, period) : {},
    ),
  );
  const ofYear = contract.minimumCommitment?.over === 'contract-year' && draw.onceIn(2);
  const wallets = (contract.credits ?? [])
    .filter(() => draw.onceIn(2))
    .map(({ id, amount }) => ({
      credit: id,
      left: `${draw.int(0, Math.floor(Number(amount)))}`,
      ...draw.maybe(2, () => ({ granted: draw.pick([amount, '5', '95']) })),
    }));
  return {
    format: 2,
    carryIn: {},
    ...(Object.keys(left).length === 0 ? {} : { prices: left }),
    ...(ofYear ? { committed: { yearStart: yearStart(contract, period.start), charged: `${draw.int(0, 300)}` } } : {}),
    ...(wallets.length === 0 ? {} : { wallets }),
  };
};
