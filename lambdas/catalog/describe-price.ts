import { grouped } from '../platform/decimal.ts';
import type { Price, PricePart, PriceStep, PriceView, Tier } from './types.ts';
import { money } from './words.ts';

/** What a price says, part by part, for people who read price lists and not JSON. Pure. */
export const viewOfPrice = (price: Price, currency: string): PriceView => ({
  id: price.id,
  product: price.product,
  description: price.description,
  ...(price.meter === undefined ? {} : { meter: price.meter }),
  parts: [...conditions(price), ...price.steps.flatMap((step) => partsOfStep(step, currency))],
});

const conditions = ({ perDimensions, windowed, accumulate, recognition }: Price): PricePart[] => {
  const parts: PricePart[] = [];
  const say = (part: string, text: string): number => parts.push({ step: 'price', part, text });
  if (perDimensions.length > 0) say('dimensions', `each ${perDimensions.join(' and ')} priced apart`);
  if (windowed !== undefined) {
    const hours = windowed.hours?.map(({ from, to }) => `${from}:00 to ${to}:00`).join(' and ');
    say('windows', `each ${windowed.every} priced apart${hours === undefined ? '' : `, only from ${hours}`}`);
  }
  if (accumulate !== undefined) say('year', 'usage adds up over the contract year');
  if (recognition !== undefined) say('recognition', recognition.replaceAll('-', ' '));
  return parts;
};

type Of<N extends PriceStep['step']> = Extract<PriceStep, { step: N }>;
type Say = (part: string, text: string) => PricePart;

const ahead = (billing: 'arrears' | 'advance' | undefined): string => (billing === 'advance' ? ', in advance' : '');
const SHARE = { day: 'by day', second: 'by second', month: 'the highest number of the month', none: 'never in part' };

const partsOfStep = (step: PriceStep, currency: string): PricePart[] => {
  const say: Say = (part, text) => ({ step: step.step, part, text });
  const cash = (amount: string): string => money(amount, currency);
  switch (step.step) {
    case 'unit-conversion':
      return [say('', conversionText(step))];
    case 'allowance':
      return [say('', allowanceText(step))];
    case 'per-unit':
      return [say('', `${cash(step.unitPrice)} for each unit`)];
    case 'graduated': {
      const by =
        step.by === 'changes'
          ? 'each change of the level at the price of its tier'
          : 'each part at the price of its tier';
      return [say('', by), ...tierParts(step.tiers, say, (tier) => tierText(tier, currency))];
    }
    case 'volume':
      return [
        say('', 'all units at the price of the tier reached'),
        ...tierParts(step.tiers, say, (tier) => tierText(tier, currency)),
      ];
    case 'stairstep':
      return [say('', 'one price for the tier reached'), ...tierParts(step.tiers, say, ({ price }) => cash(price))];
    case 'package': {
      const begun = {
        up: 'a begun one counts',
        down: 'only full ones count',
        'half-up': 'from half of one on it counts',
      };
      return [say('', `${cash(step.price)} for each package of ${grouped(step.size)}; ${begun[step.rounding]}`)];
    }
    case 'percentage':
      return [say('', percentageText(step, cash))];
    case 'matrix':
      return matrixParts(step, say, cash);
    case 'dynamic':
      return [say('', `the amount that usage carries × ${grouped(step.multiplyBy)}`)];
    case 'capacity':
      return [
        say('', 'the first tier that every peak fits'),
        ...step.tiers.map(({ limits, price }, n) => say(`tier ${n + 1}`, `${limitsText(limits)}: ${cash(price)}`)),
      ];
    case 'seats': {
      const kept = step.decreases === 'keep' ? ', fewer seats count from the next period on' : '';
      return [say('', `${cash(step.unitPrice)} for each seat, ${SHARE[step.proration]}${kept}${ahead(step.billing)}`)];
    }
    case 'commitment': {
      const over = step.overageFactor === undefined ? '' : `, above it × ${step.overageFactor}`;
      return [say('', `${step.trueUp ? 'at least ' : 'up to '}${cash(step.amount)}${over}`)];
    }
    case 'recurring-fee':
      return [say('', `${cash(step.amount)} each period, ${SHARE[step.proration]}${ahead(step.billing)}`)];
    case 'one-time-fee':
      return [say('', `${cash(step.amount)} once${step.on === undefined ? ', at the beginning' : `, on ${step.on}`}`)];
    case 'percentage-discount':
      return [say('', `${step.percent} % off`)];
    case 'amount-discount':
      return [say('', `${cash(step.amount)} off`)];
    case 'minimum':
      return [say('', `at least ${cash(step.amount)}${ahead(step.billing)}`)];
    case 'maximum':
      return [say('', `at most ${cash(step.amount)}`)];
  }
};

