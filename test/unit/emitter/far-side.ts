import { eventsOf } from '../../../emitter/lanes.ts';
import type { Outcome, Pack, Transport, UndeliveredReason, UsageEvent } from '../../../emitter/types.ts';

/** An event to emit. `n` tells the events of a subject apart. */
export const eventOf = (subject: string, n: number, changes: Partial<UsageEvent> = {}): UsageEvent => ({
  specversion: '1.0',
  source: '//larkspur.example/platform',
  id: `${subject}-${n}`,
  type: 'com.larkspur.api.requests',
  subject,
  time: '2026-10-05T09:30:00.000Z',
  dataschema: 'https://schemas.larkspur.example/com.larkspur.api.requests/2',
  data: { count: n + 1, endpoint: 'read' },
  ...changes,
});

const LIMITS: Transport['limits'] = {
  packEvents: 1_000,
  packBytes: 900 * 1024,
  callPacks: 500,
  callEvents: 10_000,
  callBytes: 1024 * 1024,
  callRawBytes: 8 * 1024 * 1024,
};

/** A call as the far side saw it: subject and event ids of each pack. */
export type Call = readonly { readonly subject: string; readonly ids: readonly string[] }[];

/**
 * A far side that answers as `answer` says, by default that everything is delivered.
 * @param answer may throw, wait, or answer for less than all packs.
 */
export const farSide = (
  answer: (
    packs: readonly Pack[],
    call: number,
    signal: AbortSignal,
  ) => readonly Outcome[] | Promise<readonly Outcome[]> = (packs) => packs.map(() => ({ status: 'delivered' })),
  limits: Partial<Transport['limits']> = {},
): { readonly transport: Transport; readonly calls: Call[] } => {
  const calls: Call[] = [];
  const transport: Transport = {
    limits: { ...LIMITS, ...limits },
    send: async (packs, signal) => {
      calls.push(packs.map((pack) => ({ subject: pack.subject, ids: eventsOf(pack).map(({ id }) => id) })));
      return answer(packs, calls.length - 1, signal);
    },
  };
  return { transport, calls };
};

/** Keeps what an emitter tells as undelivered. */
export const told = () => {
  const list: { readonly ids: readonly string[]; readonly reason: UndeliveredReason }[] = [];
  const onUndelivered = (events: readonly UsageEvent[], reason: UndeliveredReason): void => {
    list.push({ ids: events.map(({ id }) => id), reason });
  };
  return { list, onUndelivered };
};
