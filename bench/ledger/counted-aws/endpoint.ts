import { performance } from 'node:perf_hooks';
import { dynamo, eventBridge, kinesis, kms, s3, sqs } from '../../../lambdas/platform/aws.ts';
import { countedDynamo, type Watcher } from './dynamodb.ts';
import type { Past } from './rows.ts';
import {
  type Objects,
  type PutRecord,
  type WireService,
  wireDynamo,
  wireEventBridge,
  wireKinesis,
  wireKms,
  wireS3,
  wireSqs,
} from './services.ts';
import type { Usage } from './usage.ts';
import type { VirtualTime } from './virtual-time.ts';

/**
 * How long a service takes to answer, in milliseconds: what a function waits is billed too. Usual figures within a region,
 * not measured here.
 */
const LATENCY = { dynamodb: 5, s3: 25, sqs: 10, events: 15, kinesis: 12, kms: 15 } as const;
type ServiceName = keyof typeof LATENCY;

/** An HTTP request of the SDK, as far as it is used here. */
type HttpRequest = {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
};

export type CountedAwsOptions = {
  readonly usage: Usage;
  readonly time: VirtualTime;
  /** Names the cause of a request to a table. */
  readonly watch?: Watcher;
  /** What lies in tables since before, by table. */
  readonly pasts?: Readonly<Record<string, Past>>;
  /** Tables that keep nothing of what is written. */
  readonly forgetful?: (table: string) => boolean;
  /** What lies in buckets since before, by `/bucket/key`. */
  readonly objects?: (path: string, onlyBeginning: boolean) => Uint8Array | undefined;
  readonly onMessage?: (body: string) => void;
  readonly onRecords?: (records: readonly PutRecord[]) => void;
  /** What happens to the answer of a request that has taken effect. */
  readonly fate?: (service: string, operation: string) => Fate;
};

/** `lost`: the SDK times out and tries again. `dead`: the process dies, now and until its next run. */
export type Fate = 'answered' | 'lost' | 'dead';

/** The process died: what it had begun is done or not, and its batch comes again. */
export class Crashed extends Error {
  override readonly name = 'Crashed';
}

/** An answer that did not come; the SDK tries such a request again. */
class Lost extends Error {
  override readonly name = 'TimeoutError';
}

/** AWS in memory. */
export type CountedAws = {
  readonly tables: ReturnType<typeof countedDynamo>['table'];
  readonly objects: Objects;
  /** Milliseconds of processor time that the services in memory took: none of the function's. */
  servicesMillis(): number;
};

/**
 * AWS in memory, put behind the clients of this process (lambdas/platform/aws.ts) at the last place before the network:
 * everything the SDK does to a request and its answer (types, JSON, signature) really happens, so its processor time is
 * measured and the sizes are those of the wire.
 */
export const countedAws = (options: CountedAwsOptions): CountedAws => {
  const { usage, time, watch = (cause) => cause, pasts = {} } = options;
  const tables = countedDynamo(usage, watch, pasts, options.forgetful);
  const objects = wireS3(usage, options.objects);
  const services: Readonly<Record<ServiceName, WireService>> = {
    dynamodb: wireDynamo(tables),
    s3: objects,
    sqs: wireSqs(usage, options.onMessage ?? (() => undefined)),
    events: wireEventBridge(usage),
    kms: wireKms(usage),
    kinesis: wireKinesis(options.onRecords ?? (() => undefined)),
  };
  let servicesMillis = 0;
  const handle = async (name: ServiceName, request: HttpRequest) => {
    const began = performance.now();
    const { body = '' } = request;
    // A bucket may be named by the host or by the path.
    const bucket = name === 's3' ? /^(.+)\.s3\./.exec(request.hostname)?.[1] : undefined;
    const operation = request.headers['x-amz-target']?.split('.').at(-1) ?? '';
    const answer = services[name]({
      ...request,
      path: bucket === undefined ? request.path : `/${bucket}${request.path}`,
      operation,
      body: typeof body === 'string' ? Buffer.from(body) : body,
    });
    servicesMillis += performance.now() - began;
    const fate = options.fate?.(name, operation) ?? 'answered';
    if (fate === 'dead') throw new Crashed();
    await time.wait(LATENCY[name]);
    if (fate === 'lost') throw new Lost();
    return { response: { statusCode: answer.status, headers: {}, body: answer.body } };
  };
  const behind = ({ config }: { readonly config: object }, name: ServiceName): void => {
    Object.assign(config, {
      region: async () => 'us-east-1',
      credentials: async () => ({ accessKeyId: 'counted', secretAccessKey: 'counted' }),
      requestHandler: { metadata: { handlerProtocol: 'http/1.1' }, handle: (sent: HttpRequest) => handle(name, sent) },
    });
  };
  behind(dynamo(), 'dynamodb');
  behind(s3(), 's3');
  behind(sqs(), 'sqs');
  behind(eventBridge(), 'events');
  behind(kinesis(), 'kinesis');
  behind(kms(), 'kms');
  return { tables: tables.table, objects: objects.objects, servicesMillis: () => servicesMillis };
};
