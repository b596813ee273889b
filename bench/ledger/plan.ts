import { prod } from '../../lib/config/prod.ts';
import type { Job } from './job.ts';
import type { Way } from './producers.ts';
import type { SampleOptions } from './sample.ts';
import { MONTHS } from './traffic.ts';

/** The freshness dial: seconds that a batch waits. */
export const WINDOWS = [1, 2, 10, 60, 300] as const;

/**
 * Shards of a month's stream: of growing one carries it all. Of large two would, but their batches would be full after 35 of
 * 60 seconds; a third costs about as much as it saves in writes.
 */
export const SHARDS = { growing: 1, large: 3 } as const;

export type MonthName = keyof typeof MONTHS;
type MonthJob = Extract<Job, { kind: 'month' }>;

/** How much is simulated: seconds to warm up, to count, and after a worker has died. */
type Span = Pick<SampleOptions, 'warmSeconds' | 'seconds' | 'crashSeconds' | 'sweepOneIn' | 'patienceSeconds'>;

/** A slot lasts 900 seconds; what is counted should be whole slots where that can be paid for. */
const SPANS: Readonly<Record<MonthName, { readonly quick: Span; readonly full: Span; readonly curve: Span }>> = {
  growing: {
    quick: { warmSeconds: 65, seconds: 240, crashSeconds: 60, sweepOneIn: 100, patienceSeconds: 8 },
    full: { warmSeconds: 300, seconds: 3_600, crashSeconds: 600, sweepOneIn: 20, patienceSeconds: 90 },
    curve: { warmSeconds: 300, seconds: 900, crashSeconds: 300, sweepOneIn: 50, patienceSeconds: 40 },
  },
  large: {
    quick: { warmSeconds: 35, seconds: 40, crashSeconds: 35, sweepOneIn: 400, patienceSeconds: 10 },
    full: { warmSeconds: 120, seconds: 900, crashSeconds: 120, sweepOneIn: 50, patienceSeconds: 150 },
    curve: { warmSeconds: 35, seconds: 140, crashSeconds: 35, sweepOneIn: 200, patienceSeconds: 45 },
  },
};

/** The job of a month that comes one way and waits so long. */
const monthJob = (month: MonthName, way: Way, windowSeconds: number, span: Span): MonthJob => ({
  kind: 'month',
  options: {
    workload: MONTHS[month],
    way,
    windowSeconds,
    shards: SHARDS[month],
    sweepSeconds: prod.ingest.settleSweepMinutes * 60,
    redeliverOneIn: 200,
    ...span,
  },
});

/** A month as it is asked for alone: `large-60`, `growing-2`, `growing-60-http`. */
const onlyJob = (only: string, quick: boolean): MonthJob => {
  const [, month, window, way = 'packed'] = /^(growing|large)-(\d+)(?:-(http|single))?$/.exec(only) ?? [];
  if (month === undefined) throw new Error(`--only takes large-60, growing-2 or growing-60-http, not ${only}`);
  const name = month as MonthName;
  return monthJob(name, way as Way, Number(window), SPANS[name][quick ? 'quick' : 'full']);
};

/** The months that are sampled, or one alone; the longest first, so that none is left alone at the end. */
export const monthJobs = (quick: boolean, only?: string): MonthJob[] => {
  if (only !== undefined) return [onlyJob(only, quick)];
  if (quick) {
    return [
      monthJob('large', 'packed', 60, SPANS.large.quick),
      monthJob('growing', 'packed', 60, SPANS.growing.quick),
      monthJob('growing', 'packed', 2, SPANS.growing.quick),
      monthJob('growing', 'http', 60, SPANS.growing.quick),
    ];
  }
  const spanOf = (month: MonthName, window: number): Span => SPANS[month][window === 60 ? 'full' : 'curve'];
  const months = ['large', 'growing'] as const;
  return months.flatMap((month) => [
    ...[60, ...WINDOWS.filter((window) => window !== 60)].map((window) =>
      monthJob(month, 'packed', window, spanOf(month, window)),
    ),
    monthJob(month, 'http', 60, SPANS[month].curve),
    monthJob(month, 'single', 60, SPANS[month].curve),
  ]);
};
