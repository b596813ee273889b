import type { Contract, ContractItem, PriceBook, PriceStep } from '../../../lambdas/catalog/types.ts';
import type { Period } from '../../../lambdas/platform/period.ts';
import type { PinnedFxRate, RateInput, RatingPolicy } from '../../../lambdas/rating/types.ts';
import { covered, dateAfter, daysFrom, firstDay, laterBy, nextPeriod, yearStart } from '../oracle/calendar.ts';
import { keyOf } from '../oracle/groups.ts';
import { agreed } from './agreed.ts';
import type { Draw } from './draw.ts';
import { type GeneratedPrice, type PriceScene, priceOf } from './price.ts';
import { usageOf } from './usage.ts';

/** Periods of one contract in a row. The openings of all but the first are what the period before left. */
export type Case = readonly [RateInput, ...Omit<RateInput, 'opening'>[]];

const policy = (draw: Draw): RatingPolicy => ({
  id: 'generated',
  zeroUsageFlatFee: draw.pick(['none', 'charge'] as const),
  tierEdge: draw.pick(['inclusive', 'exclusive'] as const),
  tierGap: draw.pick(['next', 'lower'] as const),
  discountOrder: draw.pick(['before-bounds', 'after-bounds'] as const),
  taxBase: draw.pick(['after-credits', 'before-credits'] as const),
  prorationUnit: draw.pick(['day', 'day-inclusive', 'second', 'second-inclusive', 'calendar-month'] as const),
  prorationRounding: draw.pick(['net', 'each'] as const),
  groupedTiers: draw.pick(['per-group', 'pooled'] as const),
  duplicateWinner: draw.pick(['first', 'last'] as const),
  interimConversion: draw.pick(['cumulative', 'slice'] as const),
  creditTax: draw.pick(['apart', 'together'] as const),
  lineRounding: draw.pick(['half-up', 'half-even', 'up', 'down'] as const),
  roundingStage: draw.onceIn(5) ? 'none' : 'line',
  zeroUsageLine: draw.pick(['omit', 'show'] as const),
  partPeriodAllowance: draw.pick(['whole', 'by-day'] as const),
  partPeriodMinimum: draw.pick(['whole', 'by-day'] as const),
  commitmentCovers: draw.pick(['metered', 'all'] as const),
});

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Kiritimati', 'Etc/GMT+12'] as const;
const ANCHORS = [1, 15, 28, 29, 30, 31] as const;

type Terms = Pick<Contract, 'anchorDay' | 'cadence' | 'zone'>;

/** A period of the cadence, its months chosen so that DST changes, leap days and short months come up. */
const firstPeriod = (draw: Draw, terms: Terms): Period => {
  const month = draw.pick(['2026-10-01', '2026-03-01', '2027-01-01', '2028-02-01', '2026-11-01']);
  const start = laterBy(month, 0, terms.anchorDay);
  return nextPeriod({ ...terms, start, currency: '', items: [] }, { start, end: start, zone: terms.zone });
};

/** A date within a span, not its first day. */
const within = (draw: Draw, span: Period): string =>
  dateAfter(span.start, draw.int(1, daysFrom(span.start, span.end) - 1));

/** When the contract begins: on the period's anchor some periods ago (0 to 14), else at some day in or after the period. */
const startOf = (draw: Draw, terms: Terms, period: Period, next: Period): string => {
  const months = { monthly: 1, quarterly: 3, annual: 12 }[terms.cadence];
  const ago = () => laterBy(period.start, -months * draw.pick([1, 0, 11, 12, 14]), terms.anchorDay);
  return draw.pick([ago, ago, ago, ago, () => within(draw, period), () => next.start, () => within(draw, next)])();
};

const span = (
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
  return {
    start,
    ...(end === undefined ? {} : { end }),
    ...(end === undefined ? draw.maybe(8, () => ({ trialUntil: draw.pick([later(period), later(next)]) })) : {}),
  };
};

/** From this period on, or from the next, or one after the other. */
const ramp = (draw: Draw, period: Period, steps: (factor: string) => readonly PriceStep[]): ContractItem['ramp'] => {
  const [now, later] = [
    { from: period.start, steps: steps('1.11') },
    { from: period.end, steps: steps('7.77') },
  ];
  return draw.pick([[now, later], [now], [later]]);
};

const item = (
  draw: Draw,
  n: number,
  price: GeneratedPrice,
  period: Period,
  { start, end }: Pick<Contract, 'start' | 'end'>,
): ContractItem => {
  const steps = (factor: string): readonly PriceStep[] =>
    price.price.steps.map((step) => {
      if (step.step === 'per-unit') return { ...step, unitPrice: factor };
      return step.step === 'recurring-fee' ? { ...step, amount: factor } : step;
    });
  return {
    id: `item-${n}`,
    price: price.price.id,
    ...draw.maybe(5, () => ({ quantity: draw.pick(['2', '1', '2.5']) })),
    ...draw.maybe(8, () => ({ steps: steps('3.21') })),
    ...(start > period.start || (end ?? '9999') <= period.end
      ? {}
      : draw.maybe(8, () => ({ ramp: ramp(draw, period, steps) }))),
  };
};

const CURRENCIES = ['USD', 'JPY', 'BHD', 'EUR'] as const;
const DECIMALS = { USD: 2, JPY: 0, BHD: 3, EUR: 2 } as const;

const fxOf = (draw: Draw, from: string, to: string): { readonly fx?: PinnedFxRate } =>
  from === to || draw.onceIn(20)
    ? {}
    : {
        fx: {
          id: `${from}-${to}`,
          from,
          to,
          rate: draw.pick(['1.0837', '0.5', '161.42', '0.376']),
          source: 'generated',
          version: 1,
          date: '2026-10-01',
        },
      };

