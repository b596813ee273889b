import { type Counted, since } from './counted-aws/usage.ts';
import { emptyLedger } from './filling.ts';
import { FAULTS, type Workload } from './traffic.ts';

/**
 * Always as fast, always as many accounts: only the ledger grows. So few and so slow that 100,000 events are more than a day:
 * the first is cheaper than all others, since late events find nothing old. They are at most a day late.
 */
const SLOW: Workload = { ...FAULTS, eventsPerSecond: 1, accounts: 3, duplicatesDaysLater: 0, lateDays: 0 };
const WINDOW_SECONDS = 240;

/** What it costs to go from one number of events to the next. */
export type Stretch = {
  /** Events at its beginning and at its end. */
  readonly from: number;
  readonly events: number;
  /** Events and counts of the stretch alone. */
  readonly taken: number;
  readonly counted: Counted;
  /** Milliseconds of processor time of the functions. */
  readonly processor: number;
  /** Bytes in the tables at its end, and memory of the process with them. */
  readonly stored: number;
  readonly rssMegabytes: number;
};

/** 1, 3, 10, 30, ... */
const milestone = (n: number): number => (n % 2 === 0 ? 1 : 3) * 10 ** Math.floor(n / 2);
const FIRST = 8;

/** Fills one ledger from nothing to `most` events. Once per process. */
export const grow = async (most: number): Promise<Stretch[]> => {
  const { usage, aws, fill } = emptyLedger(SLOW, WINDOW_SECONDS);
  const stretches: Stretch[] = [];
  let before = { events: 0, processor: 0, counted: usage.counted(), end: 0 };
  for await (const { events, processor } of fill(most)) {
    const end = milestone(FIRST + stretches.length);
    if (events < end) continue;
    const counted = usage.counted();
    stretches.push({
      from: before.end,
      events: end,
      taken: events - before.events,
      counted: since(before.counted, counted),
      processor: processor - before.processor,
      stored: aws.tables('ledger').size().bytes + aws.tables('projection').size().bytes,
      rssMegabytes: process.memoryUsage.rss() / 1024 ** 2,
    });
    before = { events, processor, counted, end };
  }
  return stretches;
};
