import type { ErpDocument } from '../../lambdas/close/types.ts';
import type { DeliveryAttempt, DeliveryStatus } from '../../lambdas/delivery/types.ts';
import { type ApiClient, allItems } from '../api-client.ts';
import { grouped, say, table } from '../print.ts';

type Listed = { readonly document: ErpDocument; readonly delivery?: DeliveryStatus };
type Shown = Listed & { readonly attempts: readonly DeliveryAttempt[] };

const stateOf = ({ delivery }: Listed): string => delivery?.state ?? 'not sent';

/** The documents of a close and where each stands. */
export const listDocuments = async (api: ApiClient, closeId: string): Promise<void> => {
  const items = await allItems<Listed>(api, '/documents', { closeId });
  if (items.length === 0) return say(`Close ${closeId} has no documents yet.`);
  say(
    table(
      ['document', 'state', 'ERP id', 'currency', 'total', 'account'],
      items.map((item) => [
        item.document.documentId,
        stateOf(item),
        item.delivery?.vendorId,
        item.document.currency,
        grouped(item.document.total),
        `${item.document.account} ${item.document.accountName}`,
      ]),
    ),
  );
};

/** One document: its lines with their ids (for `explain line`), and every try to deliver it. */
export const showDocument = async (api: ApiClient, documentId: string): Promise<void> => {
  const shown = await api.get<Shown>(`/documents/${encodeURIComponent(documentId)}`);
  const { document, delivery, attempts } = shown;
  say(
    `${document.kind} of ${document.accountName} (${document.account}): ${document.currency} ${grouped(document.total)}`,
  );
  say(
    `${document.period.start} to ${document.period.end} in ${document.period.zone}, ${document.entity}; ${stateOf(shown)}${delivery?.vendorId ? `, ERP id ${delivery.vendorId}` : ''}\n`,
  );
  say(
    table(
      ['line', 'quantity', 'unit', 'amount', 'what'],
      document.lines.map((line) => [
        line.lineId,
        grouped(line.quantity),
        line.unit,
        grouped(line.amount),
        line.description,
      ]),
    ),
  );
  if (attempts.length === 0) return;
  say('');
  say(
    table(
      ['try', 'at', 'step', 'outcome', 'why'],
      attempts.map((a) => [a.number, a.at, a.step, a.outcome, [a.code, a.message].filter(Boolean).join(': ')]),
    ),
  );
};