/** What the period before left: numbers that fit what the prices keep. */
const openingOf = (
  draw: Draw,
  contract: Contract,
  prices: readonly GeneratedPrice[],
  period: Period,
): RateInput['opening'] => {
  const begun = firstDay(contract) < period.start;
  const states = contract.items.flatMap((each, n) => {
    const { price } = prices[n] as GeneratedPrice;
    if (!draw.onceIn(2)) return [];
    const state = {
      ...(price.accumulate === undefined || !begun ? {} : { accumulated: draw.decimal(30) }),
      ...(begun && price.steps.some((step) => step.step === 'allowance' && step.rollover !== undefined)
        ? { rollover: draw.list(1, 2, (age) => ({ quantity: draw.price(9), periods: age + draw.int(1, 2) })) }
        : {}),
      ...(price.steps.some((step) => 'billing' in step && step.billing === 'advance')
        ? { ahead: { start: draw.onceIn(4) ? period.end : period.start, amount: `${draw.int(0, 90)}` } }
        : {}),
    };
    const dimensions = Object.fromEntries(price.perDimensions.map((name) => [name, name === 'region' ? 'eu' : 'l']));
    return Object.keys(state).length === 0 ? [] : [[keyOf(each.id, dimensions), state] as const];
  });
  const ofYear = contract.minimumCommitment?.over === 'contract-year' && draw.onceIn(2);
  const wallets = (contract.credits ?? [])
    .filter(() => draw.onceIn(2))
    .map((credit) => ({ credit: credit.id, left: `${draw.int(0, Math.floor(Number(credit.amount)))}` }));
  return {
    format: 2,
    carryIn: {},
    ...(states.length === 0 ? {} : { prices: Object.fromEntries(states) }),
    ...(ofYear ? { committed: { yearStart: yearStart(contract, period.start), charged: `${draw.int(0, 300)}` } } : {}),
    ...(wallets.length === 0 ? {} : { wallets }),
  };
};

/** What is rated: a whole period, several in a row, a bill within one, or the part of one that a version of a contract holds. */
export type Mode = 'whole' | 'chain' | 'interim' | 'part';

const MODES: readonly Mode[] = ['whole', 'whole', 'chain', 'interim', 'part'];

/** A case. Its mode is drawn unless it is given. */
export const caseOf = (draw: Draw, wanted?: Mode): Case => {
  const terms = {
    zone: draw.pick(ZONES),
    anchorDay: draw.pick(ANCHORS),
    cadence: draw.pick(['monthly', 'monthly', 'monthly', 'quarterly', 'annual'] as const),
  };
  const period = firstPeriod(draw, terms);
  const next = nextPeriod({ ...terms, start: period.start, currency: '', items: [] }, period);
  const mode = wanted ?? draw.pick(MODES);
  const acrossPeriods = mode === 'whole' || mode === 'chain';
  const rules = policy(draw);
  const scene: PriceScene = {
    policy: rules,
    acrossPeriods,
    days: [dateAfter(period.start, 3), period.start, period.end, dateAfter(period.start, -1)],
  };
  const prices = draw.list(1, 3, (n) => priceOf(draw, n, scene));
  const dates = span(draw, terms, period, next);
  const items = prices.map((price, n) => item(draw, n, price, period, dates));
  const bookCurrency = draw.pick(CURRENCIES);
  const currency = draw.onceIn(6) ? draw.pick(CURRENCIES) : bookCurrency;
  const contract: Contract = {
    id: 'contract',
    account: 'account',
    payer: 'account',
    entity: 'entity',
    currency,
    ...terms,
    ...dates,
    priceBook: 'book',
    ...(currency === bookCurrency ? {} : { fxDate: draw.pick(['period-start', 'period-end'] as const) }),
    items,
    ...agreed(draw, { items, period, acrossPeriods, start: dates.start, end: dates.end, decimals: DECIMALS[currency] }),
    policy: 'generated',
  };
  const book: PriceBook = {
    id: 'book',
    name: 'Book',
    currency: bookCurrency,
    prices: prices.map(({ price }) => price),
  };
  const cut = mode === 'part' ? within(draw, period) : undefined;
  const parts =
    cut === undefined
      ? []
      : [
          { ...period, end: cut },
          { ...period, start: cut },
        ];
  const part = parts.length === 0 ? undefined : draw.pick(parts);
  const base = {
    contract,
    contractVersion: 1,
    priceBook: book,
    priceBookVersion: 1,
    policy: rules,
    usageHash: 'generated',
    ...fxOf(draw, bookCurrency, contract.currency),
    ...(mode === 'interim' ? { interim: true } : {}),
  };
  const inPeriod = (at: Period, of?: Period) => {
    const held = covered(contract, at, of);
    return {
      ...base,
      period: at,
      ...(of === undefined ? {} : { part: of }),
      usage: held === undefined ? [] : prices.flatMap((price) => usageOf(draw, price, held)),
    };
  };
  const second = part !== undefined && part === parts[0] ? parts[1] : undefined;
  const begin = {
    ...inPeriod(period, part),
    opening: openingOf(draw, contract, prices, period),
  };
  if (second !== undefined && draw.onceIn(2)) return [begin, inPeriod(period, second)];
  if (mode !== 'chain') return [begin];
  return [begin, ...draw.list(1, 2, (n) => inPeriod(n === 0 ? next : nextPeriod(contract, next)))];
};
