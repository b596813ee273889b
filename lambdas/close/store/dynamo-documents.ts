import type { DocumentStore } from '../close-store.ts';
import { sortableCloseId } from '../names.ts';
import type { LineReference, StoredDocument } from '../records.ts';
import type { FinanceTable, Key } from './table.ts';

const keyOf = (closeId: string, payer: string, documentId: string): Key => ({
  pk: `CLOSE#${closeId}`,
  sk: `DOCUMENT#${payer}#${documentId}`,
});
const storedOf = (item: Record<string, unknown> | undefined): StoredDocument | undefined =>
  item?.stored as StoredDocument | undefined;

/**
 * Documents: `CLOSE#<closeId>` / `DOCUMENT#<payer>#<documentId>`, index `DOCUMENT#<documentId>` by close.
 * References: `LINE#<lineId>` / `<close, sortable>#<documentId>`.
 */
export const dynamoDocuments = (table: FinanceTable): DocumentStore => ({
  // The references go first: a document that a reader can find can be explained.
  putDocument: async (stored, lines) => {
    const { document } = stored;
    await table.putAll(
      lines.map((line) => ({
        pk: `LINE#${line.lineId}`,
        sk: `${sortableCloseId(line.closeId)}#${line.documentId}`,
        line,
      })),
    );
    await table.put({
      ...keyOf(document.closeId, document.account, document.documentId),
      gsi1pk: `DOCUMENT#${document.documentId}`,
      gsi1sk: sortableCloseId(document.closeId),
      stored,
    });
  },
  documentsOfPayer: async (closeId, payer) =>
    (await table.all(`CLOSE#${closeId}`, `DOCUMENT#${payer}#`)).flatMap((item) => storedOf(item) ?? []),
  listDocuments: async (closeId, limit, after) => {
    const page = await table.page(`CLOSE#${closeId}`, 'DOCUMENT#', limit, after);
    return { ...page, items: page.items.flatMap((item) => storedOf(item) ?? []) };
  },
  documentOf: async (closeId, payer, documentId) => storedOf(await table.get(keyOf(closeId, payer, documentId))),
  documentById: async (documentId) => {
    const page = await table.indexPage(`DOCUMENT#${documentId}`, 1);
    return storedOf(page.items[0]);
  },
  lineReferences: async (lineId) =>
    (await table.all(`LINE#${lineId}`, '')).flatMap((item) => (item.line as LineReference | undefined) ?? []),
});
