import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdingAt, listHolding } from '../../../lambdas/catalog/as-of.ts';
import { spansOf, subjectsOf, unattributed } from '../../../lambdas/catalog/attribution.ts';
import { changesAgainst } from '../../../lambdas/catalog/publication.ts';
import type { Attribution, CatalogEntry, ProposedEntry } from '../../../lambdas/catalog/types.ts';
import { contentHash } from '../../../lambdas/platform/hash.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';

const SUBJECTS = ['org-1', 'org-2', 'org-3'];
const ACCOUNTS = ['acct-1', 'acct-2', 'acct-3'];
const day = (n: number): string => new Date(Date.UTC(2026, 9, 1 + n)).toISOString();

/** Attributions as publications make them: versions of a subject count up with the time of publication. */
const histories: fc.Arbitrary<readonly CatalogEntry<Attribution>[]> = fc
  .array(
    fc.record({
      subject: fc.constantFrom(...SUBJECTS),
      account: fc.constantFrom(...ACCOUNTS),
      from: fc.integer({ min: -5, max: 35 }),
    }),
    { maxLength: 14 },
  )
  .map((rows) => {
    const versions = new Map<string, number>();
    return rows.map(({ subject, account, from }, n) => {
      const version = (versions.get(subject) ?? 0) + 1;
      versions.set(subject, version);
      return {
        kind: 'attribution',
        id: subject,
        version,
        effectiveFrom: day(from),
        hash: contentHash({ subject, account }),
        publishedAt: day(100 + n),
        proposedBy: 'ada',
        publishedBy: 'grace',
        body: { subject, account },
      };
    });
  });
const october = { from: day(0), to: day(31) };

describe('what holds when', () => {
  it('does not depend on the order in which entries are read', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: -6, max: 36 }), (history, n) => {
        const asOf = { effectiveAt: day(n) };
        const backwards = [...history].reverse();
        expect(listHolding(backwards, asOf)).toEqual(listHolding(history, asOf));
      }),
    );
  });

  it('is what was known then, whatever is published later', () => {
    fc.assert(
      fc.property(histories, fc.nat({ max: 13 }), fc.integer({ min: -6, max: 36 }), (history, known, n) => {
        const asOf = { effectiveAt: day(n), knownAt: day(100 + known) };
        expect(listHolding(history, asOf)).toEqual(listHolding(history.slice(0, known + 1), asOf));
      }),
    );
  });
});

describe('attribution', () => {
  it('gives every instant of a subject to one account or to nobody, as `get` would answer', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: -6, max: 36 }), (history, n) => {
        for (const [subject, versions] of Map.groupBy(history, (entry) => entry.id)) {
          const holding = holdingAt(versions, { effectiveAt: day(n) });
          const spans = spansOf(versions).filter((span) => span.from <= day(n) && day(n) < span.to);
          expect(spans.map((span) => span.account)).toEqual(holding === undefined ? [] : [holding.body.account]);
          expect(spans.every((span) => span.subject === subject)).toBe(true);
        }
      }),
    );
  });

  it('tiles a month: what accounts own and what nobody owns is all there is, once', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const catalog = memoryCatalog(history);
        const owned = (await Promise.all(ACCOUNTS.map((account) => subjectsOf(catalog, account, october)))).flat();
        const parts = [...owned, ...(await unattributed(catalog, SUBJECTS, october))];
        for (const subject of SUBJECTS) {
          const mine = parts.filter((part) => part.subject === subject).sort((a, b) => (a.from < b.from ? -1 : 1));
          expect(mine[0]?.from).toBe(october.from);
          expect(mine.at(-1)?.to).toBe(october.to);
          mine.forEach((part, n) => {
            if (n > 0) expect(part.from).toBe(mine[n - 1]?.to);
          });
        }
      }),
    );
  });
});

describe('publishing', () => {
  const wishes: fc.Arbitrary<readonly ProposedEntry[]> = histories.map((history) => [
    ...new Map(
      history.map(({ kind, id, effectiveFrom, body }) => [`${id} ${effectiveFrom}`, { kind, id, effectiveFrom, body }]),
    ).values(),
  ]);

  it('twice changes nothing the second time, and the wish then holds', () => {
    fc.assert(
      fc.property(histories, wishes, (history, wish) => {
        const added = changesAgainst(history, wish).map(
          (change): CatalogEntry => ({
            ...change,
            publishedAt: day(200),
            proposedBy: 'ada',
            publishedBy: 'grace',
          }),
        );
        const after: CatalogEntry[] = [...history, ...added];
        expect(changesAgainst(after, wish)).toEqual([]);
        for (const { kind, id, effectiveFrom, body } of wish) {
          const versions = after.filter((entry) => entry.kind === kind && entry.id === id);
          expect(holdingAt(versions, { effectiveAt: effectiveFrom })?.body).toEqual(body);
        }
        const keys = after.map((entry) => `${entry.kind} ${entry.id} ${entry.version}`);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });
});
