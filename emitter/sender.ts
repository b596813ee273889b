import type { Lane, Lanes, SealedPack } from './lanes.ts';
import type { Clock, Outcome, Transport, UndeliveredReason } from './types.ts';

/** How often and how long a pack is tried. */
export type RetryPolicy = {
  /** The first retry comes within this time, each further one within twice the time of the one before. */
  readonly backoffMillis: number;
  /** But within this time at the latest. */
  readonly backoffCapMillis: number;
  /** A pack that is not taken for so long is given up and told as undelivered. */
  readonly giveUpAfterMillis: number;
  /** A call that takes longer counts as lost. */
  readonly callTimeoutMillis: number;
  /** So many calls are on the way at once. */
  readonly maxCalls: number;
};

/** What carries ready lanes away. */
export type Sender = {
  /** Starts as many calls as may be on the way. */
  dispatch(): void;
  /** Ends all calls and timers. Nothing is sent or told afterwards. */
  stop(): void;
};

/** What a sender needs. */
export type SenderPorts = {
  readonly lanes: Lanes;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly policy: RetryPolicy;
  /** Told before the pack is done with. `rejected`: only the event at this index of the pack. */
  readonly undelivered: (pack: SealedPack, reason: UndeliveredReason, rejected?: number) => void;
  /** Something is ready, or there is room for another call. */
  readonly kick: () => void;
};

/** Nobody is left alone for longer, whatever he asks for: the next try asks him again. */
const LONGEST_QUIET_MILLIS = 15 * 60_000;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Waits before the next try: full jitter, so that senders that failed together do not come back together. */
export const jittered = (tries: number, policy: RetryPolicy, chance: () => number): number =>
  chance() * Math.min(policy.backoffCapMillis, policy.backoffMillis * 2 ** (tries - 1));

export const makeSender = (ports: SenderPorts): Sender => {
  const { lanes, transport, clock, chance, policy } = ports;
  const calls = new Set<AbortController>();
  const timers = new Set<() => void>();
  /** Until then the far side wants to be left alone. */
  let quietUntil = 0;
  let wakes = false;
  let stopped = false;

  const later = (millis: number, run: () => void): (() => void) => {
    const cancel = clock.after(millis, () => {
      timers.delete(stop);
      run();
    });
    const stop = (): void => {
      timers.delete(stop);
      cancel();
    };
    timers.add(stop);
    return stop;
  };

  /** The lanes of the next call, in the order in which they became ready. */
  const nextCall = (): Lane[] => {
    const { callPacks, callEvents, callBytes, callRawBytes } = transport.limits;
    const chosen: Lane[] = [];
    let events = 0;
    let bytes = 0;
    let rawBytes = 0;
    for (const lane of lanes.ready) {
      const pack = lanes.head(lane);
      events += pack.events;
      bytes += pack.data.length + Buffer.byteLength(pack.subject);
      rawBytes += pack.rawBytes;
      const fits = events <= callEvents && bytes <= callBytes && rawBytes <= callRawBytes;
      if (chosen.length > 0 && (!fits || chosen.length === callPacks)) break;
      chosen.push(lane);
    }
    for (const lane of chosen) lanes.depart(lane);
    return chosen;
  };

  const giveUp = (lane: Lane, pack: SealedPack, reason: UndeliveredReason): void => {
    ports.undelivered(pack, reason);
    lanes.arrive(lane);
  };

  const tryAgain = (lane: Lane, pack: SealedPack, outcome: Outcome & { status: 'again' }): void => {
    const now = clock.nowMillis();
    if (now - (pack.firstTry ?? now) >= policy.giveUpAfterMillis) {
      const message = `not taken in ${pack.tries} tries and ${policy.giveUpAfterMillis} ms: ${outcome.reason}`;
      giveUp(lane, pack, { code: 'GAVE_UP', message });
      return;
    }
    const wait = jittered(pack.tries, policy, chance);
    if (outcome.afterMillis !== undefined) {
      quietUntil = Math.max(quietUntil, now + Math.min(outcome.afterMillis, LONGEST_QUIET_MILLIS));
    }
    later(Math.max(0, quietUntil - now) + wait, () => {
      lanes.again(lane);
      ports.kick();
    });
  };

  const settle = (lane: Lane, pack: SealedPack, outcome: Outcome): void => {
    switch (outcome.status) {
      case 'again':
        tryAgain(lane, pack, outcome);
        break;
      case 'refused':
        giveUp(lane, pack, { code: 'REFUSED', message: outcome.reason });
        break;
      case 'delivered':
        for (const { index, ...rejection } of outcome.rejections ?? []) {
          ports.undelivered(pack, { code: 'REJECTED', message: rejection.message, rejection }, index);
        }
        lanes.arrive(lane);
    }
  };

  /** The outcomes of a call, whatever happens to it. */
  const outcomesOf = async (packs: readonly SealedPack[], call: AbortController): Promise<readonly Outcome[]> => {
    const ended = Promise.withResolvers<never>();
    call.signal.addEventListener('abort', () => ended.reject(call.signal.reason), { once: true });
    const stopTimer = later(policy.callTimeoutMillis, () =>
      call.abort(new Error(`no answer in ${policy.callTimeoutMillis} ms`)),
    );
    try {
      return await Promise.race([transport.send(packs, call.signal), ended.promise]);
    } catch (error) {
      return packs.map(() => ({ status: 'again', reason: messageOf(error) }));
    } finally {
      stopTimer();
    }
  };

  const run = async (chosen: readonly Lane[]): Promise<void> => {
    const call = new AbortController();
    calls.add(call);
    const packs = chosen.map((lane) => lanes.head(lane));
    for (const pack of packs) {
      pack.tries += 1;
      pack.firstTry ??= clock.nowMillis();
    }
    const outcomes = await outcomesOf(packs, call);
    calls.delete(call);
    if (stopped) return;
    for (const [n, pack] of packs.entries()) {
      const outcome = outcomes[n] ?? { status: 'again', reason: 'the answer says nothing of it' };
      settle(chosen[n] as Lane, pack, outcome);
    }
    ports.kick();
  };

  const wake = (): void => {
    wakes = false;
    ports.kick();
  };

  return {
    dispatch: () => {
      if (stopped) return;
      const quiet = quietUntil - clock.nowMillis();
      if (quiet > 0) {
        if (!wakes) later(quiet, wake);
        wakes = true;
        return;
      }
      while (calls.size < policy.maxCalls && lanes.ready.size > 0) void run(nextCall());
    },
    stop: () => {
      stopped = true;
      for (const cancel of [...timers]) cancel();
      for (const call of calls) call.abort(new Error('the emitter was closed'));
    },
  };
};
