import { portionsOf } from '../../platform/portions.ts';
import type { DocumentStore } from '../close-store.ts';
import { sortableCloseId } from '../names.ts';
import type { LineReference, SlimDocument, SlimLine, StoredDocument } from '../records.ts';
import type { FinanceTable, Key } from './table.ts';

const keyOf = (closeId: string, payer: string, documentId: string): Key => ({
  pk: `CLOSE#${closeId}`,
  sk: `DOCUMENT#${payer}#${documentId}`,
});
/** An item may have 400 KB. A line has some 400 bytes, more with long words or revenue over many months. */
const PART_BYTES = 300_000;
const PART_LINES = 400;

/** Lines in the order of the document, as many together as an item takes. */
const inParts = (lines: readonly SlimLine[]): SlimLine[][] =>
  portionsOf(lines, {
    bytes: PART_BYTES,
    count: PART_LINES,
    sizeOf: (line) => Buffer.byteLength(JSON.stringify(line)),
  });

const partsPk = ({ closeId, documentId }: SlimDocument): string => `LINES#${closeId}#${documentId}`;

/**
 * Documents: `CLOSE#<closeId>` / `DOCUMENT#<payer>#<documentId>`, index `DOCUMENT#<documentId>` by close; the lines of a
 * long one in parts: `LINES#<closeId>#<documentId>` / `PART#<n>`. References: `LINE#<lineId>` / `<close,
 * sortable>#<documentId>`.
 */
export const dynamoDocuments = (table: FinanceTable): DocumentStore => {
  const storedOf = async (item: Record<string, unknown> | undefined): Promise<StoredDocument[]> => {
    const stored = item?.stored as StoredDocument | undefined;
    if (stored === undefined) return [];
    if (typeof item?.parts !== 'number') return [stored];
    // Of a longer document that was written here before, the later parts may still be there.
    const parts = (await table.all(partsPk(stored.document), 'PART#')).slice(0, item.parts);
    const lines = parts.flatMap((part) => part.lines as SlimLine[]);
    return [{ ...stored, document: { ...stored.document, lines } }];
  };
  const allOf = async (items: readonly Record<string, unknown>[]): Promise<StoredDocument[]> => {
    const documents: StoredDocument[] = [];
    for (const item of items) documents.push(...(await storedOf(item)));
    return documents;
  };

  return {
    // References and parts go first: a document that a reader can find is whole and can be explained.
    putDocument: async (stored, lines) => {
      const { document } = stored;
      const split = inParts(document.lines);
      const isLong = split.length > 1;
      const parts = (isLong ? split : []).map((some, n) => ({
        pk: partsPk(document),
        sk: `PART#${n.toString().padStart(5, '0')}`,
        lines: some,
      }));
      await table.putAll(
        lines.map((line) => ({
          pk: `LINE#${line.lineId}`,
          sk: `${sortableCloseId(line.closeId)}#${line.documentId}`,
          line,
        })),
      );
      await table.putAll(parts);
      await table.put({
        ...keyOf(document.closeId, document.account, document.documentId),
        gsi1pk: `DOCUMENT#${document.documentId}`,
        gsi1sk: sortableCloseId(document.closeId),
        stored: isLong ? { ...stored, document: { ...document, lines: [] } } : stored,
        ...(isLong ? { parts: parts.length } : {}),
      });
    },
    documentsOfPayer: async (closeId, payer) => allOf(await table.all(`CLOSE#${closeId}`, `DOCUMENT#${payer}#`)),
    listDocuments: async (closeId, limit, after) => {
      const page = await table.page(`CLOSE#${closeId}`, 'DOCUMENT#', limit, after);
      return { ...page, items: await allOf(page.items) };
    },
    documentOf: async (closeId, payer, documentId) =>
      (await storedOf(await table.get(keyOf(closeId, payer, documentId))))[0],
    documentById: async (documentId) => {
      const page = await table.indexPage(`DOCUMENT#${documentId}`, 1);
      return (await storedOf(page.items[0]))[0];
    },
    lineReferences: async (lineId) =>
      (await table.all(`LINE#${lineId}`, '')).flatMap((item) => (item.line as LineReference | undefined) ?? []),
  };
};
