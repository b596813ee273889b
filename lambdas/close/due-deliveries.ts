import type { DeliveryState, DeliveryStatus } from '../delivery/types.ts';
import { absoluteText } from './money.ts';
import type { SlimDocument } from './records.ts';
import type { DocumentKind, Manifest } from './types.ts';

/** One delivery of a manifest: a document, or a deposit that is applied to one. */
export type DueDelivery = {
  readonly id: string;
  readonly kind: 'document' | 'payment';
  /** What must be in the ERP first: the document that a memo corrects or a deposit pays for. */
  readonly after?: string;
  /** The vendor's record. */
  readonly record: string;
  readonly payloadKey: string;
  readonly payloadHash: string;
  /** What the vendor's record comes to; never negative. */
  readonly total: string;
  /** The document, or the one that is paid for. */
  readonly document: SlimDocument;
};

/** The vendor's record for each kind of document: a debit memo is a further invoice. */
const RECORDS: Readonly<Record<DocumentKind, string>> = {
  invoice: 'invoice',
  'debit-memo': 'invoice',
  'credit-memo': 'creditMemo',
};

/** The deliveries of a manifest's documents, as far as they are given: each document before the deposits that are applied to it. */
export const dueDeliveries = (
  manifest: Pick<Manifest, 'documents'>,
  documents: ReadonlyMap<string, SlimDocument>,
): DueDelivery[] =>
  manifest.documents.flatMap(({ documentId, payloadKey, payloadHash, payments = [] }): DueDelivery[] => {
    const document = documents.get(documentId);
    if (document === undefined) return [];
    const { corrects, kind, total } = document;
    return [
      {
        id: documentId,
        kind: 'document',
        ...(corrects === undefined ? {} : { after: corrects }),
        record: RECORDS[kind],
        payloadKey,
        payloadHash,
        total: absoluteText(total),
        document,
      },
      ...payments.map(
        (payment): DueDelivery => ({
          id: payment.paymentId,
          kind: 'payment',
          after: documentId,
          record: 'depositApplication',
          payloadKey: payment.payloadKey,
          payloadHash: payment.payloadHash,
          total: payment.amount,
          document,
        }),
      ),
    ];
  });

const POSTED: readonly DeliveryState[] = ['posted', 'accepted'];
/** Ended without being posted, until a person acts. */
const STOPPED: readonly DeliveryState[] = ['parked', 'failed'];

/** Where deliveries stand. */
export type Standing = ReadonlyMap<string, Pick<DeliveryStatus, 'state'>>;

export const isPosted = (statuses: Standing, id: string): boolean => {
  const state = statuses.get(id)?.state;
  return state !== undefined && POSTED.includes(state);
};

export const isStopped = (statuses: Standing, id: string): boolean => {
  const state = statuses.get(id)?.state;
  return state !== undefined && STOPPED.includes(state);
};

/**
 * Needs nothing more: posted, or given up for good. A deposit is not applied to a document that was given up: the next
 * close bills it anew, and pays for that.
 */
export const needsNothing = (statuses: Standing, { id, kind, after = '' }: DueDelivery): boolean =>
  isPosted(statuses, id) ||
  statuses.get(id)?.state === 'void' ||
  (kind === 'payment' && statuses.get(id) === undefined && statuses.get(after)?.state === 'void');

/** An ERP can neither correct nor pay what it does not have. */
export const maySend = (statuses: Standing, { after }: DueDelivery): boolean =>
  after === undefined || isPosted(statuses, after);

/** Never sent, because what it waits for has stopped, or waits for something that has: it cannot move either. */
export const waitsForStopped = (
  statuses: Standing,
  { id, after }: DueDelivery,
  all: readonly DueDelivery[],
): boolean => {
  if (statuses.get(id) !== undefined || after === undefined) return false;
  if (isStopped(statuses, after)) return true;
  const first = all.find((due) => due.id === after);
  return first !== undefined && waitsForStopped(statuses, first, all);
};
