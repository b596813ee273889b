import type { ProposedEntry } from '../../../lambdas/catalog/types.ts';
import { POLICY_IDS } from '../../../lambdas/rating/policies.ts';
import { readCatalogFiles } from '../../../ops/catalog-files.ts';

/** The entries of the example company, as the publish command reads them. Mappings are left out: they are tested with their adapters. */
export const exampleCompany = (month = '2026-10'): ProposedEntry[] =>
  (readCatalogFiles(new URL('../../../catalog', import.meta.url).pathname, month) as unknown as ProposedEntry[]).filter(
    (entry) => entry.kind !== 'mapping',
  );

/** The names that deploy as code, for the checks of entries. */
export const KNOWN = {
  eventTypes: ['api.requests', 'storage.sampled', 'ai.summaries', 'user.active', 'seats.changed'].map(
    (name) => `com.larkspur.${name}`,
  ),
  policies: POLICY_IDS,
};

/** A copy of an entry with its body changed. */
export const withBody = (entry: ProposedEntry, change: Readonly<Record<string, unknown>>): ProposedEntry => ({
  ...entry,
  body: { ...entry.body, ...change } as ProposedEntry['body'],
});

/** One entry of a list. @throws if it is not there: the test names something that does not exist. */
export const find = (entries: readonly ProposedEntry[], kind: string, id: string): ProposedEntry => {
  const found = entries.find((entry) => entry.kind === kind && entry.id === id);
  if (found === undefined) throw new Error(`the example company has no ${kind} "${id}"`);
  return found;
};
