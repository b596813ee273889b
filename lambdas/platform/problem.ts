/** What a person or machine is told when a request cannot be served (RFC 9457). */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What was wrong, where, and how to mend it. */
  readonly detail: string;
  /** Stable machine code, e.g. `MAKER_IS_CHECKER`. */
  readonly code: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
};

/** An error that the HTTP edge answers as problem details. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  constructor(status: number, code: string, detail: string, errors?: Problem['errors']) {
    super(`${code}: ${detail}`);
    this.problem = {
      type: `https://meterbridge.dev/problems/${code.toLowerCase().replaceAll('_', '-')}`,
      title: code.toLowerCase().replaceAll('_', ' '),
      status,
      detail,
      code,
      ...(errors ? { errors } : {}),
    };
  }
}
