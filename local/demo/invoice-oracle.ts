import type { CatalogFile } from '../../ops/catalog-files.ts';
import { daysFrom } from '../generator/calendar.ts';
import type { ExpectedUsage } from '../generator/expected.ts';

/**
 * What every customer must be billed, worked out a second time from the catalog's files and the generator's own counts:
 * other code, other arithmetic (fractions of whole numbers). It knows only the steps that the example company uses.
 */

type Fraction = { readonly n: bigint; readonly d: bigint };
type Steps = readonly Readonly<Record<string, unknown>>[];

const fraction = (text: string): Fraction => {
  const [whole = '0', decimals = ''] = text.split('.');
  return { n: BigInt(whole + decimals), d: 10n ** BigInt(decimals.length) };
};
const plus = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
const minus = (a: Fraction, b: Fraction): Fraction => plus(a, { n: -b.n, d: b.d });
const times = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d });
const less = (a: Fraction, b: Fraction): boolean => a.n * b.d < b.n * a.d;
const NIL: Fraction = { n: 0n, d: 1n };
const notBelowNil = (a: Fraction): Fraction => (less(a, NIL) ? NIL : a);

/** Minor units, halves away from zero (all amounts here are 0 or more). */
const minorUnits = (amount: Fraction, decimals: number): bigint => {
  const scaled = amount.n * 10n ** BigInt(decimals);
  return (scaled * 2n + amount.d) / (amount.d * 2n);
};

const asText = (minor: bigint, decimals: number): string => {
  if (decimals === 0) return minor.toString();
  const sign = minor < 0n ? '-' : '';
  const digits = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, '0');
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};

const text = (from: Readonly<Record<string, unknown>>, field: string): string => {
  const value = from[field];
  if (typeof value !== 'string') throw new Error(`the oracle misses ${field} in ${JSON.stringify(from)}`);
  return value;
};
const list = (from: Readonly<Record<string, unknown>>, field: string): Steps => from[field] as Steps;

type Situation = {
  readonly quantity: Fraction;
  readonly seats: readonly number[];
  readonly covered: number;
  readonly days: number;
};

const graduated = (quantity: Fraction, tiers: Steps): Fraction => {
  let from = NIL;
  let amount = NIL;
  for (const tier of tiers) {
    const end = typeof tier.upTo === 'string' ? fraction(tier.upTo) : quantity;
    const to = less(quantity, end) ? quantity : end;
    amount = plus(amount, times(notBelowNil(minus(to, from)), fraction(text(tier, 'unitPrice'))));
    from = end;
  }
  return amount;
};

const price = (steps: Steps, situation: Situation): Fraction => {
  let { quantity } = situation;
  let amount = NIL;
  for (const step of steps) {
    switch (step.step) {
      case 'allowance':
        quantity = notBelowNil(minus(quantity, fraction(text(step, 'quantity'))));
        break;
      case 'graduated':
        amount = plus(amount, graduated(quantity, list(step, 'tiers')));
        break;
      case 'per-unit':
        amount = plus(amount, times(quantity, fraction(text(step, 'unitPrice'))));
        break;
      case 'package': {
        const size = fraction(text(step, 'size'));
        const packages = (quantity.n * size.d + quantity.d * size.n - 1n) / (quantity.d * size.n);
        amount = plus(amount, times({ n: packages, d: 1n }, fraction(text(step, 'price'))));
        break;
      }
      case 'seats': {
        const seatDays = situation.seats.reduce((sum, seats) => sum + seats, 0);
        amount = plus(
          amount,
          times({ n: BigInt(seatDays), d: BigInt(situation.days) }, fraction(text(step, 'unitPrice'))),
        );
        break;
      }
      case 'recurring-fee': {
        const share =
          step.proration === 'day' ? { n: BigInt(situation.covered), d: BigInt(situation.days) } : { n: 1n, d: 1n };
        amount = plus(amount, times(fraction(text(step, 'amount')), share));
        break;
      }
      case 'percentage-discount':
        amount = times(amount, minus({ n: 1n, d: 1n }, times(fraction(text(step, 'percent')), { n: 1n, d: 100n })));
        break;
      case 'minimum': {
        const least = fraction(text(step, 'amount'));
        if (less(amount, least)) amount = least;
        break;
      }
      default:
        throw new Error(`the oracle does not know the step ${String(step.step)}`);
    }
  }
  return amount;
};

