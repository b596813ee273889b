import { systemClock } from './clock.ts';
import type { Outcome, Pack, Rejection, Transport, TransportLimits } from './types.ts';

/** Where and as whom to send. */
export type HttpOptions = {
  /** The address of the API with its version, e.g. `https://usage.example.com/v1`. */
  readonly api: string;
  readonly apiKey: string;
  /** For a `Retry-After` that names a time: milliseconds since 1970. Default: the machine's clock. */
  readonly nowMillis?: () => number;
  readonly fetch?: typeof fetch;
};

/** A request takes 1,000 events and 1 MiB as sent; what it unpacks to is kept well below the limit of 16 MiB. */
const LIMITS: TransportLimits = {
  packEvents: 1_000,
  packBytes: 900 * 1024,
  callPacks: 1_000,
  callEvents: 1_000,
  callBytes: 1024 * 1024,
  callRawBytes: 8 * 1024 * 1024,
};

/** Statuses after which another try may help. */
const PASSING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** What a `Retry-After` asks for, in milliseconds: seconds, or a date. */
export const retryAfterMillis = (header: string | null, nowMillis: number): number | undefined => {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMillis);
};

/** The result of one event, as far as it is used. */
type EventResult = { readonly status: string } & Partial<Omit<Rejection, 'index'>>;

const resultsOf = (text: string): readonly EventResult[] | undefined => {
  try {
    const body = JSON.parse(text) as { readonly results?: unknown } | null;
    return Array.isArray(body?.results) ? (body.results as EventResult[]) : undefined;
  } catch {
    return undefined;
  }
};

/** What the results of a request say of each pack, whose events came one after another. */
const outcomesOf = (packs: readonly Pack[], results: readonly EventResult[]): Outcome[] => {
  let from = 0;
  return packs.map(({ events }) => {
    const own = results.slice(from, from + events);
    from += events;
    const rejections = own.flatMap(({ status, code = '', path = '', message = '' }, index) =>
      status === 'received' ? [] : [{ index, code, path, message }],
    );
    return { status: 'delivered', rejections };
  });
};

/** The first words of an answer that nobody expected. */
const shown = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 200);

/**
 * By `POST /v1/events`, several packs in a request: gzip of lines after gzip of lines is gzip of all the lines. Honours
 * `Retry-After` of 429 and 503.
 */
export const httpTransport = ({
  api,
  apiKey,
  nowMillis = systemClock.nowMillis,
  fetch: call = fetch,
}: HttpOptions): Transport => ({
  limits: LIMITS,
  send: async (packs, signal) => {
    const response = await call(`${api.replace(/\/+$/, '')}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/gzip', 'x-api-key': apiKey },
      body: Buffer.concat(packs.map(({ data }) => data)),
      // A POST that is redirected would arrive as a GET.
      redirect: 'manual',
      signal,
    });
    const text = await response.text();
    const all = (outcome: Outcome): Outcome[] => packs.map(() => outcome);
    if (response.status === 202) {
      const results = resultsOf(text);
      const events = packs.reduce((sum, pack) => sum + pack.events, 0);
      return results?.length === events
        ? outcomesOf(packs, results)
        : all({ status: 'again', reason: `202 without a result for each of ${events} events: ${shown(text)}` });
    }
    const reason = `${response.status} ${shown(text)}`.trim();
    if (!PASSING.has(response.status)) return all({ status: 'refused', reason });
    const afterMillis = retryAfterMillis(response.headers.get('retry-after'), nowMillis());
    return all({ status: 'again', reason, ...(afterMillis === undefined ? {} : { afterMillis }) });
  },
});
