import type { AccountProgress, Reconciliation, SlimDocument, SlimLine } from '../../../lambdas/close/records.ts';
import type { CloseException, CloseRecord, ErpDocument, Manifest } from '../../../lambdas/close/types.ts';
import type { DeliveryAttempt, DeliveryStatus } from '../../../lambdas/delivery/types.ts';
import type { UsageEvent } from '../../../lambdas/usage/types.ts';

/** The answers of the HTTP API that the console reads. */
export type { AccountProgress, Reconciliation, SlimDocument, SlimLine };

export type ListOf<T> = { readonly items: readonly T[]; readonly next?: string };

export type CloseAnswer = {
  readonly close: CloseRecord;
  readonly manifests: readonly Manifest[];
  readonly exceptions: readonly CloseException[];
};

/** A document of the list: lines without arithmetic. */
export type DocumentRow = { readonly document: SlimDocument; readonly delivery?: DeliveryStatus };

/** One document, with its lines whole and every try to deliver it. */
export type DocumentAnswer = {
  readonly document: ErpDocument;
  readonly delivery?: DeliveryStatus;
  readonly attempts: readonly DeliveryAttempt[];
};

/** One event behind a line, with when it was received and the append that counted it. */
export type LineEvent = {
  readonly event: UsageEvent;
  readonly receivedAt?: string;
  readonly slot: string;
  readonly version: number;
};

export type DecisionRequest = {
  readonly decision: 'approve' | 'return';
  readonly hash: string;
  readonly reason?: string;
};
