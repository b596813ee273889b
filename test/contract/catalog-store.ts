import { describe, expect, it } from 'vitest';
import { CatalogRaceError, type CatalogStore } from '../../lambdas/catalog/catalog-store.ts';
import type { CatalogEntry, Publication } from '../../lambdas/catalog/types.ts';
import type { AuditLog } from '../../lambdas/platform/audit-log.ts';

const entry = (id: string, version: number, effectiveFrom: string, account: string): CatalogEntry => ({
  kind: 'attribution',
  id,
  version,
  effectiveFrom,
  hash: `hash of ${account}`,
  publishedAt: `2026-0${version}-01T00:00:00.000Z`,
  proposedBy: 'ada',
  publishedBy: 'grace',
  body: { subject: id, account },
});

const publication = (id: string, status: Publication['status'] = 'proposed'): Publication => ({
  format: 1,
  publicationId: id,
  hash: 'h',
  status,
  proposedBy: 'ada',
  proposedAt: '2026-01-01T00:00:00.000Z',
  changes: [],
});

const record = (action: string) => ({ actor: 'ada', action, target: 'pub-1', details: {} });

/** What every catalog store must do. `make` answers an empty store and the audit log it writes to. */
export const catalogStoreContract = (
  name: string,
  make: () => Promise<{ catalog: CatalogStore; audit: AuditLog }>,
): void => {
  const filled = async (entries: readonly CatalogEntry[]) => {
    const { catalog, audit } = await make();
    await catalog.propose(publication('pub-1'), audit, record('publication.propose'));
    await catalog.publish(publication('pub-1', 'published'), entries, audit, record('publication.approve'));
    return { catalog, audit };
  };
  const first = entry('org-01', 1, '2025-01-01T00:00:00.000Z', 'acct-01');
  const moved = entry('org-01', 2, '2026-01-01T00:00:00.000Z', 'acct-02');
  const mended = entry('org-01', 3, '2025-01-01T00:00:00.000Z', 'acct-03');
  const other = entry('org-01-b', 1, '2025-01-01T00:00:00.000Z', 'acct-09');

  describe(name, () => {
    it('answers nothing for what was never published', async () => {
      const { catalog } = await make();
      const asOf = { effectiveAt: '2026-01-01T00:00:00.000Z' };
      expect(await catalog.get('attribution', 'org-01', asOf)).toBeUndefined();
      expect(await catalog.list('attribution', asOf)).toEqual([]);
      expect(await catalog.history('meter')).toEqual([]);
      expect(await catalog.version('meter', 'storage', 1)).toBeUndefined();
      expect(await catalog.publication('pub-1')).toBeUndefined();
      expect(await catalog.revision()).toBeUndefined();
    });

    it('answers the entry that holds at an instant, as it was known then', async () => {
      const { catalog } = await filled([first, moved, mended, other]);
      const at = (effectiveAt: string, knownAt?: string) =>
        catalog.get('attribution', 'org-01', { effectiveAt, ...(knownAt ? { knownAt } : {}) });
      expect(await at('2024-12-31T23:59:59.999Z')).toBeUndefined();
      expect(await at('2025-01-01T00:00:00.000Z')).toEqual(mended);
      expect(await at('2025-06-01T00:00:00.000Z', '2026-02-15T00:00:00.000Z')).toEqual(first);
      expect(await at('2026-06-01T00:00:00.000Z')).toEqual(moved);
      expect(await at('2026-06-01T00:00:00.000Z', '2026-01-15T00:00:00.000Z')).toEqual(first);
    });

    it('lists one entry per id, and every version in history, ordered by id and version', async () => {
      const { catalog } = await filled([other, mended, moved, first]);
      expect(await catalog.list('attribution', { effectiveAt: '2026-06-01T00:00:00.000Z' })).toEqual([moved, other]);
      expect(await catalog.history('attribution')).toEqual([first, moved, mended, other]);
      expect(await catalog.history('account')).toEqual([]);
      expect(await catalog.version('attribution', 'org-01', 2)).toEqual(moved);
    });

    it('keeps an open proposal, and refuses a second one of the same id', async () => {
      const { catalog, audit } = await make();
      await catalog.propose(publication('pub-1'), audit, record('publication.propose'));
      expect(await catalog.publication('pub-1')).toEqual(publication('pub-1'));
      await expect(catalog.propose(publication('pub-1'), audit, record('again'))).rejects.toThrow(CatalogRaceError);
      expect((await audit.list(0, 10)).map((told) => told.action)).toEqual(['publication.propose']);
    });

    it('turns a draft into a proposal once, and publishes no draft', async () => {
      const { catalog, audit } = await make();
      const draft = publication('pub-1', 'draft');
      await catalog.propose(draft, audit, record('publication.draft'));
      await expect(
        catalog.publish(publication('pub-1', 'published'), [first], audit, record('approve')),
      ).rejects.toThrow(CatalogRaceError);
      await catalog.propose(publication('pub-1'), audit, record('publication.propose'));
      await expect(catalog.propose(draft, audit, record('back'))).rejects.toThrow(CatalogRaceError);
      expect((await catalog.publication('pub-1'))?.status).toBe('proposed');
    });

    it('lists every publication, ordered by id', async () => {
      const { catalog, audit } = await make();
      expect(await catalog.publications()).toEqual([]);
      await catalog.propose(publication('pub-2', 'draft'), audit, record('publication.draft'));
      await catalog.propose(publication('pub-1'), audit, record('publication.propose'));
      expect(await catalog.publications()).toEqual([publication('pub-1'), publication('pub-2', 'draft')]);
    });

    it('tells by its revision whether anything was published, and by nothing else', async () => {
      const { catalog, audit } = await filled([first]);
      expect(await catalog.revision()).toBe('pub-1');
      await catalog.propose(publication('pub-2'), audit, record('publication.propose'));
      const taken = catalog.publish(publication('pub-2', 'published'), [first], audit, record('late'));
      await expect(taken).rejects.toThrow(CatalogRaceError);
      expect(await catalog.revision()).toBe('pub-1');
      await catalog.publish(publication('pub-2', 'published'), [moved], audit, record('publication.approve'));
      expect(await catalog.revision()).toBe('pub-2');
    });

    it('writes nothing at all when one version is taken', async () => {
      const { catalog, audit } = await filled([first]);
      await catalog.propose(publication('pub-2'), audit, record('publication.propose'));
      const late = catalog.publish(publication('pub-2', 'published'), [other, first], audit, record('late'));
      await expect(late).rejects.toThrow(CatalogRaceError);
      expect(await catalog.history('attribution')).toEqual([first]);
      expect((await catalog.publication('pub-2'))?.status).toBe('proposed');
      expect((await audit.list(0, 10)).some((told) => told.action === 'late')).toBe(false);
    });

    it('publishes a proposal once, however often and at once it is approved', async () => {
      const { catalog, audit } = await make();
      await catalog.propose(publication('pub-1'), audit, record('publication.propose'));
      const results = await Promise.allSettled(
        [1, 2, 3].map(() => catalog.publish(publication('pub-1', 'published'), [first], audit, record('approve'))),
      );
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(CatalogRaceError);
      }
      expect((await audit.list(0, 10)).filter((told) => told.action === 'approve')).toHaveLength(1);
      await expect(
        catalog.publish(publication('pub-9', 'published'), [other], audit, record('unproposed')),
      ).rejects.toThrow(CatalogRaceError);
    });
  });
};
