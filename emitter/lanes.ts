import { gunzipSync, gzipSync } from 'node:zlib';
import { type Line, PACK_OVERHEAD } from './line.ts';
import type { Pack, UsageEvent } from './types.ts';

/** A pack on its way, with what is known of its tries. */
export type SealedPack = Pack & {
  /** What it counts for in memory. */
  readonly held: number;
  tries: number;
  /** When it was tried first. */
  firstTry?: number;
  /** Called when it is delivered, or told as undelivered. */
  readonly settled: (() => void)[];
};

/**
 * What waits for one subject: packs in the order in which they go, and behind them lines that are not packed yet. Only
 * its first pack is ever on the way; that keeps the order.
 */
export type Lane = {
  readonly subject: string;
  readonly packs: SealedPack[];
  lines: string[];
  /** Size of the lines as UTF-8, with their ends. */
  bytes: number;
  /** What the lines count for in memory. */
  held: number;
  /** `busy`: its first pack is on the way, or waits for its next try. */
  state: 'resting' | 'ready' | 'busy';
  /** Its lines have waited long enough. */
  due: boolean;
};

/** When a pack is full. */
export type PackLimits = { readonly packEvents: number; readonly packBytes: number };

/** The lanes of all subjects that have something to send. */
export type Lanes = {
  /** Adds a line to its subject's lane. */
  add(line: Line): void;
  /** Makes all lines due that wait: their window is over, or room is needed. Answers whether there were any. */
  hurry(): boolean;
  /** Packs all lines that wait, and makes their lanes ready. */
  sealAll(): void;
  /** Lanes with something to send now, longest ready first. */
  readonly ready: ReadonlySet<Lane>;
  /** The first pack of a ready lane; packs its lines if it has no pack. */
  head(lane: Lane): SealedPack;
  /** The lane's first pack goes on its way. */
  depart(lane: Lane): void;
  /** The lane's first pack is to be tried again now. */
  again(lane: Lane): void;
  /** The lane's first pack is done with. */
  arrive(lane: Lane): void;
  /** All that have something to send. */
  all(): Lane[];
  /** Events that are not done with. */
  readonly events: number;
};

/** The events of a pack, as they were emitted. */
export const eventsOf = (pack: Pack): UsageEvent[] =>
  gunzipSync(pack.data)
    .toString('utf8')
    .split('\n')
    .slice(0, pack.events)
    .map((line) => JSON.parse(line) as UsageEvent);

/** @param give called with the bytes that a pack saves beside its lines, or that are free when it is done with. */
export const makeLanes = (limits: PackLimits, give: (bytes: number) => void): Lanes => {
  const lanes = new Map<string, Lane>();
  const ready = new Set<Lane>();
  /** Lanes with lines whose window is not over. */
  const open = new Set<Lane>();
  let events = 0;

  const makeReady = (lane: Lane): void => {
    lane.state = 'ready';
    ready.add(lane);
  };

  const seal = (lane: Lane): void => {
    const { lines, bytes, held } = lane;
    // A copy of its own: what gzip answers is a piece of a much larger buffer, which it would keep alive.
    const data = new Uint8Array(gzipSync(`${lines.join('\n')}\n`));
    const pack: SealedPack = {
      subject: lane.subject,
      data,
      events: lines.length,
      rawBytes: bytes,
      held: data.length + PACK_OVERHEAD,
      tries: 0,
      settled: [],
    };
    lane.packs.push(pack);
    lane.lines = [];
    lane.bytes = 0;
    lane.held = 0;
    lane.due = false;
    open.delete(lane);
    give(held - pack.held);
  };

  const laneOf = (subject: string): Lane => {
    const found = lanes.get(subject);
    if (found) return found;
    const lane: Lane = { subject, packs: [], lines: [], bytes: 0, held: 0, state: 'resting', due: false };
    lanes.set(subject, lane);
    return lane;
  };

  return {
    ready,
    get events() {
      return events;
    },
    add: ({ subject, text, bytes, held }) => {
      const lane = laneOf(subject);
      if (lane.lines.length > 0 && lane.bytes + bytes + 1 > limits.packBytes) seal(lane);
      if (lane.lines.length === 0) open.add(lane);
      lane.lines.push(text);
      lane.bytes += bytes + 1;
      lane.held += held;
      events += 1;
      if (lane.lines.length >= limits.packEvents || lane.bytes >= limits.packBytes) seal(lane);
      if (lane.packs.length > 0 && lane.state === 'resting') makeReady(lane);
    },
    hurry: () => {
      const any = open.size > 0;
      for (const lane of open) {
        lane.due = true;
        if (lane.state === 'resting') makeReady(lane);
      }
      open.clear();
      return any;
    },
    sealAll: () => {
      for (const lane of lanes.values()) {
        if (lane.lines.length > 0) seal(lane);
        if (lane.packs.length > 0 && lane.state === 'resting') makeReady(lane);
      }
    },
    head: (lane) => {
      if (lane.packs.length === 0) seal(lane);
      const [pack] = lane.packs;
      if (pack === undefined) throw new Error(`the lane of ${lane.subject} is ready without a pack`);
      return pack;
    },
    depart: (lane) => {
      ready.delete(lane);
      lane.state = 'busy';
    },
    again: makeReady,
    arrive: (lane) => {
      const pack = lane.packs.shift();
      if (pack === undefined) throw new Error(`nothing of ${lane.subject} was on its way`);
      lane.state = 'resting';
      if (lane.packs.length > 0 || lane.due) makeReady(lane);
      else if (lane.lines.length === 0) lanes.delete(lane.subject);
      events -= pack.events;
      give(pack.held);
      for (const settled of pack.settled) settled();
    },
    all: () => [...lanes.values()],
  };
};
