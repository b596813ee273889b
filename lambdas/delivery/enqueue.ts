import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../platform/clock.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { DeliveryJob } from './types.ts';

/** Sends jobs to an adapter's queue. @throws if any was not taken, so that the caller's own retry repeats them. */
export type JobQueue = { send(jobs: readonly DeliveryJob[]): Promise<void> };

/** Deliveries marked at a time. */
const AT_ONCE = 16;
/** SQS takes at most 10 messages in one call. */
const BATCH = 10;

/** An adapter's queue in SQS. */
export const sqsJobQueue = (client: SQSClient, queueUrl: string): JobQueue => ({
  send: async (jobs) => {
    for (let from = 0; from < jobs.length; from += BATCH) {
      const batch = jobs.slice(from, from + BATCH);
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: batch.map((job, n) => ({
            Id: String(n),
            MessageBody: JSON.stringify(job),
            MessageAttributes: { correlationId: { DataType: 'String', StringValue: job.correlationId } },
          })),
        }),
      );
      if (Failed.length > 0) {
        const codes = Failed.map((failure) => failure.Code ?? 'unknown').join(', ');
        throw new Error(`${Failed.length} of ${batch.length} deliveries were not taken by the queue: ${codes}`);
      }
    }
  },
});

/**
 * Puts deliveries into an adapter's queue: each is marked `queued`, then sent. Finished ones are left out; one that is
 * parked, failed or unknown is tried again. Safe to repeat: a second message of a job does nothing a second time.
 * @returns the ids that were sent and those that are finished already.
 */
export const enqueueDeliveries = async (
  ports: { readonly store: DeliveryStore; readonly queue: JobQueue; readonly clock: Clock },
  jobs: readonly DeliveryJob[],
): Promise<{ readonly sent: string[]; readonly finished: string[] }> => {
  const open: DeliveryJob[] = [];
  const finished: string[] = [];
  for (let from = 0; from < jobs.length; from += AT_ONCE) {
    const some = jobs.slice(from, from + AT_ONCE);
    const marked = await Promise.all(some.map((job) => ports.store.queue(job, ports.clock.now())));
    for (const [n, job] of some.entries()) {
      const state = marked[n]?.state;
      if (state === 'posted' || state === 'accepted' || state === 'void') finished.push(job.deliveryId);
      else open.push(job);
    }
  }
  await ports.queue.send(open);
  return { sent: open.map((job) => job.deliveryId), finished };
};
