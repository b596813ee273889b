import { describe, expect, it } from 'vitest';
import type { Contract, FxRate, ProposedEntry } from '../../../lambdas/catalog/types.ts';
import { validateEntries } from '../../../lambdas/catalog/validate-entries.ts';
import { exampleCompany, find, KNOWN, withBody } from './example-company.ts';

const company = exampleCompany();
const contract = find(company, 'contract', 'contract-01') as ProposedEntry<'contract'>;

const flawsOf = (change: Partial<Contract>, ...more: readonly ProposedEntry[]): string[] => {
  const entries = [withBody(contract, change), ...company.filter((entry) => entry !== contract), ...more];
  const result = validateEntries(entries, [], KNOWN);
  return result.ok ? [] : result.flaws.map(({ path, message }) => `${path.replace('/entries/0/body', '')}: ${message}`);
};

const [first = { id: '', price: '' }, ...rest] = contract.body.items;
const steps = [{ step: 'recurring-fee', amount: '5', proration: 'day' }] as const;
const ramp = (...dates: readonly string[]): Partial<Contract> => ({
  items: [{ ...first, ramp: dates.map((from) => ({ from, steps })) }, ...rest],
});
const rate = (id: string, change: Partial<FxRate> = {}, effectiveFrom = '2024-01-01T00:00:00.000Z'): ProposedEntry => ({
  kind: 'fx-rate',
  id,
  effectiveFrom,
  body: { id, from: 'USD', to: 'CHF', rate: '0.88', source: 'Reference rate', ...change },
});

describe('a contract', () => {
  it('may agree everything at once', () => {
    expect(
      flawsOf(
        {
          ...ramp('2027-01-01', '2028-01-01'),
          end: '2030-01-01',
          trialUntil: '2024-02-01',
          covers: ['acct-02'],
          currency: 'CHF',
          groups: [{ id: 'g', description: 'G', items: ['platform', 'seats'], minimum: '5', maximum: '5' }],
          minimumCommitment: { amount: '900', description: 'C', over: 'contract-year' },
          maximum: { amount: '800.50', description: 'M' },
          discounts: [{ id: 'd', description: 'D', amount: '5', from: '2024-01-01', until: '2024-06-01' }],
          credits: [
            { id: 'c', description: 'C', kind: 'prepaid', amount: '5', priority: 0, from: '2023-12-01' },
            {
              ...{ id: 'd', description: 'D', kind: 'prepaid', amount: '5', priority: 0, from: '2023-12-01' },
              erp: { depositId: '901' },
            },
          ],
          entitlements: [
            { feature: 'sso', description: 'Single sign-on' },
            { feature: 'calls', description: 'Calls', meter: 'api_calls', limit: '0', thresholds: [50, 100] },
          ],
        },
        rate('usd-chf', {}, '2026-05-01T00:00:00.000Z'),
      ),
    ).toEqual([]);
  });

  it.each<[string, Partial<Contract>, string]>([
    [
      'a ramp inside a period',
      ramp('2027-01-02'),
      '/items/0/ramp/0/from: lies inside a period: periods begin on 2027-01-01 and 2027-02-01',
    ],
    [
      'a ramp inside a quarter',
      { ...ramp('2027-02-01'), cadence: 'quarterly' },
      '/items/0/ramp/0/from: lies inside a period: periods begin on 2027-01-01 and 2027-04-01',
    ],
    [
      'a ramp out of order',
      ramp('2028-01-01', '2027-01-01'),
      '/items/0/ramp/1/from: must be after 2028-01-01: a ramp is in the order of its dates',
    ],
    [
      'a trial that never ends',
      { end: '2025-01-01', trialUntil: '2025-01-01' },
      '/trialUntil: must be before the end, 2025-01-01: else nothing is ever charged',
    ],
    [
      'an account that covers itself',
      { covers: ['acct-01'] },
      '/covers/0: "acct-01" is the account of the contract itself: remove it',
    ],
    [
      'an unknown account covered',
      { covers: ['acct-99'] },
      '/covers/0: there is no account "acct-99": publish it first or with this',
    ],
    [
      'a payer that it pays for',
      { account: 'acct-20', payer: 'acct-21' },
      '/payer: "acct-21" is itself paid for by "acct-20", by another contract: nobody would pay',
    ],
    [
      'percent and amount',
      { discounts: [{ id: 'd', description: 'D', percent: '5', amount: '5' }] },
      '/discounts/0: needs exactly one of percent and amount',
    ],
    [
      'a commitment above the maximum',
      { minimumCommitment: { amount: '6', description: 'C' }, maximum: { amount: '5', description: 'M' } },
      '/minimumCommitment/amount: is above the maximum, 5',
    ],
    [
      'a deposit of promotional credit',
      {
        credits: [
          {
            ...{ id: 'c', description: 'C', kind: 'promotional', amount: '5', priority: 0, from: '2025-01-01' },
            erp: { depositId: '901' },
          },
        ],
      },
      '/credits/0/erp: only prepaid credit is a deposit: a promotional one lowers the invoice',
    ],
    [
      'a currency without a rate',
      { currency: 'CHF' },
      '/currency: the price book "list-usd" is in USD, and there is no fx-rate from USD to CHF: publish one or name a book in CHF',
    ],
    [
      'an item that is named like a line of the contract',
      { items: [...contract.body.items, { id: 'contract-maximum', price: first.price }] },
      '/items/5/id: "contract-maximum" is the name of a line of the contract itself: give it another',
    ],
    [
      'a quantity of usage',
      { items: [...contract.body.items.map((item) => (item.id === 'api-calls' ? { ...item, quantity: '2' } : item))] },
      '/items/2/quantity: the price "enterprise-api-calls" has no fee that it could multiply: remove it',
    ],
  ])('may not have %s', (_, change, flaw) => {
    expect(flawsOf(change)).toContain(flaw);
  });

  it('may not cover an account whose own contract covers it', () => {
    const other = find(company, 'contract', 'contract-02') as ProposedEntry<'contract'>;
    const entries = [
      withBody(contract, { covers: ['acct-02'] }),
      withBody(other, { covers: ['acct-01'] }),
      ...company.filter((entry) => entry !== contract && entry !== other),
    ];
    const result = validateEntries(entries, [], KNOWN);
    expect(result.ok ? [] : result.flaws.map(({ path }) => path)).toEqual([
      '/entries/0/body/covers/0',
      '/entries/1/body/covers/0',
    ]);
  });
});

