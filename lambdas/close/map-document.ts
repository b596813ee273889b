import type { CatalogEntry, Mapping } from '../catalog/types.ts';
import { MappingError, mapPayload } from '../delivery/mapping.ts';
import { type DepositApplication, depositApplications } from './payments.ts';
import type { ExceptionDraft } from './raise.ts';
import type { DocumentKind, ErpDocument } from './types.ts';

/** What mappings map of a close: documents by their kind, and deposits that are applied to them. */
export type MappedKind = DocumentKind | 'payment';

export type Mappings = ReadonlyMap<MappedKind, CatalogEntry<Mapping>>;

/** A payload, pinned by its hash, and the mapping that made it. */
export type PinnedPayload = {
  readonly payload: string;
  readonly hash: string;
  readonly mapping: CatalogEntry<Mapping>;
};

/** A document's payload and those of the deposits that are applied to it; or the exception that says why there is none. */
export type MappedDocument =
  | (PinnedPayload & {
      readonly mapped: true;
      readonly payments: readonly (PinnedPayload & { readonly application: DepositApplication })[];
    })
  | { readonly mapped: false; readonly exception: ExceptionDraft };

/** A gap of the mapping that a person mends. */
class Unmapped extends Error {
  override readonly name = 'Unmapped';
  readonly evidence: Record<string, string>;
  constructor(message: string, evidence: Record<string, string>) {
    super(message);
    this.evidence = evidence;
  }
}

const mapOne = async (
  kind: MappedKind,
  input: unknown,
  { accountName }: ErpDocument,
  mappings: Mappings,
): Promise<PinnedPayload> => {
  const mapping = mappings.get(kind);
  if (mapping === undefined) {
    const what = kind === 'payment' ? 'deposits that pay for documents' : `documents of the kind ${kind}`;
    const message = `There is no mapping for ${what}: publish one${kind === 'payment' ? ' of the kind payment' : ''}, decide "fixed" and close again.`;
    throw new Unmapped(message, { kind });
  }
  try {
    return { ...(await mapPayload(mapping.body, input)), mapping };
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    const message = `The document of ${accountName} cannot be mapped (${error.message}): mend the mapping, decide "fixed" and close again.`;
    throw new Unmapped(message, { mapping: error.mapping, table: error.table ?? '', key: error.key ?? '' });
  }
};

/**
 * Maps a document to the payload that will be sent, now, by the mapping that holds now, and so the deposits that are
 * applied to it: what is approved is what posts. A gap in a mapping holds the payer until it is mended.
 */
export const mapDocument = async (document: ErpDocument, mappings: Mappings): Promise<MappedDocument> => {
  const { account, documentId, currency, total } = document;
  try {
    const own = await mapOne(document.kind, document, document, mappings);
    const payments = [];
    for (const application of depositApplications(document)) {
      payments.push({ ...(await mapOne('payment', application, document, mappings)), application });
    }
    return { mapped: true, ...own, payments };
  } catch (error) {
    if (!(error instanceof Unmapped)) throw error;
    const { message, evidence } = error;
    return {
      mapped: false,
      exception: {
        kind: 'missing-mapping',
        about: { account, payer: account, ...evidence },
        account,
        message,
        evidence: { documentId, ...evidence },
        amountAtStake: { currency, amount: total },
      },
    };
  }
};
