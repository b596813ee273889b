import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, apiClient } from '../../../ops/api-client.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A client whose every answer takes so long, and what it showed meanwhile. */
const slowClient = (millis: number) => {
  const shown: string[] = [];
  vi.useFakeTimers();
  vi.stubGlobal('fetch', async () => {
    await new Promise((resolve) => setTimeout(resolve, millis));
    return new Response('{"items":[]}');
  });
  const show = { line: (text: string) => shown.push(text), end: () => shown.push('end') };
  return { shown, api: apiClient('http://127.0.0.1:1/v1', 'token', show) };
};

describe('an answer that is waited for', () => {
  it('is told of every two seconds until it is there', async () => {
    const { shown, api } = slowClient(5_000);
    const answer = api.get('/jobs');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await answer).toEqual({ items: [] });
    expect(shown).toEqual(['waiting for the answer, 2 s', 'waiting for the answer, 4 s', 'end']);
  });

  it('is not spoken of when it comes soon', async () => {
    const { shown, api } = slowClient(1_500);
    const answer = api.get('/jobs');
    await vi.advanceTimersByTimeAsync(1_500);
    await answer;
    expect(shown).toEqual(['end']);
  });
});

it('says what cannot be reached, and why', async () => {
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') });
  });
  await expect(apiClient('http://127.0.0.1:1/v1', 'token').get('/jobs')).rejects.toThrow(
    'http://127.0.0.1:1/v1 cannot be reached: connect ECONNREFUSED 127.0.0.1:1',
  );
});

describe('a refusal', () => {
  const refusing = (status: number, body: object) => {
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body), { status }));
    return apiClient('http://127.0.0.1:1/v1', 'token').get('/jobs');
  };

  it('is its sentence, its code, and each place that is wrong', async () => {
    const errors = [{ path: '/sources', message: 'is missing' }];
    const refused = refusing(400, { code: 'BAD_REQUEST', detail: 'the key needs its sources', errors });
    await expect(refused).rejects.toEqual(
      new ApiError(400, 'BAD_REQUEST', 'the key needs its sources\n  /sources: is missing'),
    );
  });

  it('says nothing twice', async () => {
    const errors = [{ path: 'start', message: 'must be a date' }];
    const refused = refusing(400, { code: 'BAD_REQUEST', detail: 'start must be a date', errors });
    await expect(refused).rejects.toEqual(new ApiError(400, 'BAD_REQUEST', 'start must be a date'));
  });
});
