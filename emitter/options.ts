import { MAX_LINE_BYTES } from './line.ts';
import type { RetryPolicy } from './sender.ts';
import type { Clock, Transport, UndeliveredReason, UsageEvent } from './types.ts';

/** How an emitter works. Only the transport and `onUndelivered` must be given. */
export type EmitterOptions = Partial<RetryPolicy> & {
  readonly transport: Transport;
  /**
   * Told exactly which events could not be delivered, and why, in the order of emission per subject. What it throws is
   * thrown again by the next `flush` or `close`.
   */
  readonly onUndelivered: (events: readonly UsageEvent[], reason: UndeliveredReason) => void;
  /** Bytes that the emitter holds at most (counted: texts, packs, and the objects around them). Default 16 MiB. */
  readonly memoryBytes?: number;
  /** So many calls of `emit` may wait for room; one more is refused. Default 1,000. */
  readonly maxWaiting?: number;
  /** A pack is sent when it has so many bytes, unpacked. Default 256 KiB, at most what the transport takes. */
  readonly packBytes?: number;
  /** A pack is sent after so many milliseconds at the latest. Default 1,000. */
  readonly maxDelayMillis?: number;
  readonly clock?: Clock;
  /** From 0 to below 1. */
  readonly chance?: () => number;
};

/** All options, with what was not given. */
type Options = {
  readonly memoryBytes: number;
  readonly maxWaiting: number;
  readonly packBytes: number;
  readonly maxDelayMillis: number;
  readonly policy: RetryPolicy;
};

/** The largest event and a pack of it must fit. */
const LEAST_MEMORY = 4 * MAX_LINE_BYTES;

const atLeast = (least: number, name: string, value: number): number => {
  if (!(value >= least)) throw new RangeError(`${name} is ${value}; it must be at least ${least}`);
  return value;
};

/** @throws {RangeError} for an option that cannot work. */
export const checkedOptions = (options: EmitterOptions): Options => ({
  memoryBytes: atLeast(LEAST_MEMORY, 'memoryBytes', options.memoryBytes ?? 16 * 1024 * 1024),
  maxWaiting: atLeast(0, 'maxWaiting', options.maxWaiting ?? 1_000),
  packBytes: Math.min(options.transport.limits.packBytes, atLeast(1, 'packBytes', options.packBytes ?? 256 * 1024)),
  maxDelayMillis: atLeast(0, 'maxDelayMillis', options.maxDelayMillis ?? 1_000),
  policy: {
    backoffMillis: atLeast(1, 'backoffMillis', options.backoffMillis ?? 100),
    backoffCapMillis: atLeast(1, 'backoffCapMillis', options.backoffCapMillis ?? 20_000),
    giveUpAfterMillis: atLeast(0, 'giveUpAfterMillis', options.giveUpAfterMillis ?? 300_000),
    callTimeoutMillis: atLeast(1, 'callTimeoutMillis', options.callTimeoutMillis ?? 30_000),
    maxCalls: atLeast(1, 'maxCalls', options.maxCalls ?? 4),
  },
});
