import { gzipSync } from 'node:zlib';
import { Logger } from '@aws-lambda-powertools/logger';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { decode } from '../../../lambdas/usage/events/decode.ts';
import { makeEventsApi } from '../../../lambdas/usage/receive/events-api.ts';
import {
  kinesisStream,
  type PackedRecord,
  StreamBusy,
  type UsageStream,
} from '../../../lambdas/usage/receive/usage-stream.ts';
import { cancellation, eventText, RECEIVED_AT, storageText } from './events.ts';

const SOURCE = '//larkspur.example/platform';
const JSON_TYPE = 'application/json';

const post = (body: string | Uint8Array, type = JSON_TYPE, sources: readonly string[] = [SOURCE]) =>
  ({
    headers: { 'Content-Type': type },
    body: typeof body === 'string' ? body : Buffer.from(body).toString('base64'),
    isBase64Encoded: typeof body !== 'string',
    requestContext: { requestId: 'r-1', authorizer: { keyId: 'key-1', sources: JSON.stringify(sources) } },
  }) as unknown as APIGatewayProxyEvent;

/** A stream that keeps what is put. */
const memoryStream = (): UsageStream & { records: PackedRecord[]; lines(): string[] } => {
  const records: PackedRecord[] = [];
  return {
    records,
    put: async (added) => {
      records.push(...added);
    },
    lines: () =>
      records.flatMap(({ data }) =>
        decode({ stream: 's', shard: 's', sequence: '1', data, receivedAt: RECEIVED_AT }).map(({ line }) => line),
      ),
  };
};

const call = async (event: APIGatewayProxyEvent, stream: UsageStream = memoryStream()) => {
  const { statusCode, headers, body } = await makeEventsApi(stream, new Logger({ logLevel: 'SILENT' }))(event);
  return { status: statusCode, headers, body: JSON.parse(body) as Record<string, unknown> };
};

