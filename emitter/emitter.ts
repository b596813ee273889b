import { systemChance, systemClock } from './clock.ts';
import { eventsOf, makeLanes, type SealedPack } from './lanes.ts';
import { EmitRefused, lineOf } from './line.ts';
import { makeMemory } from './memory.ts';
import { checkedOptions, type EmitterOptions } from './options.ts';
import { makeSender } from './sender.ts';
import type { UndeliveredReason, UsageEvent } from './types.ts';

/** What an emitter holds at the moment, to be watched. */
export type Held = {
  /** Events taken and not done with. */
  readonly events: number;
  /** Counted bytes, never more than `memoryBytes`. */
  readonly bytes: number;
  /** Calls of `emit` that wait for room. */
  readonly waiting: number;
};

/** Delivers events: each one arrives at least once, or `onUndelivered` tells of it. */
export type Emitter = {
  /**
   * Takes an event. Resolves when it is taken into the memory; waits while that is full: await it. Events of a subject are
   * delivered in the order of these calls. @throws {EmitRefused} for an event that is not taken.
   */
  emit(event: UsageEvent): Promise<void>;
  /** Sends at once what was taken before; resolves when all of it is delivered or told as undelivered. */
  flush(): Promise<void>;
  /**
   * Takes nothing more, sends what was taken, and resolves when all of it is delivered or told as undelivered: what is
   * still open after `deadlineMillis` (default 10,000) is told with the code `CLOSED`.
   */
  close(deadlineMillis?: number): Promise<void>;
  held(): Held;
};

const CLOSE_DEADLINE_MILLIS = 10_000;

/** Makes an emitter. One per process is enough. @throws {RangeError} for an option that cannot work. */
export const createEmitter = (options: EmitterOptions): Emitter => {
  const { transport, clock = systemClock, chance = systemChance, onUndelivered } = options;
  const { memoryBytes, maxWaiting, packBytes, maxDelayMillis, policy } = checkedOptions(options);
  let closing: Promise<void> | undefined;
  let stepPlanned = false;
  let endWindow: (() => void) | undefined;
  const failures: unknown[] = [];

  /** One step: who waits comes in, what is due is sent. Planned, so that what happens together is sent together. */
  const kick = (): void => {
    if (stepPlanned) return;
    stepPlanned = true;
    queueMicrotask(() => {
      stepPlanned = false;
      memory.admit();
      if (memory.waiting > 0) lanes.hurry();
      sender.dispatch();
    });
  };

  const memory = makeMemory(memoryBytes, maxWaiting, kick);
  const lanes = makeLanes({ packBytes, packEvents: transport.limits.packEvents }, (bytes) => {
    memory.give(bytes);
    kick();
  });

  const undelivered = (pack: SealedPack, reason: UndeliveredReason, rejected?: number): void => {
    const events = eventsOf(pack);
    try {
      onUndelivered(rejected === undefined ? events : events.slice(rejected, rejected + 1), reason);
    } catch (error) {
      failures.push(error);
    }
  };
  const sender = makeSender({ lanes, transport, clock, chance, policy, undelivered, kick });

  const openWindow = (): void => {
    endWindow ??= clock.after(maxDelayMillis, () => {
      endWindow = undefined;
      if (lanes.hurry()) kick();
    });
  };

  /** Resolves when all packs of now are done with. */
  const settled = async (): Promise<void> => {
    lanes.sealAll();
    kick();
    const packs = lanes.all().flatMap((lane) => lane.packs);
    await Promise.all(packs.map(({ settled }) => new Promise<void>((resolve) => settled.push(resolve))));
  };

  const tellFailure = (): void => {
    const [first] = failures.splice(0);
    if (first !== undefined) throw first;
  };

  const end = async (deadlineMillis: number): Promise<void> => {
    memory.close();
    endWindow?.();
    const deadline = Promise.withResolvers<void>();
    const cancel = clock.after(deadlineMillis, deadline.resolve);
    await Promise.race([settled(), deadline.promise]);
    cancel();
    sender.stop();
    for (const lane of lanes.all()) {
      for (const pack of [...lane.packs]) {
        undelivered(pack, { code: 'CLOSED', message: `not taken before the emitter closed, in ${pack.tries} tries` });
        lanes.arrive(lane);
      }
    }
    tellFailure();
  };

  return {
    emit: async (event) => {
      if (closing) throw new EmitRefused('CLOSED', 'the emitter is closed and takes no more events');
      const line = lineOf(event);
      await memory.take(line.held, () => {
        lanes.add(line);
        openWindow();
        kick();
      });
    },
    flush: async () => {
      await settled();
      tellFailure();
    },
    close: (deadlineMillis = CLOSE_DEADLINE_MILLIS) => {
      closing ??= end(deadlineMillis);
      return closing;
    },
    held: () => ({ events: lanes.events, bytes: memory.held, waiting: memory.waiting }),
  };
};
