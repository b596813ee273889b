import { describe, expect, it } from 'vitest';
import { accountOf, subjectsOf, unattributed } from '../../../lambdas/catalog/attribution.ts';
import type { CatalogEntry } from '../../../lambdas/catalog/types.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';

const day = (date: string): string => `${date}T00:00:00.000Z`;
const attributed = (subject: string, version: number, from: string, account: string): CatalogEntry => ({
  kind: 'attribution',
  id: subject,
  version,
  effectiveFrom: day(from),
  hash: '',
  publishedAt: day(`2026-0${version}-01`),
  proposedBy: 'ada',
  publishedBy: 'grace',
  body: { subject, account },
});
const catalog = memoryCatalog([
  attributed('org-01', 1, '2026-01-01', 'acct-01'),
  attributed('org-01', 2, '2026-10-11', 'acct-02'),
  attributed('org-02', 1, '2026-10-05', 'acct-02'),
  attributed('org-03', 1, '2026-01-01', 'acct-03'),
  attributed('org-03', 2, '2026-01-01', 'acct-02'),
]);
const october = { from: day('2026-10-01'), to: day('2026-11-01') };

describe('which account a subject is', () => {
  it('gives each account its part of a subject that moved', async () => {
    expect(await subjectsOf(catalog, 'acct-01', october)).toEqual([
      { subject: 'org-01', account: 'acct-01', version: 1, from: day('2026-10-01'), to: day('2026-10-11') },
    ]);
    expect((await subjectsOf(catalog, 'acct-02', october)).map(({ subject, from, to }) => [subject, from, to])).toEqual(
      [
        ['org-01', day('2026-10-11'), day('2026-11-01')],
        ['org-02', day('2026-10-05'), day('2026-11-01')],
        ['org-03', day('2026-10-01'), day('2026-11-01')],
      ],
    );
  });

  it('lets a later version of the same instant supersede, but not as it was known before', async () => {
    expect(await subjectsOf(catalog, 'acct-03', october)).toEqual([]);
    expect(await subjectsOf(catalog, 'acct-03', october, day('2026-01-15'))).toHaveLength(1);
    expect(await accountOf(catalog, 'org-03', day('2026-10-01'))).toBe('acct-02');
    expect(await accountOf(catalog, 'org-03', day('2026-10-01'), day('2026-01-15'))).toBe('acct-03');
  });

  it('is half open: the instant of the change belongs to the new account', async () => {
    expect(await accountOf(catalog, 'org-01', '2026-10-10T23:59:59.999Z')).toBe('acct-01');
    expect(await accountOf(catalog, 'org-01', day('2026-10-11'))).toBe('acct-02');
    expect(await accountOf(catalog, 'org-99', day('2026-10-11'))).toBeUndefined();
  });

  it('names the time in which a subject is nobody', async () => {
    expect(await unattributed(catalog, ['org-99', 'org-02', 'org-01', 'org-99'], october)).toEqual([
      { subject: 'org-02', from: day('2026-10-01'), to: day('2026-10-05') },
      { subject: 'org-99', from: day('2026-10-01'), to: day('2026-11-01') },
    ]);
  });
});
