import type { Problem } from '../../../lambdas/platform/problem.ts';

/** An answer of the API that is not a success, in words. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  constructor(status: number, code: string, detail: string) {
    super(`${code}: ${detail}`);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

export type ApiClient = {
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  post<T>(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<T>;
};

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;

const problemOf = async (answer: Response): Promise<ApiError> => {
  const body: unknown = await answer.json().catch(() => undefined);
  if (isProblem(body)) return new ApiError(answer.status, body.code, body.detail);
  return answer.status === 401 || answer.status === 403
    ? new ApiError(answer.status, 'NOT_SIGNED_IN', 'The API does not accept this session; sign in again.')
    : new ApiError(answer.status, `HTTP_${answer.status}`, 'The API answered without saying why.');
};

/**
 * Talks to the API behind this origin. `ended` is called when the session is over; the request then fails too.
 * Paths start with `/v1`, whether or not the configured base already holds it.
 */
export const makeApi = (apiBase: string, token: () => Promise<string | undefined>, ended: () => void): ApiClient => {
  const base = apiBase.replace(/\/+$/, '').replace(/\/v1$/, '');
  const send = async <T>(path: string, init: RequestInit): Promise<T> => {
    const idToken = await token();
    if (!idToken) {
      ended();
      throw new ApiError(401, 'NOT_SIGNED_IN', 'Your session has ended; sign in again.');
    }
    let answer: Response;
    try {
      answer = await fetch(`${base}${path}`, {
        ...init,
        headers: { ...init.headers, accept: 'application/json', authorization: `Bearer ${idToken}` },
      });
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new ApiError(0, 'NOT_REACHED', 'The API could not be reached. Check the connection and try again.');
    }
    if (answer.status === 401) ended();
    if (!answer.ok) throw await problemOf(answer);
    return (await answer.json()) as T;
  };
  return {
    get: (path, signal) => send(path, signal ? { signal } : {}),
    post: (path, body, headers = {}) =>
      send(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
  };
};
