import { EmitRefused } from './line.ts';

/** Who waits for room, in the order of coming. */
type Waiting = { readonly bytes: number; readonly enter: () => void; readonly refuse: (error: EmitRefused) => void };

/** Counted memory: what is taken never exceeds the limit, and who does not fit waits. */
export type Memory = {
  /** Bytes taken. */
  readonly held: number;
  /** How many wait. */
  readonly waiting: number;
  /**
   * Takes `bytes` and calls `enter` in the same step: at once if there is room and nobody waits, else when it is this
   * caller's turn. @throws {EmitRefused} `OVERRUN` if too many wait already, `CLOSED` when `close` comes first.
   */
  take(bytes: number, enter: () => void): Promise<void>;
  /** Gives back. */
  give(bytes: number): void;
  /** Lets in who waits and fits, in the order of coming. */
  admit(): void;
  /** Refuses all who wait. */
  close(): void;
};

/** @param pressed called when somebody has to wait. */
export const makeMemory = (limit: number, maxWaiting: number, pressed: () => void): Memory => {
  const queue: Waiting[] = [];
  let held = 0;
  return {
    get held() {
      return held;
    },
    get waiting() {
      return queue.length;
    },
    take: (bytes, enter) => {
      if (queue.length === 0 && held + bytes <= limit) {
        held += bytes;
        enter();
        return Promise.resolve();
      }
      if (queue.length >= maxWaiting) {
        const message = `${maxWaiting} calls of emit wait for room already: await each of them before the next`;
        return Promise.reject(new EmitRefused('OVERRUN', message));
      }
      const turn = Promise.withResolvers<void>();
      const enterAndTell = (): void => {
        enter();
        turn.resolve();
      };
      queue.push({ bytes, enter: enterAndTell, refuse: turn.reject });
      pressed();
      return turn.promise;
    },
    give: (bytes) => {
      held -= bytes;
    },
    admit: () => {
      for (let next = queue[0]; next !== undefined && held + next.bytes <= limit; next = queue[0]) {
        queue.shift();
        held += next.bytes;
        next.enter();
      }
    },
    close: () => {
      for (const { refuse } of queue.splice(0)) {
        refuse(new EmitRefused('CLOSED', 'the emitter was closed before there was room for the event'));
      }
    },
  };
};
