import type { CatalogEntry, Contract, FxRate, Meter, Price, ProposedEntry } from '../../../lambdas/catalog/types.ts';
import { billingPeriodOf } from '../../../lambdas/platform/billing-calendar.ts';
import { parseDecimal } from '../../../lambdas/platform/decimal.ts';
import { daysOf } from '../../../lambdas/platform/period.ts';
import { policyOf } from '../../../lambdas/rating/policies.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { Opening, RatableUsage } from '../../../lambdas/rating/types.ts';
import { money, quantity } from '../../../lambdas/rating/wording.ts';

type GivenUsage = Partial<RatableUsage> & {
  readonly meter: string;
  /** Numbers of seats, each from a day on. */
  readonly seats?: readonly (readonly [string, string])[];
};

/** One example of docs/pricing.md, as its JSON says it. */
export type PricingExample = {
  readonly prices: readonly Price[];
  readonly contract?: Partial<Contract>;
  readonly usage: Readonly<Record<string, readonly GivenUsage[]>>;
  readonly fx?: Pick<FxRate, 'from' | 'to' | 'rate'>;
  readonly warnings?: readonly string[];
};

const FROM = '2026-01-01T00:00:00.000Z';
const METERS: readonly (readonly [string, Meter['aggregation'], string])[] = [
  ['calls', 'SUM', 'call'],
  ['hours', 'SUM', 'hour'],
  ['paid', 'SUM', 'USD'],
  ['seats', 'LATEST', 'seat'],
  ['peak', 'MAX', 'Mbit'],
  ['members', 'MAX', 'member'],
];

const meter = ([id, aggregation, unit]: (typeof METERS)[number]): Meter => ({
  id,
  name: id,
  eventType: 't',
  aggregation,
  valuePath: '/n',
  dimensions: id === 'hours' ? [{ name: 'region', path: '/region' }] : [],
  filters: [],
  unit,
});

const contractOf = (example: PricingExample): Contract => ({
  id: 'contract',
  account: 'account',
  payer: 'account',
  entity: 'entity',
  currency: 'USD',
  zone: 'UTC',
  start: '2026-01-01',
  anchorDay: 1,
  cadence: 'monthly',
  priceBook: 'book',
  items: example.prices.map(({ id }) => ({ id, price: id })),
  policy: 'standard',
  ...example.contract,
});

const bookOf = ({ prices }: PricingExample) => ({ id: 'book', name: 'Book', currency: 'USD', prices });

const rateOf = ({ fx }: PricingExample): FxRate | undefined =>
  fx === undefined ? undefined : { id: 'rate', ...fx, source: 'Reference rate' };

/** The entries that somebody would publish for an example; what they refer to is among them. */
export const entriesOf = (example: PricingExample): ProposedEntry[] => {
  const entry = (kind: CatalogEntry['kind'], body: { readonly id: string }): ProposedEntry =>
    ({ kind, id: body.id, effectiveFrom: FROM, body }) as ProposedEntry;
  const fx = rateOf(example);
  return [
    entry('price-book', bookOf(example)),
    entry('contract', contractOf(example)),
    ...METERS.map((each) => entry('meter', meter(each))),
    ...(fx === undefined ? [] : [entry('fx-rate', fx)]),
    ...['account', 'child'].map((id) =>
      entry('account', { id, name: id, salesRegion: 'us', entity: 'entity', plan: 'team' } as { id: string }),
    ),
    entry('entity', {
      id: 'entity',
      name: 'E',
      country: 'US',
      erp: { adapter: 'netsuite', subsidiaryId: '1' },
    } as { id: string }),
  ];
};

const rowOf = (given: GivenUsage, days: readonly string[]): RatableUsage => {
  const { seats, ...row } = given;
  const unit = METERS.find(([id]) => id === given.meter)?.[2] ?? 'unit';
  const daily = days.map((day) => ({ day, value: seats?.findLast(([from]) => from <= day)?.[1] ?? '0' }));
  return {
    meterVersion: 1,
    unit,
    dimensions: {},
    quantity: seats?.at(-1)?.[1] ?? '0',
    ...row,
    ...(seats === undefined ? {} : { daily }),
  };
};

/** A row of the table under an example: month, item, what it is, quantity, amount. */
export type Row = readonly [month: string, item: string, what: string, quantity: string, amount: string];

/** What the months of an example come to, in the order of its usage. Each month opens with what the one before left. */
export const rowsOf = (example: PricingExample): Row[] => {
  const contract = contractOf(example);
  const policy = policyOf(contract.policy);
  if (policy === undefined) throw new Error(`there is no policy ${contract.policy}`);
  let opening: Opening = { format: 2, carryIn: {} };
  return Object.entries(example.usage).flatMap(([month, usage]) => {
    const period = billingPeriodOf(contract, `${month}-01`);
    const days = daysOf(period);
    const fx = rateOf(example);
    const { lines, payments, closing } = rate({
      contract,
      contractVersion: 1,
      priceBook: bookOf(example),
      priceBookVersion: 1,
      usage: usage.map((row) => rowOf(row, days)),
      opening,
      period,
      policy,
      usageHash: '',
      ...(fx === undefined ? {} : { fx: { ...fx, version: 1, date: period.end } }),
    });
    opening = closing;
    const { currency } = contract;
    const cash = (amount: string): string => money(parseDecimal(amount), { code: currency, exponent: 2 });
    return [
      ...lines.map((line): Row => {
        const measured = line.meter === undefined ? '' : quantity(parseDecimal(line.quantity), line.unit);
        return [month, line.item, line.description, measured, cash(line.amount)];
      }),
      ...payments.map(
        ({ credit, description, amount }): Row => [month, credit, `${description} pays`, '', cash(amount)],
      ),
    ];
  });
};
