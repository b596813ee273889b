import type { CatalogEntry, Mapping } from '../catalog/types.ts';
import { MappingError, mapPayload } from '../delivery/mapping.ts';
import type { ExceptionDraft } from './raise.ts';
import type { DocumentKind, ErpDocument } from './types.ts';

/** A document's payload, pinned by its hash; or the exception that says why there is none. */
export type MappedDocument =
  | { readonly mapped: true; readonly payload: string; readonly hash: string; readonly mapping: CatalogEntry<Mapping> }
  | { readonly mapped: false; readonly exception: ExceptionDraft };

const missing = (document: ErpDocument, account: string, message: string, evidence: Record<string, string>) => ({
  mapped: false as const,
  exception: {
    kind: 'missing-mapping' as const,
    about: { account, payer: document.account, ...evidence },
    account,
    message,
    evidence: { documentId: document.documentId, ...evidence },
    amountAtStake: { currency: document.currency, amount: document.total },
  },
});

/**
 * Maps a document to the payload that will be sent, now, by the mapping that holds now: what is approved is what posts.
 * A gap in the mapping holds the payer until it is mended.
 */
export const mapDocument = async (
  document: ErpDocument,
  mappings: ReadonlyMap<DocumentKind, CatalogEntry<Mapping>>,
): Promise<MappedDocument> => {
  const mapping = mappings.get(document.kind);
  if (mapping === undefined) {
    const message = `There is no mapping for documents of the kind ${document.kind}: publish one, decide "fixed" and close again.`;
    return missing(document, document.account, message, { kind: document.kind });
  }
  try {
    const { payload, hash } = await mapPayload(mapping.body, document);
    return { mapped: true, payload, hash, mapping };
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    const about = { mapping: error.mapping, table: error.table ?? '', key: error.key ?? '' };
    const message = `The document of ${document.accountName} cannot be mapped (${error.message}): mend the mapping, decide "fixed" and close again.`;
    return missing(document, document.account, message, about);
  }
};
