import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient } from '../../ops/api-client.ts';

/** Reads one account's usage again and again, and notes when each of its events is in it. */
export type Watcher = {
  /** Whose events it waits for. */
  readonly subject: string;
  /** One event was put on the stream at this time (milliseconds since 1970). */
  sent(at: number): void;
  /** Waits for what is still open, but not longer; answers the delays in milliseconds, `undefined` for what never came. */
  end(patienceMillis: number): Promise<(number | undefined)[]>;
};

type UsageAnswer = { readonly usage: readonly { readonly meter: string; readonly quantity: string }[] };

const now = (): number => performance.timeOrigin + performance.now();
const PAUSE_MILLIS = 20;
const DAY_MILLIS = 86_400_000;

/** Begins to watch an account of the example company; its subject is the organisation of the same number. */
export const watch = (api: ApiClient, account: string): Watcher => {
  const subject = account.replace('acct', 'org');
  // Local days of the account's zone: today is among these in every zone.
  const [start, end] = [-1, 2].map((days) => new Date(now() + days * DAY_MILLIS).toISOString().slice(0, 10));
  const opened: number[] = [];
  const delays: number[] = [];
  let over = false;

  const count = async (): Promise<number> => {
    const { usage } = await api.get<UsageAnswer>(`/accounts/${account}/usage`, {
      start,
      end,
      meter: 'api_calls',
    });
    return usage.reduce((sum, { quantity }) => sum + Number(quantity), 0);
  };
  const reading = (async () => {
    while (!over) {
      // Each event counts one: so many are readable.
      const readable = await count();
      const at = now();
      while (delays.length < Math.min(readable, opened.length)) delays.push(at - (opened[delays.length] ?? at));
      await pause(PAUSE_MILLIS);
    }
  })();
  return {
    subject,
    sent: (at) => {
      opened.push(at);
    },
    end: async (patienceMillis) => {
      const until = now() + patienceMillis;
      while (delays.length < opened.length && now() < until) await pause(PAUSE_MILLIS);
      over = true;
      await reading;
      return opened.map((_, n) => delays[n]);
    },
  };
};
