import type { ApiClient } from '../api-client.ts';
import { readCatalogFiles } from '../catalog-files.ts';
import { say } from '../print.ts';

type Proposed = { readonly publicationId: string; readonly hash: string; readonly changes: readonly unknown[] };

/**
 * Publishes the entries of a folder: one person proposes, another approves. What is published already is left alone.
 * Answers the number of entries that changed.
 */
export const publishCatalog = async (
  proposer: ApiClient,
  approver: ApiClient,
  folder: string,
  month: string,
): Promise<number> => {
  const entries = readCatalogFiles(folder, month);
  const proposed = await proposer.post<Proposed>('/catalog/publications', { entries });
  if (proposed.changes.length === 0) {
    say(`All ${entries.length} entries are published as they are.`);
    return 0;
  }
  await approver.post(`/catalog/publications/${proposed.publicationId}/approval`, { hash: proposed.hash });
  say(`Published ${proposed.changes.length} of ${entries.length} entries (publication ${proposed.publicationId}).`);
  return proposed.changes.length;
};
