import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { DynamoRequest } from './dynamodb.ts';
import type { Usage } from './usage.ts';

/** An answer over the wire: a status, and a body that is text, bytes or a stream. */
export type WireAnswer = { readonly status: number; readonly body: Uint8Array | Readable };

/** A service of AWS as the SDK talks to it. `path` is that of the request, `body` its bytes. */
export type WireService = (request: {
  readonly method: string;
  readonly operation: string;
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}) => WireAnswer;

/** A record that was put into a stream. */
export type PutRecord = { readonly partitionKey: string; readonly data: Uint8Array };

const json = (body: unknown, status = 200): WireAnswer => ({ status, body: Buffer.from(JSON.stringify(body)) });
const parsed = <T>({ buffer, byteOffset, byteLength }: Uint8Array): T =>
  JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString('utf8')) as T;

/** Queues and buses are charged for each begun 64 KB. */
const chunks = (text: string): number => Math.max(1, Math.ceil(Buffer.byteLength(text) / 65_536));

/** DynamoDB over the wire. */
export const wireDynamo =
  (dynamo: { call(operation: string, request: DynamoRequest): { error?: string; body: unknown } }): WireService =>
  ({ operation, body }) => {
    const answer = dynamo.call(operation, parsed<DynamoRequest>(body));
    return answer.error === undefined
      ? json(answer.body)
      : json({ __type: `com.amazonaws.dynamodb.v20120810#${answer.error}`, ...(answer.body as object) }, 400);
  };

/** Objects by bucket and key; a past answers for objects that lie there since before. */
export type Objects = { readonly stored: Map<string, Uint8Array>; bytes(prefix: string): number };

/** S3 over the wire: put (also if absent), get (also a range), list. */
export const wireS3 = (
  usage: Usage,
  past: (path: string, onlyBeginning: boolean) => Uint8Array | undefined = () => undefined,
): WireService & { readonly objects: Objects } => {
  const stored = new Map<string, Uint8Array>();
  const missing: WireAnswer = { status: 404, body: Buffer.from('<Error><Code>NoSuchKey</Code></Error>') };
  const taken: WireAnswer = { status: 412, body: Buffer.from('<Error><Code>PreconditionFailed</Code></Error>') };
  const get = (path: string, range: string | undefined): WireAnswer => {
    usage.add('s3.get', 1);
    const object = stored.get(path) ?? past(path, range !== undefined);
    if (object === undefined) return missing;
    const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
    const part = object.subarray(Number(from), to === '' ? undefined : Number(to) + 1);
    return { status: range === undefined ? 200 : 206, body: Readable.from([part]) };
  };
  const service: WireService = ({ method, path, query, headers, body }) => {
    if (method === 'PUT') {
      usage.add('s3.put', 1);
      if (headers['if-none-match'] === '*' && stored.has(path)) return taken;
      stored.set(path, body);
      return { status: 200, body: Buffer.alloc(0) };
    }
    if (method !== 'GET') throw new RangeError(`S3's ${method} is not counted here`);
    if (query['list-type'] === undefined) return get(path, headers.range);
    usage.add('s3.put', 1);
    const bucket = `${path.replace(/\/$/, '')}/`;
    const [prefix, after] = [query.prefix, query['start-after']].map((part) => `${bucket}${String(part ?? '')}`);
    const keys = [...stored.keys()].filter((key) => key.startsWith(prefix ?? '') && key > (after ?? '')).sort();
    const contents = keys.map((key) => `<Contents><Key>${key.slice(bucket.length)}</Key></Contents>`).join('');
    const text = `<ListBucketResult><KeyCount>${keys.length}</KeyCount>${contents}</ListBucketResult>`;
    return { status: 200, body: Buffer.from(text) };
  };
  const bytes = (prefix: string): number =>
    [...stored].reduce((sum, [path, body]) => sum + (path.startsWith(prefix) ? body.length : 0), 0);
  return Object.assign(service, { objects: { stored, bytes } });
};

/** SQS over the wire: sending. Who receives is told by `sink`, and pays for receiving and deleting. */
export const wireSqs =
  (usage: Usage, sink: (body: string) => void): WireService =>
  ({ operation, body }) => {
    if (operation !== 'SendMessage') throw new RangeError(`SQS's ${operation} is not counted here`);
    const { MessageBody } = parsed<{ MessageBody: string }>(body);
    usage.add('sqs.request', chunks(MessageBody));
    sink(MessageBody);
    return json({ MessageId: 'm', MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') });
  };

/** EventBridge over the wire. */
export const wireEventBridge =
  (usage: Usage): WireService =>
  ({ operation, body }) => {
    if (operation !== 'PutEvents') throw new RangeError(`EventBridge's ${operation} is not counted here`);
    const { Entries } = parsed<{ Entries: readonly { Detail: string }[] }>(body);
    for (const { Detail } of Entries) usage.add('eventbridge.event', chunks(Detail));
    return json({ FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: 'e' })) });
  };

/** KMS over the wire: a signature that is none, for it is never checked here. */
export const wireKms =
  (usage: Usage): WireService =>
  ({ operation }) => {
    usage.add('kms.request', 1);
    const bytes = Buffer.alloc(72).toString('base64');
    return json(operation === 'Sign' ? { Signature: bytes } : { PublicKey: bytes });
  };

/** Kinesis over the wire: putting records, which go to `sink` and are charged there, as its mode has it. */
export const wireKinesis = (sink: (records: readonly PutRecord[]) => void): WireService => {
  let sequence = 0;
  return ({ operation, body }) => {
    if (operation !== 'PutRecords') throw new RangeError(`Kinesis' ${operation} is not counted here`);
    const { Records } = parsed<{ Records: readonly { PartitionKey: string; Data: string }[] }>(body);
    sink(Records.map(({ PartitionKey, Data }) => ({ partitionKey: PartitionKey, data: Buffer.from(Data, 'base64') })));
    sequence += 1;
    return json({
      FailedRecordCount: 0,
      Records: Records.map((_, n) => ({ SequenceNumber: `${sequence}${n}`, ShardId: 'shardId-000000000000' })),
    });
  };
};