describe('POST /v1/events', () => {
  it('takes one event, an array, a batch and gzip of each', async () => {
    const two = [eventText({ id: 'a' }), eventText({ id: 'b' })];
    const forms: [string | Uint8Array, string, number][] = [
      [eventText(), JSON_TYPE, 1],
      [eventText(), 'application/cloudevents+json; charset=utf-8', 1],
      [`[${two.join(',')}]`, JSON_TYPE, 2],
      [`[${two.join(',')}]`, 'application/cloudevents-batch+json', 2],
      [gzipSync(`[${two.join(',')}]`), 'application/gzip', 2],
      [gzipSync(two.join('\n')), 'application/gzip', 2],
      [gzipSync(JSON.stringify(JSON.parse(eventText()), null, 2)), 'application/gzip', 1],
    ];
    for (const [body, type, count] of forms) {
      const stream = memoryStream();
      const answer = await call(post(body, type), stream);
      expect(answer.status).toBe(202);
      expect(answer.body.results).toHaveLength(count);
      expect(stream.lines()).toHaveLength(count);
    }
  });

  it('answers per event, and passes on only what it received', async () => {
    const stream = memoryStream();
    const events = [eventText({ id: 'good' }), eventText({ id: 'else', source: '//other' }), '{"id":"bad"}', '7'];
    const answer = await call(post(`[${events.join(',')}]`), stream);
    expect(answer).toMatchObject({
      status: 202,
      body: {
        results: [
          { index: 0, id: 'good', status: 'received' },
          {
            index: 1,
            id: 'else',
            status: 'rejected',
            code: 'SOURCE_NOT_ALLOWED',
            path: '/source',
            message: 'The key may not send for the source //other: use a key of that source.',
          },
          { index: 2, id: 'bad', status: 'rejected', code: 'NOT_CLOUDEVENT', path: '/specversion' },
          { index: 3, id: '', status: 'rejected', code: 'NOT_CLOUDEVENT', path: '' },
        ],
      },
    });
    expect(stream.lines()).toEqual([eventText({ id: 'good' })]);
  });

  it('passes numbers on as they were written', async () => {
    const stream = memoryStream();
    const text = storageText('1.50000000000000000001');
    await call(post(`[\n${text}\n]`), stream);
    expect(stream.lines()).toEqual([text]);
  });

  it('lets a key cancel only what its own sources sent', async () => {
    const stream = memoryStream();
    const cancel = (id: string, source?: string) => JSON.stringify(cancellation({ id, data: { id: 'e-1', source } }));
    const lines = [cancel('own'), cancel('named', SOURCE), cancel('other', '//other')];
    const answer = await call(post(`[${lines.join(',')}]`), stream);
    expect(answer.body.results).toMatchObject([
      { status: 'received' },
      { status: 'received' },
      {
        status: 'rejected',
        code: 'SOURCE_NOT_ALLOWED',
        path: '/data/source',
        message: 'The key may not send for the source //other: use a key of that source.',
      },
    ]);
    expect(stream.lines()).toEqual(lines.slice(0, 2));
  });

  it('lets no sender say that a line was released from quarantine', async () => {
    const answer = await call(post(eventText({ releasedfrom: 'q-1' })));
    expect(answer.body.results).toMatchObject([
      { status: 'rejected', code: 'ATTRIBUTE_NOT_ALLOWED', path: '/releasedfrom' },
    ]);
  });

  it('packs by subject', async () => {
    const stream = memoryStream();
    const events = ['org-01', 'org-02', 'org-01'].map((subject, n) => eventText({ subject, id: `${n}` }));
    await call(post(`[${events.join(',')}]`), stream);
    expect(stream.records.map(({ partitionKey }) => partitionKey)).toEqual(['org-01', 'org-02']);
  });

  it.each([
    ['text/plain', eventText(), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [JSON_TYPE, '{', 400, 'NOT_JSON'],
    [JSON_TYPE, '', 400, 'NOT_JSON'],
    [JSON_TYPE, '[]', 400, 'NO_EVENTS'],
    [JSON_TYPE, Buffer.from([0xff, 0xfe]), 400, 'BAD_ENCODING'],
    ['application/gzip', Buffer.from('not gzip'), 400, 'BAD_ENCODING'],
    [JSON_TYPE, `[${Array.from({ length: 1001 }, () => '{}').join(',')}]`, 413, 'TOO_LARGE'],
    [JSON_TYPE, `"${'x'.repeat(1024 * 1024)}"`, 413, 'TOO_LARGE'],
    ['application/gzip', gzipSync(Buffer.alloc(20 * 1024 * 1024)), 413, 'TOO_LARGE'],
    ['application/gzip', gzipSync('['.repeat(8_000_000)), 413, 'TOO_LARGE'],
    ['application/gzip', gzipSync('{"a":'.repeat(2_000_000)), 413, 'TOO_LARGE'],
    ['application/gzip', gzipSync('7\n'.repeat(1_001)), 413, 'TOO_LARGE'],
  ])('refuses %s as a whole with %#', async (type, body, status, code) => {
    const answer = await call(post(body, type));
    expect(answer).toMatchObject({ status, body: { status, code } });
    expect(answer.headers?.['content-type']).toBe('application/problem+json');
  });

  it('takes a thousand events and a megabyte, and not one more', async () => {
    const many = Array.from({ length: 1000 }, (_, n) => eventText({ id: `${n}`, subject: `org-${n % 7}` }));
    const body = `[${many.join(',')}]`;
    const padded = (bytes: number): string => `${' '.repeat(bytes - body.length)}${body}`;
    const stream = memoryStream();
    expect((await call(post(padded(1024 * 1024)), stream)).status).toBe(202);
    expect(stream.lines()).toHaveLength(1000);
    expect((await call(post(padded(1024 * 1024 + 1)))).status).toBe(413);
    expect((await call(post(`[${many.join(',')},${eventText()}]`))).status).toBe(413);
    expect((await call(post(gzipSync(many.join('\n')), 'application/gzip'))).status).toBe(202);
  });

  it('refuses an event that is too large or too deep by itself', async () => {
    const stream = memoryStream();
    const deep = eventText({ id: 'deep', data: { count: 1, x: 0 } }).replace(
      '"x":0',
      `"x":${'['.repeat(500)}${']'.repeat(500)}`,
    );
    const events = [
      eventText({ id: 'a' }),
      eventText({ id: 'large', note: 'x'.repeat(64 * 1024) }),
      deep,
      eventText({ id: 'b' }),
    ];
    const answer = await call(post(`[${events.join(',')}]`), stream);
    expect(answer.body.results).toMatchObject([
      { id: 'a', status: 'received' },
      { status: 'rejected', code: 'TOO_LARGE', path: '', message: expect.stringContaining('at most 65536 are taken') },
      { status: 'rejected', code: 'TOO_LARGE', path: '', message: expect.stringContaining('nested more than 32 deep') },
      { id: 'b', status: 'received' },
    ]);
    expect(stream.lines()).toHaveLength(2);
  });

  it('says in problem details what is wrong with a body', async () => {
    const answer = await call(post('[]'));
    expect(answer).toMatchObject({ status: 400, headers: { 'content-type': 'application/problem+json' } });
    expect(answer.body).toEqual({
      type: 'https://meterbridge.dev/problems/no-events',
      title: 'no events',
      status: 400,
      detail: 'the body holds no event',
      code: 'NO_EVENTS',
    });
  });

  it('gives a key without sources nothing to send for', async () => {
    const answer = await call(post(eventText(), JSON_TYPE, []));
    expect(answer.body.results).toMatchObject([{ status: 'rejected', code: 'SOURCE_NOT_ALLOWED' }]);
  });

  it.each([
    ['is busy', new StreamBusy('refused')],
    ['cannot be reached', new Error('no route')],
  ])('answers 503 and when to try again while the stream %s', async (_, error) => {
    const answer = await call(post(eventText()), { put: () => Promise.reject(error) });
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '2' }, body: { code: 'NOT_STORED' } });
  });
});

