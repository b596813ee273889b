import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { erpCompany, successTenant } from '../../../local/vendors.ts';
import { readCatalogFiles } from '../../../ops/catalog-files.ts';

const files = readCatalogFiles(path.resolve(import.meta.dirname, '../../../catalog'), '2026-10');

describe('the vendors of the example company', () => {
  const company = erpCompany(files);

  it('know every account as a customer of its subsidiary', () => {
    expect(company.customers).toHaveLength(24);
    expect(company.subsidiaries.map(({ id }) => id).sort()).toEqual(['1', '2', '3']);
    const known = new Set(company.subsidiaries.map(({ id }) => id));
    expect(company.customers.filter(({ subsidiaryId }) => !known.has(subsidiaryId))).toEqual([]);
  });

  it('bill a payer in the currency of its contracts, and a child account not at all', () => {
    const currencies = company.customers.map(({ currencies }) => currencies);
    expect([...new Set(currencies.flat())].sort()).toEqual(['EUR', 'JPY', 'USD']);
    expect(currencies.filter((list) => list.length === 0)).toHaveLength(1);
  });

  it('have an item for every product of the price lists', () => {
    const names = new Set(company.items.map(({ name }) => name));
    const products = files
      .filter(({ kind }) => kind === 'price-book')
      .flatMap(({ body }) => (body.prices as { product: string }[]).map(({ product }) => product));
    expect([...new Set(products)].filter((product) => !names.has(product))).toEqual([]);
    expect(new Set(company.items.map(({ id }) => id)).size).toBe(company.items.length);
  });

  it('have a template for every way in which a line is recognized', () => {
    const names = company.revRecTemplates.map(({ name }) => name);
    expect(names).toEqual(['point-in-time', 'straight-line-day', 'straight-line-month', 'as-used']);
  });

  it('know every account as a company of customer success, with an owner who exists', () => {
    const tenant = successTenant(files);
    expect(new Set(tenant.companies).size).toBe(24);
    expect(tenant.users.length).toBeGreaterThan(0);
  });
});
