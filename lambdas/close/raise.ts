import type { Clock } from '../platform/clock.ts';
import type { CloseStore } from './close-store.ts';
import { exceptionIdOf } from './names.ts';
import type { CloseException, CloseRecord, ExceptionKind } from './types.ts';

/** An exception before it has an id. */
export type ExceptionDraft = {
  readonly kind: ExceptionKind;
  /** What makes it this exception: stays the same when another close finds it again. */
  readonly about: unknown;
  readonly account?: string;
  readonly contract?: string;
  readonly lineId?: string;
  readonly subject?: string;
  readonly message: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly amountAtStake?: NonNullable<CloseException['amountAtStake']>;
};

/**
 * Raises an exception for the dates of a close, or finds it with its decision.
 * @returns the exception as it is stored now.
 */
export const raise = (
  ports: { readonly store: Pick<CloseStore, 'raise'>; readonly clock: Clock },
  close: Pick<CloseRecord, 'start' | 'end' | 'startedAt' | 'closeId'>,
  draft: ExceptionDraft,
): Promise<CloseException> => {
  const { about, evidence, ...rest } = draft;
  const exception: CloseException = {
    format: 1,
    exceptionId: exceptionIdOf(close, draft.kind, about),
    ...rest,
    start: close.start,
    end: close.end,
    evidence: { ...evidence, foundBy: close.closeId },
    state: 'open',
    raisedAt: ports.clock.now(),
  };
  return ports.store.raise(exception, close.startedAt);
};

/** Everyone who decided an exception of these dates: they changed an input of what is billed. */
export const resolversOf = (exceptions: readonly CloseException[]): string[] =>
  exceptions.flatMap(({ resolution }) => (resolution === undefined ? [] : [resolution.by]));
