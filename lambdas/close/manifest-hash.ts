import { contentHash } from '../platform/hash.ts';
import { type CloseDates, parseCloseId } from './names.ts';
import type { Manifest } from './types.ts';

/** What an approver signs: the period, who bills, the totals, and every document with its pinned payload. */
export const manifestHash = (
  dates: CloseDates,
  manifest: Pick<Manifest, 'closeId' | 'entity' | 'totals' | 'documents'>,
): string =>
  contentHash({
    format: 1,
    closeId: manifest.closeId,
    period: { start: dates.start, end: dates.end },
    entity: manifest.entity,
    totals: manifest.totals,
    documents: manifest.documents,
  });

/** Whether a manifest is still what was frozen: its content gives the hash that is signed. */
export const isAsFrozen = (manifest: Manifest): boolean => {
  const dates = parseCloseId(manifest.closeId);
  return dates !== undefined && manifestHash(dates, manifest) === manifest.hash;
};
