import type { Clock } from '../platform/clock.ts';
import { type DeliverPorts, deliver, type Verdict } from './deliver.ts';
import { MappingError } from './mapping.ts';
import { AUTH_TRIES, type Breaker, eachLimited, retryDelay } from './retry.ts';
import type { DeliveryFailure, DeliveryJob } from './types.ts';

/** A message of an adapter's queue, as Lambda hands it over. */
export type QueueMessage = {
  readonly messageId: string;
  readonly receipt: string;
  readonly body: string;
  /** 1 for the first delivery of the message. */
  readonly receiveCount: number;
};

/** A message that no repetition will make deliverable. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The adapter's own queue, from the consumer's side. */
export type ConsumerQueue = {
  /** Hides a message for some seconds; then it comes again. */
  postpone(message: QueueMessage, seconds: number): Promise<void>;
  /** Puts a message among the dead letters, with its reason. */
  bury(message: QueueMessage, reason: DeadReason): Promise<void>;
};

export type DeadReason = {
  readonly class: string;
  readonly code: string;
  readonly message: string;
  readonly failedAt: string;
  readonly deliveryId?: string;
  readonly correlationId?: string;
};

/** What is told of each end: for logs and metrics. */
export type Observer = {
  ended(job: DeliveryJob, verdict: Verdict): void;
  undeliverable(message: QueueMessage, reason: DeadReason): void;
  broke(message: QueueMessage, error: unknown): void;
};

export type ConsumePorts = DeliverPorts & {
  readonly queue: ConsumerQueue;
  readonly breaker: Breaker;
  readonly observe: Observer;
  readonly clock: Clock;
  /** How many deliveries of a batch may be under way at once. */
  readonly concurrency: number;
  /** Makes the job of a message. @throws {Undeliverable | MappingError} if it never will be one. */
  readonly jobOf: (body: string) => Promise<DeliveryJob>;
};

/** Less time than this before the function's end, and a message is left for the next invocation. */
const ENOUGH_MILLIS = 3_000;

const isTrouble = (failure: DeliveryFailure): boolean =>
  failure.outcome === 'transient' || failure.outcome === 'ambiguous' || failure.outcome === 'throttled';

/**
 * Works through a batch of an adapter's queue. Each message stands for itself: one that fails is postponed by its
 * class, one that can never succeed is buried with its reason, the others are acknowledged.
 * @param deadline when the function's time is up, in milliseconds since 1970.
 * @returns the ids of the messages that must come again.
 */
export const consume = async (
  ports: ConsumePorts,
  messages: readonly QueueMessage[],
  deadline: number,
): Promise<string[]> => {
  const again: string[] = [];

  const postpone = async (message: QueueMessage, seconds: number): Promise<void> => {
    again.push(message.messageId);
    await ports.queue.postpone(message, seconds);
  };

  const bury = (message: QueueMessage, job: DeliveryJob | undefined, failure: DeliveryFailure) => {
    const reason: DeadReason = {
      class: failure.outcome,
      code: failure.code,
      message: failure.message,
      failedAt: ports.clock.now(),
      ...(job ? { deliveryId: job.deliveryId, correlationId: job.correlationId } : {}),
    };
    if (job === undefined) ports.observe.undeliverable(message, reason);
    return ports.queue.bury(message, reason);
  };

  const settle = async (message: QueueMessage, job: DeliveryJob, verdict: Verdict): Promise<void> => {
    ports.observe.ended(job, verdict);
    if (verdict.verdict === 'done') {
      if (!verdict.repeat) ports.breaker.worked();
      return;
    }
    if (verdict.verdict === 'busy') {
      const wait = Math.ceil((Date.parse(verdict.until) - ports.clock.nowMillis()) / 1000);
      await postpone(message, Math.max(1, wait));
      return;
    }
    if (isTrouble(verdict.failure)) ports.breaker.failed();
    else ports.breaker.worked();
    const givenUp = verdict.failure.outcome === 'auth' && message.receiveCount >= AUTH_TRIES;
    if (verdict.verdict === 'dead' || givenUp) await bury(message, job, verdict.failure);
    else await postpone(message, retryDelay(verdict.failure.outcome, message.receiveCount, job.deliveryId));
  };

  const work = async (message: QueueMessage): Promise<void> => {
    const pause = ports.breaker.waitMillis();
    // A wait uses up one of the message's tries, so it grows like the wait after a failure: an outage is outlasted.
    if (pause > 0) {
      const seconds = retryDelay('transient', message.receiveCount, message.messageId);
      return postpone(message, Math.max(Math.ceil(pause / 1000), seconds));
    }
    if (deadline - ports.clock.nowMillis() < ENOUGH_MILLIS) return postpone(message, 1);
    let job: DeliveryJob;
    try {
      job = await ports.jobOf(message.body);
    } catch (error) {
      if (!(error instanceof Undeliverable || error instanceof MappingError)) throw error;
      return bury(message, undefined, { outcome: 'rejected', code: error.code, message: error.message });
    }
    await settle(message, job, await deliver(ports, job, new Date(deadline).toISOString()));
  };

  await eachLimited(messages, ports.concurrency, async (message) => {
    try {
      await work(message);
    } catch (error) {
      // A dependency of ours failed (table, bucket, queue): told, and the message comes again by its own timeout.
      ports.observe.broke(message, error);
      if (!again.includes(message.messageId)) again.push(message.messageId);
    }
  });
  return again;
};
