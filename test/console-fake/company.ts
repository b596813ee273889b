import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account, CatalogBodies, CatalogKind, Contract, PriceBook } from '../../lambdas/catalog/types.ts';
import type { Period } from '../../lambdas/platform/period.ts';
import { daysOf } from '../../lambdas/platform/period.ts';
import { policyOf } from '../../lambdas/rating/policies.ts';
import { rate } from '../../lambdas/rating/rate.ts';
import type { RatableUsage, RatedLine } from '../../lambdas/rating/types.ts';

/** The example company as the fake API knows it: its catalog, and lines rated from made-up but steady usage. */

const catalog = join(import.meta.dirname, '..', '..', 'catalog');

const read = <K extends CatalogKind>(kind: K, month: string): CatalogBodies[K][] =>
  readdirSync(join(catalog, kind))
    .sort()
    .map((file) => {
      const text = readFileSync(join(catalog, kind, file), 'utf8').replaceAll('{{month}}', month);
      return (JSON.parse(text) as { body: CatalogBodies[K] }).body;
    });

/** 40 characters: the longest name a page must bear. */
export const LONG_NAME = 'Internationale Binnenschifffahrts-Union ';

export type Company = {
  readonly accounts: readonly Account[];
  readonly contracts: readonly Contract[];
  readonly books: readonly PriceBook[];
  readonly entities: readonly { readonly id: string; readonly name: string }[];
};

export const loadCompany = (month: string): Company => ({
  accounts: read('account', month).map((account) =>
    account.id === 'acct-10' ? { ...account, name: `${LONG_NAME.trim()}s` } : account,
  ),
  contracts: read('contract', month),
  books: read('price-book', month),
  entities: read('entity', month),
});

/** Usage of an account in a period, the same for the same number every time. */
const usageOf = (seed: number, period: Period): RatableUsage[] => {
  const days = daysOf(period);
  const scale = 1 + ((seed * 7) % 23);
  const seats = 8 + ((seed * 5) % 40);
  const usage = (meter: string, unit: string, quantity: string, dimensions: Record<string, string> = {}) => ({
    meter,
    meterVersion: 1,
    unit,
    dimensions,
    quantity,
  });
  return [
    usage('api_calls', 'call', String(61_873 * scale), { endpoint: 'read' }),
    usage('api_calls', 'call', String(9_411 * scale), { endpoint: 'write' }),
    usage('storage', 'GB', `${311 * scale}.482915027341`),
    usage('ai_summaries', 'summary', String(127 * scale), { model: 'standard' }),
    {
      ...usage('licensed_seats', 'seat', String(seats + 4)),
      daily: days.map((day, index) => ({ day, value: String(index < 14 ? seats : seats + 4) })),
    },
  ];
};

/** The rated lines of a contract for a period; the real rating library makes them, so their wording is the real one. */
export const linesOf = (company: Company, contract: Contract, period: Period, seed: number): readonly RatedLine[] => {
  const priceBook = company.books.find(({ id }) => id === contract.priceBook);
  const policy = policyOf(contract.policy);
  if (!priceBook || !policy) throw new Error(`the catalog lacks what ${contract.id} names`);
  return rate({
    contract,
    contractVersion: 1,
    priceBook,
    priceBookVersion: 3,
    usage: usageOf(seed, period),
    opening: { format: 1, carryIn: {} },
    period,
    policy,
    usageHash: 'a41f'.repeat(16),
  }).lines;
};