describe('the usage stream in Kinesis', () => {
  const kinesis = mockClient(KinesisClient);
  beforeEach(() => {
    kinesis.reset();
  });
  const pauses: number[] = [];
  const stream = kinesisStream(new KinesisClient({ region: 'us-east-1' }), 'usage', async (millis) =>
    pauses.push(millis),
  );
  const records = (count: number, bytes = 3): PackedRecord[] =>
    Array.from({ length: count }, (_, n) => ({ partitionKey: `org-${n}`, data: new Uint8Array(bytes) }));
  const taken = { SequenceNumber: '1', ShardId: 's' };
  const refused = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'slow down' };
  const sent = () => kinesis.commandCalls(PutRecordsCommand).map(({ args: [{ input }] }) => input.Records ?? []);

  it('tries only the refused records again, after pauses that double', async () => {
    kinesis
      .on(PutRecordsCommand)
      .resolvesOnce({ Records: [taken, refused, refused] })
      .resolvesOnce({ Records: [refused, taken] })
      .resolves({ Records: [taken] });
    await stream.put(records(3));
    expect(sent().map((batch) => batch.map(({ PartitionKey }) => PartitionKey))).toEqual([
      ['org-0', 'org-1', 'org-2'],
      ['org-1', 'org-2'],
      ['org-1'],
    ]);
    expect(pauses).toEqual([50, 100]);
  });

  it('gives up when records are refused five times', async () => {
    kinesis.on(PutRecordsCommand).resolves({ Records: [refused] });
    await expect(stream.put(records(1))).rejects.toThrow('1 of 1 records were refused 5 times');
    expect(sent()).toHaveLength(5);
  });

  it('does not take an answer that says nothing of a record for a yes', async () => {
    kinesis.on(PutRecordsCommand).resolves({ FailedRecordCount: 0 });
    await expect(stream.put(records(1))).rejects.toBeInstanceOf(StreamBusy);
  });

  it('keeps to the limits of one call', async () => {
    kinesis
      .on(PutRecordsCommand)
      .callsFake(({ Records }: { Records: unknown[] }) => ({ Records: Records.map(() => taken) }));
    await stream.put([...records(501), ...records(6, 1_000_000)]);
    expect(sent().map((batch) => batch.length)).toEqual([500, 5, 2]);
    kinesis.resetHistory();
    await stream.put([]);
    expect(sent()).toEqual([]);
  });
});
