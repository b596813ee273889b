import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createEmitter } from '../../../emitter/emitter.ts';
import { httpTransport, retryAfterMillis } from '../../../emitter/http.ts';
import type { Pack } from '../../../emitter/types.ts';
import { decode } from '../../../lambdas/usage/events/decode.ts';
import { receiveEvents } from '../../../lambdas/usage/receive/receive-events.ts';
import type { PackedRecord } from '../../../lambdas/usage/receive/usage-stream.ts';
import { RECEIVED_AT } from '../usage-edge/events.ts';
import { eventOf, told } from './far-side.ts';
import { virtualTime } from './virtual-time.ts';

type Request = { readonly url: string; readonly headers: Headers; readonly body: Buffer };

/** A `fetch` that keeps what it was asked and answers as told. */
const answering = (answer: (request: Request) => Response | Promise<Response>) => {
  const requests: Request[] = [];
  const call: typeof fetch = async (url, init) => {
    const request = { url: String(url), headers: new Headers(init?.headers), body: init?.body as Buffer };
    requests.push(request);
    return answer(request);
  };
  return { requests, fetch: call };
};

const packOf = (subject: string, ids: readonly string[]): Pack => {
  const text = `${ids.map((id) => JSON.stringify(eventOf(subject, 0, { id }))).join('\n')}\n`;
  return { subject, data: gzipSync(text), events: ids.length, rawBytes: text.length };
};
const never = new AbortController().signal;
const send = (response: () => Response, packs = [packOf('a', ['1', '2']), packOf('b', ['3'])]) => {
  const { fetch, requests } = answering(response);
  const api = 'https://usage.example.com/v1/';
  const transport = httpTransport({ api, apiKey: 'key', nowMillis: () => Date.parse(RECEIVED_AT), fetch });
  return transport.send(packs, never).then((outcomes) => ({ outcomes, requests }));
};
const received = { status: 'received' };

describe('the HTTP transport', () => {
  it('posts gzip with the key, and finds the rejected events of each pack', async () => {
    const rejected = { status: 'rejected', code: 'NOT_CLOUDEVENT', path: '/time', message: 'It is missing.' };
    const { outcomes, requests } = await send(() =>
      Response.json({ results: [received, rejected, rejected] }, { status: 202 }),
    );
    const { status: _, ...rejection } = rejected;
    expect(outcomes).toEqual([
      { status: 'delivered', rejections: [{ index: 1, ...rejection }] },
      { status: 'delivered', rejections: [{ index: 0, ...rejection }] },
    ]);
    expect(requests.map(({ url }) => url)).toEqual(['https://usage.example.com/v1/events']);
    expect(Object.fromEntries(requests[0]?.headers ?? [])).toEqual({
      'content-type': 'application/gzip',
      'x-api-key': 'key',
    });
  });

  it.each([
    [429, '3', { status: 'again', reason: '429 too much', afterMillis: 3_000 }],
    [503, 'Mon, 05 Oct 2026 10:00:09 GMT', { status: 'again', reason: '503 too much', afterMillis: 9_000 }],
    [503, undefined, { status: 'again', reason: '503 too much' }],
    [500, undefined, { status: 'again', reason: '500 too much' }],
    [403, undefined, { status: 'refused', reason: '403 too much' }],
    [413, undefined, { status: 'refused', reason: '413 too much' }],
    [301, undefined, { status: 'refused', reason: '301 too much' }],
  ])('takes %i with Retry-After %s for all packs', async (status, retryAfter, outcome) => {
    const headers = new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter });
    const { outcomes } = await send(() => new Response('too\n much', { status, headers }));
    expect(outcomes).toEqual([outcome, outcome]);
  });

  it('does not believe an answer that does not speak of every event', async () => {
    for (const body of ['{"results":[{"status":"received"}]}', 'null', '<html>']) {
      const { outcomes } = await send(() => new Response(body, { status: 202 }));
      expect(outcomes.map(({ status }) => status)).toEqual(['again', 'again']);
    }
  });

  it('reads what Retry-After may say', () => {
    expect(retryAfterMillis(null, 0)).toBeUndefined();
    expect(retryAfterMillis('soon', 0)).toBeUndefined();
    expect(retryAfterMillis(' 12 ', 0)).toBe(12_000);
    expect(retryAfterMillis('Thu, 01 Jan 1970 00:00:01 GMT', 5_000)).toBe(0);
  });
});

describe('an emitter over HTTP and the door of Meterbridge', () => {
  it('agree: packs in one request arrive event by event, and what the door rejects is told', async () => {
    const stream: PackedRecord[] = [];
    const { fetch, requests } = answering(async ({ headers, body }) => {
      const results = await receiveEvents(
        { contentType: headers.get('content-type') ?? '', body, sources: ['//larkspur.example/platform'] },
        { put: async (records) => void stream.push(...records) },
      );
      return Response.json({ results }, { status: 202 });
    });
    const clock = virtualTime();
    const { list, onUndelivered } = told();
    const transport = httpTransport({ api: 'http://door/v1', apiKey: 'key', fetch });
    const emitter = createEmitter({ transport, clock, onUndelivered });
    for (let n = 0; n < 40; n += 1) {
      await emitter.emit(eventOf(`org-${n % 4}`, n, n === 9 ? { source: '//other' } : {}));
    }
    await emitter.close();
    expect(requests).toHaveLength(1);
    expect(list).toEqual([{ ids: ['org-1-9'], reason: expect.objectContaining({ code: 'REJECTED' }) }]);
    const lines = stream.flatMap(({ data }) =>
      decode({ stream: 'usage', shard: 's', sequence: '1', data, receivedAt: RECEIVED_AT }),
    );
    const ids = Array.from({ length: 40 }, (_, n) => `org-${n % 4}-${n}`).filter((id) => id !== 'org-1-9');
    expect(lines.map(({ line }) => JSON.parse(line).id).sort()).toEqual(ids.sort());
  });
});