describe('an account', () => {
  it('is not above itself', () => {
    const child = find(company, 'account', 'acct-21') as ProposedEntry<'account'>;
    const parent = find(company, 'account', 'acct-20') as ProposedEntry<'account'>;
    expect(child.body.parent).toBe('acct-20');
    const entries = [withBody(parent, { parent: 'acct-21' }), ...company.filter((entry) => entry !== parent)];
    const result = validateEntries(entries, [], KNOWN);
    expect(result.ok ? [] : result.flaws[0]).toEqual({
      path: '/entries/0/body/parent',
      message: '"acct-21" is below "acct-20" already: an account is not above itself',
    });
  });
});

describe('a rate of exchange', () => {
  it('is between two currencies, above zero, one of each pair', () => {
    expect(flawsOf({}, rate('a', { to: 'USD' }))).toEqual([
      `/entries/${company.length}/body/to: is USD as well: a rate is between two currencies`,
    ]);
    expect(flawsOf({}, rate('a', { rate: '0' }))[0]).toMatch(/rate: must be above 0, not 0$/);
    expect(flawsOf({}, rate('a'), rate('b'))[0]).toMatch(
      /id: the rate from USD to CHF is "b": publish its next version$/,
    );
    expect(flawsOf({}, rate('a'), rate('a', { rate: '0.9' }, '2024-02-01T00:00:00.000Z'))).toEqual([]);
  });
});

describe('a new version of a price book', () => {
  const book = find(company, 'price-book', 'list-usd') as ProposedEntry<'price-book'>;
  const published = company.map((entry) => ({
    ...entry,
    version: 1,
    hash: '',
    publishedAt: '2026-01-01T00:00:00.000Z',
    proposedBy: 'ada',
    publishedBy: 'grace',
  }));
  const next = (change: Readonly<Record<string, unknown>>): string[] => {
    const entry = { ...withBody(book, change), effectiveFrom: '2027-01-01T00:00:00.000Z' };
    const result = validateEntries([entry], published, KNOWN);
    return result.ok
      ? []
      : result.flaws.map(({ path, message }) => `${path.replace('/entries/0/body', '')}: ${message}`);
  };

  it('keeps the prices that contracts use', () => {
    const prices = book.body.prices.filter(({ id }) => id !== 'team-storage');
    expect(next({ prices })[0]).toMatch(
      /^\/prices: has no price "team-storage", which the item "storage" of contract "contract-\d+" uses: keep it, or amend the contract with this$/,
    );
  });

  it('keeps them also of contracts that have ended where it supersedes a version in closed periods', () => {
    const ended = company.map((entry) => (entry.kind === 'contract' ? withBody(entry, { end: '2026-01-01' }) : entry));
    const history = published.map((entry, n) => ({ ...entry, body: ended[n]?.body }));
    const prices = book.body.prices.filter(({ id }) => id !== 'team-storage');
    const flaws = (change: Readonly<Record<string, unknown>>) => {
      const entry = { ...withBody(book, { prices, ...change }), effectiveFrom: '2027-01-01T00:00:00.000Z' };
      const result = validateEntries([entry], history, KNOWN);
      return result.ok ? 0 : result.flaws.length;
    };
    expect(flaws({})).toBe(0);
    expect(flaws({ supersedes: 1 })).toBeGreaterThan(0);
  });

  it('keeps a currency that contracts can be billed in', () => {
    expect(next({ currency: 'EUR' })[0]).toMatch(
      /^\/currency: contract "contract-\d+" is in USD; the price book "list-usd" is in EUR/,
    );
  });

  it('supersedes only a version that there is', () => {
    expect(next({ supersedes: 1 })).toEqual([]);
    expect(next({ supersedes: 2 })).toEqual(['/supersedes: there is no version 2 of "list-usd"; there are 1']);
  });
});
