import type { Contract, ContractItem, PriceStep } from '../../../lambdas/catalog/types.ts';
import type { Period } from '../../../lambdas/platform/period.ts';
import { dateAfter, daysFrom, laterBy } from '../oracle/calendar.ts';
import type { Draw } from './draw.ts';
import type { GeneratedPrice } from './price.ts';
import { fee } from './steps.ts';

export type Terms = Pick<Contract, 'anchorDay' | 'cadence' | 'zone'>;

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Kiritimati', 'Etc/GMT+12'] as const;
const ANCHORS = [1, 15, 28, 29, 30, 31] as const;
/** Long periods are rated slowly, and seldom differ. */
const CADENCES = [...Array.from({ length: 6 }, () => 'monthly' as const), 'quarterly', 'annual'] as const;

export const termsOf = (draw: Draw): Terms => ({
  zone: draw.pick(ZONES),
  anchorDay: draw.pick(ANCHORS),
  cadence: draw.pick(CADENCES),
});

/** A date within a span, not its first day. */
export const within = (draw: Draw, span: Period): string =>
  dateAfter(span.start, draw.int(1, daysFrom(span.start, span.end) - 1));

/** When the contract begins: on the period's anchor some periods ago (0 to 14), else at some day in or after the period. */
const startOf = (draw: Draw, terms: Terms, period: Period, next: Period): string => {
  const months = { monthly: 1, quarterly: 3, annual: 12 }[terms.cadence];
  const ago = () => laterBy(period.start, -months * draw.pick([1, 0, 11, 12, 14]), terms.anchorDay);
  return draw.pick([ago, ago, ago, ago, () => within(draw, period), () => next.start, () => within(draw, next)])();
};

/** First day, day after the last, and the end of the trial. */
export const datesOf = (
  draw: Draw,
  terms: Terms,
  period: Period,
  next: Period,
): Pick<Contract, 'start' | 'end' | 'trialUntil'> => {
  const start = startOf(draw, terms, period, next);
  const later = (place: Period): string => {
    const date = within(draw, place);
    return date > start ? date : dateAfter(start, 20);
  };
  const end = draw.onceIn(6)
    ? draw.pick([later(period), later(next), period.end > start ? period.end : later(next)])
    : undefined;
  const trialUntil = draw.onceIn(8) ? draw.pick([later(period), later(next)]) : undefined;
  return {
    start,
    ...(end === undefined ? {} : { end }),
    ...(trialUntil === undefined || trialUntil >= (end ?? '9999') ? {} : { trialUntil }),
  };
};

/** The steps of a price with other amounts, at times charged at another time, with a fee more or a discount less. */
export const otherSteps = (draw: Draw, steps: readonly PriceStep[], factor: string): readonly PriceStep[] => {
  const arrears = draw.onceIn(4);
  const dropped = draw.onceIn(6) ? 'percentage-discount' : undefined;
  return steps
    .filter(({ step }) => step !== dropped)
    .map((step) => {
      if (step.step === 'per-unit') return { ...step, unitPrice: factor };
      const billed = arrears && 'billing' in step ? { ...step, billing: 'arrears' as const } : step;
      return billed.step === 'recurring-fee' ? { ...billed, amount: factor } : billed;
    });
};

/** From this period on, or from the next, or one after the other. */
const ramp = (draw: Draw, period: Period, steps: (factor: string) => readonly PriceStep[]): ContractItem['ramp'] => {
  const [now, later] = [
    { from: period.start, steps: steps('1.11') },
    { from: period.end, steps: steps('7.77') },
  ];
  return draw.pick([[now, later], [now], [later]]);
};

export const itemOf = (
  draw: Draw,
  n: number,
  { price }: GeneratedPrice,
  period: Period,
  { start, end }: Pick<Contract, 'start' | 'end'>,
): ContractItem => {
  const steps = (factor: string) => otherSteps(draw, price.steps, factor);
  return {
    id: `item-${n}`,
    price: price.id,
    ...draw.maybe(5, () => ({ quantity: draw.pick(['2', '1', '2.5']) })),
    ...draw.maybe(8, () => ({ steps: steps('3.21') })),
    ...(start > period.start || (end ?? '9999') <= period.end
      ? {}
      : draw.maybe(8, () => ({ ramp: ramp(draw, period, steps) }))),
  };
};

/** Without an item that is dropped: what names it names one less, or is gone. */
const naming = <T extends { readonly items?: readonly string[] }>(all: readonly T[], dropped: string): T[] =>
  all
    .map((each) =>
      each.items === undefined ? each : { ...each, items: each.items.filter((item) => item !== dropped) },
    )
    .filter(({ items }) => items?.length !== 0);

export const withoutLast = (contract: Contract): Contract => {
  const { items, groups, discounts, credits, ...rest } = contract;
  const last = items.at(-1)?.id ?? '';
  const lists = {
    groups: naming(groups ?? [], last),
    discounts: naming(discounts ?? [], last),
    credits: naming(credits ?? [], last),
  };
  const kept = Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
  return { ...rest, items: items.slice(0, -1), ...kept };
};

/** The next version of a contract: an item dropped or at other steps, more or less granted, committed or taken off, an end. */
export const amended = (
  draw: Draw,
  contract: Contract,
  prices: readonly GeneratedPrice[],
  { next }: { readonly next: Period },
): Contract => {
  const base = contract.items.length > 1 && draw.onceIn(3) ? withoutLast(contract) : contract;
  const { minimumCommitment, discounts, credits, ...rest } = base;
  const items = base.items.map((item, n): ContractItem => {
    const steps = prices[n]?.price.steps ?? [];
    const { ramp: _, ...plain } = item;
    if (draw.onceIn(3)) return { ...plain, steps: otherSteps(draw, steps, '4.56') };
    // A price that had none gets a fee in advance.
    const [first] = steps;
    const fees = draw.onceIn(6) && first?.step === 'one-time-fee' && steps.length === 1;
    return fees ? { ...plain, steps: [fee(draw, true), first] } : item;
  });
  const end = dateAfter(next.start, 5);
  const ends = draw.onceIn(8) && contract.end === undefined && contract.start < next.start;
  return {
    ...rest,
    ...(ends ? { end } : {}),
    items,
    ...(minimumCommitment === undefined || draw.onceIn(3)
      ? {}
      : { minimumCommitment: { ...minimumCommitment, amount: draw.pick(['1', minimumCommitment.amount, '70']) } }),
    ...(discounts === undefined || draw.onceIn(3) ? {} : { discounts }),
    ...(credits === undefined || draw.onceIn(6)
      ? {}
      : { credits: credits.map((credit) => (draw.onceIn(2) ? { ...credit, amount: `${draw.int(1, 99)}` } : credit)) }),
  };
};
