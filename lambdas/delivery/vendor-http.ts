import type { Clock } from '../platform/clock.ts';

/** One request to a vendor. Headers carry tokens: they are sent and never logged. */
export type VendorRequest = {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly correlationId: string;
};

/** What came back. `reached` tells whether the vendor may have seen the request: then its effect is unknown. */
export type VendorAnswer =
  | { readonly answered: true; readonly status: number; readonly headers: Headers; readonly body: string }
  | { readonly answered: false; readonly reached: boolean; readonly code: string; readonly message: string };

/** Sends a request; never throws for what the network or the vendor does. */
export type VendorHttp = (request: VendorRequest) => Promise<VendorAnswer>;

/** The log that a call leaves: method, host and path without query, status, duration. Never headers or bodies. */
export type CallLog = (entry: {
  readonly method: string;
  readonly url: string;
  readonly status: number | string;
  readonly millis: number;
  readonly correlationId: string;
}) => void;

/** Errors of the connection itself: nothing was sent. Anything else may have happened after the vendor's effect. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'UNKNOWN';
  if (error.name === 'TimeoutError') return 'TIMEOUT';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // fetch wraps the reason once; several addresses of a host give an AggregateError with a code of its own.
  return error.cause instanceof Error ? codeOf(error.cause) : error.name;
};

const LONGEST_MILLIS = 10_000;

export type VendorHttpPorts = {
  readonly clock: Clock;
  readonly log?: CallLog;
  /** Milliseconds that the caller has. A call takes at most half of them: the other half is for looking again. */
  readonly timeLeft?: () => number;
};

/** A vendor's HTTP by `fetch`, with a time limit for the whole exchange, connection and body included. */
export const vendorHttp =
  (ports: VendorHttpPorts): VendorHttp =>
  async (request) => {
    const patience = Math.max(
      100,
      Math.min(LONGEST_MILLIS, Math.floor((ports.timeLeft?.() ?? LONGEST_MILLIS * 2) / 2)),
    );
    const started = ports.clock.nowMillis();
    const { origin, pathname } = new URL(request.url);
    const log = (status: number | string) =>
      ports.log?.({
        method: request.method,
        url: `${origin}${pathname}`,
        status,
        millis: ports.clock.nowMillis() - started,
        correlationId: request.correlationId,
      });
    try {
      const response = await fetch(request.url, {
        method: request.method,
        headers: { ...request.headers, 'x-correlation-id': request.correlationId },
        ...(request.body === undefined ? {} : { body: request.body }),
        // A redirected POST becomes a GET: no vendor API asks for that, so it is answered as an error status.
        redirect: 'manual',
        signal: AbortSignal.timeout(patience),
      });
      const body = await response.text();
      log(response.status);
      return { answered: true, status: response.status, headers: response.headers, body };
    } catch (error) {
      const code = codeOf(error);
      log(code);
      const reached = !NOT_SENT.has(code);
      const what = reached ? 'the connection ended before an answer came' : 'the vendor could not be reached';
      return { answered: false, reached, code, message: `${request.method} ${origin}${pathname}: ${what} (${code})` };
    }
  };