const sum = (counts: Readonly<Record<string, number>>): Fraction => ({
  n: BigInt(Object.values(counts).reduce((a, b) => a + b, 0)),
  d: 1n,
});

/** The quantities to price: one for a pooled price, one per value of the dimension for a price per dimension. */
const quantitiesOf = (meter: string | undefined, isPerDimension: boolean, usage: ExpectedUsage): Fraction[] => {
  const counted = (counts: Readonly<Record<string, number>>): Fraction[] =>
    isPerDimension ? Object.values(counts).map((count) => ({ n: BigInt(count), d: 1n })) : [sum(counts)];
  switch (meter) {
    case 'api_calls':
      return counted(usage.apiCalls);
    case 'ai_summaries':
      return counted(usage.aiSummaries);
    case 'active_users':
      return [{ n: BigInt(usage.activeUsers), d: 1n }];
    case 'storage':
      return [fraction(usage.storageGb)];
    default:
      return [NIL];
  }
};

/** What one payer owes for the period, e.g. `{ payer: 'acct-20', currency: 'USD', total: '1234.50' }`. */
export type Owed = { readonly payer: string; readonly currency: string; readonly total: string };

/** What each payer owes for a month (`start` to `end`, local dates), given its accounts' usage. */
export const whatIsOwed = (
  catalog: readonly CatalogFile[],
  usage: Readonly<Record<string, ExpectedUsage>>,
  start: string,
  end: string,
): Owed[] => {
  const days = daysFrom(start, end).length;
  const contracts = catalog.filter((file) => file.kind === 'contract').map((file) => file.body);
  const owed = new Map<string, { currency: string; minor: bigint }>();
  for (const contract of contracts) {
    const own = usage[text(contract, 'account')];
    if (own === undefined) throw new Error(`the generator made no usage for ${text(contract, 'account')}`);
    const book = catalog.find((file) => file.kind === 'price-book' && file.id === text(contract, 'priceBook'))?.body;
    if (book === undefined) throw new Error(`there is no price book ${text(contract, 'priceBook')}`);
    const decimals = text(contract, 'currency') === 'JPY' ? 0 : 2;
    const from = text(contract, 'start') > start ? text(contract, 'start') : start;
    const lines = list(contract, 'items').map((item) => {
      const listed = list(book, 'prices').find((candidate) => candidate.id === item.price);
      if (listed === undefined) throw new Error(`there is no price ${String(item.price)}`);
      const meter = typeof listed.meter === 'string' ? listed.meter : undefined;
      const isPerDimension = list(listed, 'perDimensions').length > 0;
      const steps = list(item.steps === undefined ? listed : item, 'steps');
      const minor = quantitiesOf(meter, isPerDimension, own).map((quantity) => {
        const seats = Object.values(own.seatsByDay);
        return minorUnits(price(steps, { quantity, seats, covered: daysFrom(from, end).length, days }), decimals);
      });
      return { metered: meter !== undefined, minor: minor.reduce((all, each) => all + each, 0n) };
    });
    const total = lines.reduce((all, line) => all + line.minor, 0n);
    const metered = lines.filter((line) => line.metered).reduce((all, line) => all + line.minor, 0n);
    const commitment = contract.minimumCommitment as Readonly<Record<string, unknown>> | undefined;
    const least = commitment ? minorUnits(fraction(text(commitment, 'amount')), decimals) : 0n;
    const trueUp = least > metered ? least - metered : 0n;
    const payer = text(contract, 'payer');
    const before = owed.get(payer)?.minor ?? 0n;
    owed.set(payer, { currency: text(contract, 'currency'), minor: before + total + trueUp });
  }
  return [...owed].map(([payer, { currency, minor }]) => ({
    payer,
    currency,
    total: asText(minor, currency === 'JPY' ? 0 : 2),
  }));
};
