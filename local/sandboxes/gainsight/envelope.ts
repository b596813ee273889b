import type { SandboxAnswer } from '../http.ts';

/** Gainsight's envelope. Failure is told by `result`; the HTTP status alone does not say it. */
export const success = (data: unknown, requestId: string): SandboxAnswer => ({
  status: 200,
  body: { result: true, errorCode: null, errorDesc: null, requestId, data, message: null },
});

export const failure = (status: number, errorCode: string, errorDesc: string, requestId: string): SandboxAnswer => ({
  status,
  body: { result: false, errorCode, errorDesc, requestId, data: null, message: null },
});

/** A request that Gainsight refuses. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly errorCode: string;
  constructor(status: number, errorCode: string, message: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}
