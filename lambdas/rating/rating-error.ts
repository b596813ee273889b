/**
 * Why a contract cannot be rated. `missing-price` and `missing-fx-rate` are exception kinds of their own; the rest are
 * `rating-failed`.
 */
export type RatingErrorCode =
  | 'missing-price'
  | 'missing-fx-rate'
  | 'currency-mismatch'
  | 'period-zone'
  | 'usage-units'
  | 'usage-incomplete'
  | 'no-matrix-cell';

/**
 * Thrown by `rate` when an input is missing or does not fit. The close turns it into an exception of kind
 * `exceptionKind` with `message` and `evidence`, and holds the account until a person decided.
 */
export class RatingError extends Error {
  override readonly name = 'RatingError';
  readonly code: RatingErrorCode;
  readonly exceptionKind: 'missing-price' | 'missing-fx-rate' | 'rating-failed';
  readonly evidence: Readonly<Record<string, string>>;
  constructor(code: RatingErrorCode, message: string, evidence: Readonly<Record<string, string>>) {
    super(message);
    this.code = code;
    this.exceptionKind = code === 'missing-price' || code === 'missing-fx-rate' ? code : 'rating-failed';
    this.evidence = evidence;
  }
}
