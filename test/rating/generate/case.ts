import type { Contract, PriceBook } from '../../../lambdas/catalog/types.ts';
import type { Period } from '../../../lambdas/platform/period.ts';
import type { PinnedFxRate, RateInput, RatingPolicy } from '../../../lambdas/rating/types.ts';
import { covered, dateAfter, laterBy, nextPeriod } from '../oracle/calendar.ts';
import { agreed } from './agreed.ts';
import { amended, datesOf, itemOf, type Terms, termsOf, within, withoutLast } from './contract.ts';
import type { Draw } from './draw.ts';
import { openingOf } from './opening.ts';
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

/** A period of the cadence, its months chosen so that DST changes, leap days and short months come up. */
const firstPeriod = (draw: Draw, terms: Terms): Period => {
  const month = draw.pick(['2026-10-01', '2026-03-01', '2027-01-01', '2028-02-01', '2026-11-01']);
  const start = laterBy(month, 0, terms.anchorDay);
  return nextPeriod({ ...terms, start, currency: '', items: [] }, { start, end: start, zone: terms.zone });
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

/** What is rated: a whole period, several in a row, a bill within one, or the part of one that a version of a contract holds. */
export type Mode = 'whole' | 'chain' | 'interim' | 'part';

const MODES: readonly Mode[] = ['whole', 'whole', 'chain', 'interim', 'part'];

type Agreed = {
  readonly contract: Contract;
  readonly book: PriceBook;
  readonly prices: readonly GeneratedPrice[];
  readonly policy: RatingPolicy;
  readonly period: Period;
  readonly next: Period;
};

/** A contract and its prices, and the period that is looked at. */
const agreedOf = (draw: Draw, flawed: boolean): Agreed => {
  const terms = termsOf(draw);
  const period = firstPeriod(draw, terms);
  const next = nextPeriod({ ...terms, start: period.start, currency: '', items: [] }, period);
  const rules = policy(draw);
  const covers = draw.onceIn(3);
  const days = [dateAfter(period.start, 3), period.start, period.end, dateAfter(period.start, -1)];
  const scene: PriceScene = { policy: rules, covers, days, flawed };
  const prices = draw.list(1, 3, (n) => priceOf(draw, n, scene));
  const dates = datesOf(draw, terms, period, next);
  const items = prices.map((price, n) => itemOf(draw, n, price, period, dates));
  const bookCurrency = draw.pick(CURRENCIES);
  const currency = draw.onceIn(6) ? draw.pick(CURRENCIES) : bookCurrency;
  const contract: Contract = {
    id: 'contract',
    account: 'account',
    payer: covers ? 'parent' : 'account',
    ...(covers ? { covers: ['child-1', 'child-2'] } : {}),
    entity: 'entity',
    currency,
    ...terms,
    ...dates,
    priceBook: 'book',
    ...(currency === bookCurrency ? {} : { fxDate: draw.pick(['period-start', 'period-end'] as const) }),
    items,
    ...agreed(draw, { items, period, start: dates.start, end: dates.end, decimals: DECIMALS[currency] }),
    policy: 'generated',
  };
  const book = { id: 'book', name: 'Book', currency: bookCurrency, prices: prices.map(({ price }) => price) };
  return { contract, book, prices, policy: rules, period, next };
};

/** A version of a contract with its policy. */
type Version = { readonly contract: Contract; readonly policy: RatingPolicy };

/** A version and the one that follows: the same, one that it is amended to, one with an item more, one by another policy. */
const versionsOf = (
  draw: Draw,
  first: Version,
  prices: readonly GeneratedPrice[],
  next: Period,
): readonly [Version, Version] => {
  const { contract, policy: rules } = first;
  if (draw.onceIn(2)) return [first, first];
  if (contract.items.length > 1 && draw.onceIn(4)) return [{ ...first, contract: withoutLast(contract) }, first];
  const later = amended(draw, contract, prices, { next });
  return [first, { contract: later, policy: draw.onceIn(6) ? policy(draw) : rules }];
};

/** A case. Its mode is drawn unless it is given; at times it is one that cannot be rated, unless it shall not be `flawed`. */
export const caseOf = (draw: Draw, wanted?: Mode, flawed = true): Case => {
  const { contract, book, prices, policy: rules, period, next } = agreedOf(draw, flawed);
  const mode = wanted ?? draw.pick(MODES);
  const base = {
    priceBook: book,
    priceBookVersion: 1,
    usageHash: 'generated',
    ...fxOf(draw, book.currency, contract.currency),
    ...(mode === 'interim' ? { interim: true } : {}),
  };
  const inPeriod = (
    { contract: version, policy: rules }: Version,
    at: Period,
    part?: Period,
  ): Omit<RateInput, 'opening'> => {
    const held = covered(version, at, part);
    const scene = held && { part: held, covers: version.covers !== undefined, flawed };
    const used = prices.filter(({ price }) => version.items.some((item) => item.price === price.id));
    return {
      ...base,
      policy: rules,
      contract: version,
      contractVersion: version === contract ? 1 : 2,
      period: at,
      ...(part === undefined ? {} : { part }),
      usage: scene === undefined ? [] : used.flatMap((price) => usageOf(draw, price, scene)),
    };
  };
  const begin = (version: Version, part?: Period): RateInput => ({
    ...inPeriod(version, period, part),
    opening: openingOf(draw, version.contract, prices, { period, part, policy: version.policy }),
  });
  const agreedFirst: Version = { contract, policy: rules };
  if (mode === 'whole' || mode === 'interim') return [begin(agreedFirst)];
  const [version, later] = versionsOf(draw, agreedFirst, prices, next);
  if (mode === 'chain') {
    return [begin(version), ...draw.list(1, 2, (n) => inPeriod(later, n === 0 ? next : nextPeriod(contract, next)))];
  }
  const cut = within(draw, period);
  const [first, second] = [
    { ...period, end: cut },
    { ...period, start: cut },
  ];
  // Where a version covers all that is covered of the period, there are no parts.
  if ([first, second].some((part) => covered(contract, period, part) === undefined)) return [begin(version)];
  if (draw.onceIn(3)) return [begin(later, second)];
  return draw.onceIn(3)
    ? [begin(version, first)]
    : [begin(version, first), inPeriod(later, period, second), ...(draw.onceIn(4) ? [inPeriod(later, next)] : [])];
};
