import { RatingError } from '../rating/rating-error.ts';
import type { ExceptionKind } from './types.ts';

/** Why an account cannot be rated, as an exception for a person. */
export class NotRatable extends Error {
  override readonly name = 'NotRatable';
  readonly kind: ExceptionKind;
  readonly evidence: Readonly<Record<string, string>>;
  constructor(kind: ExceptionKind, message: string, evidence: Readonly<Record<string, string>>) {
    super(message);
    this.kind = kind;
    this.evidence = evidence;
  }
}

/** Nothing mends this one: the events are in the ledger, and no key of it counts them. */
export const UNCOUNTED = 'overflow';

/** What an error says about the account's own data; `undefined` for what is wrong with the house. */
export const notRatable = (error: unknown): NotRatable | undefined => {
  if (error instanceof NotRatable) return error;
  if (error instanceof RatingError) return new NotRatable(error.exceptionKind, error.message, error.evidence);
  // Exact arithmetic says no with a RangeError: a figure that does not fit, never a store that does not answer.
  if (error instanceof RangeError) return new NotRatable('rating-failed', error.message, { code: 'arithmetic' });
  return undefined;
};