const conversionText = ({ multiplyBy, divideBy, rounding, unit }: Of<'unit-conversion'>): string => {
  const how = multiplyBy === undefined ? `÷ ${grouped(divideBy ?? '')}` : `× ${grouped(multiplyBy)}`;
  return `measured ${how} = ${unit}${rounding === undefined ? '' : `, rounded ${rounding}`}`;
};

const allowanceText = ({ quantity, pool, rollover }: Of<'allowance'>): string => {
  const shared = pool === undefined ? '' : `, shared in the pool "${pool}"`;
  const most = rollover?.upTo === undefined ? '' : `, at most ${grouped(rollover.upTo)} in all`;
  const rest = rollover === undefined ? '' : `, what is left holds for ${rollover.periods} more periods${most}`;
  return `${grouped(quantity)} included${shared}${rest}`;
};

const percentageText = (step: Of<'percentage'>, cash: (amount: string) => string): string => {
  const { percent, fixed, transactionMinimum: least, transactionMaximum: most, freeTransactions: free } = step;
  const parts = [`${percent} % of the amount`];
  if (fixed !== undefined) parts.push(`${cash(fixed)} for each transaction`);
  if (least !== undefined) parts.push(`at least ${cash(least)} for each`);
  if (most !== undefined) parts.push(`at most ${cash(most)} for each`);
  if (free !== undefined) parts.push(`the first ${grouped(String(free))} transactions free`);
  return parts.join(', ');
};

const matrixParts = (step: Of<'matrix'>, say: Say, cash: (amount: string) => string): PricePart[] => [
  say('', `the unit price depends on ${step.dimensions.join(' and ')}`),
  ...step.cells.map(({ values, unitPrice }) => say(values.join(', '), `${cash(unitPrice)} each`)),
  ...(step.otherwise === undefined ? [] : [say('anything else', `${cash(step.otherwise)} each`)]),
];

const tierParts = <T extends { readonly upTo: string | null }>(
  tiers: readonly T[],
  say: Say,
  price: (tier: T) => string,
): PricePart[] =>
  tiers.map((tier, n) => {
    const before = tiers[n - 1]?.upTo;
    const above = before === undefined || before === null ? 'all' : `above ${grouped(before)}`;
    return say(`tier ${n + 1}`, `${tier.upTo === null ? above : `to ${grouped(tier.upTo)}`}: ${price(tier)}`);
  });

const tierText = ({ unitPrice, per, percent, flatFee, cap }: Tier, currency: string): string => {
  const parts: string[] = [];
  if (unitPrice !== undefined) {
    parts.push(`${money(unitPrice, currency)} ${per === undefined ? 'each' : `for each begun ${grouped(per)}`}`);
  }
  if (percent !== undefined) parts.push(`${percent} %`);
  if (cap !== undefined) parts.push(`at most ${money(cap, currency)}`);
  if (flatFee !== undefined) parts.push(`${money(flatFee, currency)} once reached`);
  return parts.join(', ');
};

const limitsText = (limits: Readonly<Record<string, string>> | null): string =>
  limits === null
    ? 'anything'
    : Object.entries(limits)
        .map(([meter, limit]) => `${meter} to ${grouped(limit)}`)
        .join(' and ');
