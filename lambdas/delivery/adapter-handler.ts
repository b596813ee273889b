import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Clock } from '../platform/clock.ts';
import { adapterHealth } from './adapter-health.ts';
import { consume, type Observer } from './consume.ts';
import { dynamoDeliveryStore } from './delivery-store.ts';
import { type PayloadStore, s3PayloadStore } from './payload-store.ts';
import { breaker } from './retry.ts';
import { sqsConsumerQueue } from './sqs-queue.ts';
import type { AdapterClient, DeliveryJob } from './types.ts';

/** After so many failures in a row the vendor is left alone for a while. */
const BREAKER_THRESHOLD = 5;
const BREAKER_PAUSE_MILLIS = 15_000;

export type AdapterHandlerParts = {
  readonly dynamo: DynamoDBDocumentClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly observe: Observer;
  readonly tables: { readonly delivery: string; readonly bucket: string; readonly dlqUrl: string };
  readonly concurrency: number;
  /** Makes the vendor's client; `timeLeft` tells how many milliseconds the running invocation has. */
  readonly client: (timeLeft: () => number) => AdapterClient;
  readonly jobOf: (body: string, payloads: PayloadStore) => Promise<DeliveryJob>;
};

/** The Lambda handler of an adapter: everything that is the same for all vendors, wired once. */
export const adapterHandler = (parts: AdapterHandlerParts) => {
  const { clock, tables } = parts;
  let deadline = Number.POSITIVE_INFINITY;
  const queue = sqsConsumerQueue(parts.sqs, tables.dlqUrl);
  const store = dynamoDeliveryStore(parts.dynamo, tables.delivery);
  const payloads = s3PayloadStore(parts.s3, tables.bucket);
  const ports = {
    store,
    payloads,
    queue,
    clock,
    client: parts.client(() => deadline - clock.nowMillis()),
    health: adapterHealth(store, clock),
    breaker: breaker(clock, BREAKER_THRESHOLD, BREAKER_PAUSE_MILLIS),
    observe: parts.observe,
    concurrency: parts.concurrency,
    jobOf: (body: string) => parts.jobOf(body, payloads),
  };

  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    deadline = clock.nowMillis() + context.getRemainingTimeInMillis();
    queue.from(event.Records[0]?.eventSourceARN ?? '');
    const again = await consume(
      ports,
      event.Records.map((record) => ({
        messageId: record.messageId,
        receipt: record.receiptHandle,
        body: record.body,
        receiveCount: Number(record.attributes.ApproximateReceiveCount),
      })),
      deadline,
    );
    parts.metrics.publishStoredMetrics();
    return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) };
  };
};
