import { nowMillis } from './clock.ts';
import { age } from './print.ts';
import type { Shower } from './shower.ts';

/** Speaks to Meterbridge's HTTP API as one signed-in person. */
export type ApiClient = {
  get<T>(path: string, query?: Record<string, string | undefined>): Promise<T>;
  post<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<T>;
  delete<T>(path: string): Promise<T>;
};

/** The API refused: what the problem details said. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

type ProblemBody = {
  readonly code?: string;
  readonly detail?: string;
  readonly message?: string;
  readonly errors?: readonly { path: string; message: string }[];
};

/** Why a request never came to an answer: `fetch` itself says no more than that it failed. */
const reasonOf = ({ message, cause }: Error): string => (cause instanceof Error && cause.message) || message;

/** An answer that takes longer than this is said to be waited for. */
const SILENCE_MILLIS = 2_000;

/** Waits for an answer; when it takes long, `show` says so until it is there. */
const waited = async <T>(answer: Promise<T>, show: Shower | undefined): Promise<T> => {
  if (show === undefined) return answer;
  const begun = nowMillis();
  const ticks = setInterval(
    () => show.line(`waiting for the answer, ${age((nowMillis() - begun) / 1_000)}`),
    SILENCE_MILLIS,
  );
  try {
    return await answer;
  } finally {
    clearInterval(ticks);
    show.end();
  }
};

/**
 * A client for `apiBase` (e.g. `https://host/v1`) with a bearer token. Every call ends within two minutes; `show` is told
 * of those that take more than two seconds.
 */
export const apiClient = (apiBase: string, token: string, show?: Shower): ApiClient => {
  const call = async <T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> => {
    const answer = fetch(`${apiBase}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(120_000),
    });
    const response = await waited(answer, show).catch((error: unknown) => {
      throw error instanceof TypeError ? new Error(`${apiBase} cannot be reached: ${reasonOf(error)}`) : error;
    });
    const text = await response.text();
    if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
    const problem = text.startsWith('{') ? (JSON.parse(text) as ProblemBody) : {};
    const said = problem.detail ?? problem.message ?? text.slice(0, 300);
    // One that is wrong is often the whole sentence already.
    const places = (problem.errors ?? [])
      .filter(({ message }) => !said.includes(message))
      .map(({ path: place, message }) => `\n  ${place || 'the whole'}: ${message}`);
    throw new ApiError(response.status, problem.code ?? `HTTP_${response.status}`, `${said}${places.join('')}`);
  };
  return {
    get: (path, query = {}) => {
      const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
      const search = given.length > 0 ? `?${new URLSearchParams(given)}` : '';
      return call('GET', `${path}${search}`);
    },
    post: (path, body, headers) => call('POST', path, body, headers),
    delete: (path) => call('DELETE', path),
  };
};

/** Every item of a paged list, following `next`. */
export const allItems = async <T>(
  client: ApiClient,
  path: string,
  query: Record<string, string | undefined> = {},
): Promise<T[]> => {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page: { items: T[]; next?: string } = await client.get(path, { ...query, after });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
};
