import type { AccountProgress, Reconciliation, SlimDocument, SlimLine } from '../../../lambdas/close/records.ts';
import type { CloseException, CloseRecord, ErpDocument, Manifest } from '../../../lambdas/close/types.ts';
import type { DeliveryAttempt, DeliveryStatus } from '../../../lambdas/delivery/types.ts';
import type { RatedLine } from '../../../lambdas/rating/types.ts';
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

export type LineAnswer = RatedLine;

export type LineEvent = { readonly event: UsageEvent; readonly late?: boolean };

export type DecisionRequest = {
  readonly decision: 'approve' | 'return';
  readonly hash: string;
  readonly reason?: string;
};
