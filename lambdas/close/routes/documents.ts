import type { ApiRoute } from '../../platform/http-edge.ts';
import { ProblemError } from '../../platform/problem.ts';
import type { CloseStore } from '../close-store.ts';
import { type DataFiles, getPinned } from '../data-files.ts';
import type { DocumentDeliveries } from '../document-deliveries.ts';
import type { ErpDocument } from '../types.ts';
import { partOf, READERS, withCursor } from './requests.ts';

export type DocumentPorts = {
  readonly store: Pick<CloseStore, 'listDocuments' | 'documentById'>;
  readonly files: DataFiles;
  readonly deliveries: Pick<DocumentDeliveries, 'of' | 'attempts' | 'payments'>;
};

const PAGE = 100;

/** `/v1/documents`: what was billed, and how far it is in the ERP. */
export const documentRoutes = (ports: DocumentPorts): ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/documents',
    roles: READERS,
    run: async ({ query }) => {
      const { closeId, after } = query;
      if (closeId === undefined) throw new ProblemError(400, 'BAD_REQUEST', 'say which close: ?closeId=');
      const page = await withCursor(after, () => ports.store.listDocuments(closeId, PAGE, after));
      const documents = page.items.map(({ document }) => document);
      const deliveries = await ports.deliveries.of(documents);
      const items = documents.map((document) => {
        const delivery = deliveries.get(document.documentId);
        return { document, ...(delivery === undefined ? {} : { delivery }) };
      });
      return { status: 200, body: { items, ...(page.next === undefined ? {} : { next: page.next }) } };
    },
  },
  {
    method: 'GET',
    path: '/v1/documents/{documentId}',
    roles: READERS,
    run: async ({ path }) => {
      const documentId = partOf(path, 'documentId');
      const stored = await ports.store.documentById(documentId);
      if (stored === undefined) {
        throw new ProblemError(404, 'NO_SUCH_DOCUMENT', `there is no document ${documentId}`);
      }
      const [document, deliveries, attempts, payments] = await Promise.all([
        getPinned<ErpDocument>(ports.files, { key: stored.bodyKey, hash: stored.bodyHash }),
        ports.deliveries.of([stored.document]),
        ports.deliveries.attempts(stored.document),
        ports.deliveries.payments(stored.document),
      ]);
      const delivery = deliveries.get(documentId);
      const paid = payments.length === 0 ? {} : { payments };
      return { status: 200, body: { document, ...(delivery === undefined ? {} : { delivery }), attempts, ...paid } };
    },
  },
];
