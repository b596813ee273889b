import type { ErpDocument, PaymentDelivery } from '../../lambdas/close/types.ts';
import type { DeliveryAttempt, DeliveryStatus } from '../../lambdas/delivery/types.ts';
import { type ApiClient, allItems } from '../api-client.ts';
import { grouped, say, table } from '../print.ts';

type Listed = { readonly document: ErpDocument; readonly delivery?: DeliveryStatus };
type Shown = Listed & {
  readonly attempts: readonly DeliveryAttempt[];
  readonly payments?: readonly PaymentDelivery[];
};

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

/** What prepaid credit pays of a document, if anything: by which deposit, or who has to. */
const sayPayments = ({ document, payments = [] }: Shown): void => {
  const byHand = (document.payments ?? []).filter(({ appliedBy }) => appliedBy === 'hand');
  if (payments.length + byHand.length === 0) return;
  say('');
  say(
    table(
      ['prepaid credit', 'amount', 'by', 'state', 'ERP id', 'why'],
      [
        ...payments.map(({ description, amount, deposit, delivery }) => [
          description,
          grouped(amount),
          `deposit ${deposit}`,
          delivery?.state ?? 'not sent',
          delivery?.vendorId,
          delivery?.lastError?.message,
        ]),
        ...byHand.map(({ description, amount }) => [description, grouped(amount), 'hand, in the ERP']),
      ],
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
  sayPayments(shown);
  if (attempts.length === 0) return;
  say('');
  say(
    table(
      ['try', 'at', 'step', 'outcome', 'why'],
      attempts.map((a) => [a.number, a.at, a.step, a.outcome, [a.code, a.message].filter(Boolean).join(': ')]),
    ),
  );
};
