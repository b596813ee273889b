import { billByCause, billOf, billTotal, dollars, SERVICES } from './bill.ts';
import { burstsOf, NIGHTS, type Paid, steadyPerSecond } from './capacity.ts';
import { causeInWords } from './causes.ts';
import { plus, total } from './counted-aws/usage.ts';
import { type Walk, walksOf } from './nightly.ts';
import { type MonthName, WINDOWS } from './plan.ts';
import { PRODUCERS, type Way } from './producers.ts';
import type { MonthSample } from './sample.ts';
import { authorizations, withStanding } from './standing.ts';
import { type Cell, number, table, usd } from './table.ts';
import { MONTHS } from './traffic.ts';

/** A month as it is billed. */
export type BilledMonth = {
  readonly sample: MonthSample;
  readonly walk: Walk;
  readonly month: MonthName;
  /** Dollars per million events, by service, by cause, and all in, without storage. */
  readonly byService: ReadonlyMap<string, number>;
  readonly byCause: readonly (readonly [string, number])[];
  readonly perMillion: number;
  readonly writesPerEvent: number;
  readonly readsPerEvent: number;
  /** Read units of a nightly walk. */
  readonly walkReads: number;
  /** Units a second of the tables of usage, without the bursts of the nights. */
  readonly steady: { readonly writes: number; readonly reads: number };
};

const inWords = (costs: readonly (readonly [string, number])[]): (readonly [string, number])[] => {
  const sums = new Map<string, number>();
  for (const [cause, value] of costs) sums.set(causeInWords(cause), (sums.get(causeInWords(cause)) ?? 0) + value);
  return [...sums].sort(([, a], [, b]) => b - a);
};

/** What a sampled month costs, its capacity paid in one of two ways. */
export const billed = (sample: MonthSample, walk: Walk, paid: Paid = 'by the hour'): BilledMonth => {
  const keys = sample.options.way === 'http' ? authorizations(PRODUCERS) : {};
  const walks = walksOf(sample, walk);
  const used = plus(sample.counted, walks, keys);
  const bursts = burstsOf(sample.facts, walks);
  const counted = withStanding(used, sample.options.shards, sample.facts.metrics, paid, bursts);
  const millions = sample.events / 1e6;
  return {
    sample,
    walk,
    month: sample.options.workload.eventsPerSecond === MONTHS.large.eventsPerSecond ? 'large' : 'growing',
    byService: new Map([...billOf(counted)].map(([service, value]) => [service, value / millions])),
    byCause: inWords(billByCause(counted)).map(([cause, value]) => [cause, value / millions] as const),
    perMillion: billTotal(counted) / millions,
    writesPerEvent: total(used, 'dynamodb.write') / sample.events,
    readsPerEvent: total(used, 'dynamodb.read') / sample.events,
    walkReads: total(walks, 'dynamodb.read') / NIGHTS,
    steady: { writes: steadyPerSecond(used, 'write', bursts), reads: steadyPerSecond(used, 'read', bursts) },
  };
};

/** The month that came one way and waited so long, if it was sampled. */
export const find = (
  all: readonly BilledMonth[],
  month: MonthName,
  way: Way,
  window: number,
): BilledMonth | undefined =>
  all.find(
    (each) => each.month === month && each.sample.options.way === way && each.sample.options.windowSeconds === window,
  );

const NAMES: Readonly<Record<Way, string>> = {
  packed: 'packed by the emitter',
  http: 'HTTP, in hundreds',
  single: 'one event a record',
};

const services = [...new Set(SERVICES.map(([name]) => name))];

const serviceRows = (columns: readonly BilledMonth[]): Cell[][] => [
  ...services
    .filter((service) => columns.some(({ byService }) => (byService.get(service) ?? 0) > 0))
    .map((service) => [service, ...columns.map(({ byService }) => usd(byService.get(service) ?? 0))]),
  ['all in, without storage', ...columns.map(({ perMillion }) => usd(perMillion))],
  [
    'the same, stream and tables paid by use',
    ...columns.map(({ sample, walk }) => usd(billed(sample, walk, 'by use').perMillion)),
  ],
  ['dollars a month', ...columns.map(({ perMillion, sample }) => number((perMillion * sample.events) / 1e6))],
  ['write units per event', ...columns.map(({ writesPerEvent }) => number(writesPerEvent, 3))],
  ['read units per event', ...columns.map(({ readsPerEvent }) => number(readsPerEvent, 3))],
  ['read units of a balance, median account', ...columns.map(({ sample }) => number(sample.facts.balanceReads))],
  ['seconds simulated and counted', ...columns.map(({ sample }) => number(sample.facts.seconds))],
];

/** How the events come makes this difference, at a window of 60 seconds. */
export const waysTable = (all: readonly BilledMonth[]): string => {
  const columns = (['growing', 'large'] as const).flatMap((month) =>
    (['packed', 'http', 'single'] as const).flatMap((way) => find(all, month, way, 60) ?? []),
  );
  const headings = columns.map(({ month, sample }) => `${month}: ${NAMES[sample.options.way]}`);
  return table(['dollars per million events', ...headings], serviceRows(columns));
};

/** The curve over the freshness dial. */
export const curveTable = (all: readonly BilledMonth[], month: MonthName): string => {
  const columns = WINDOWS.flatMap((window) => find(all, month, 'packed', window) ?? []);
  const headings = columns.map(({ sample }) => `${sample.options.windowSeconds} s`);
  const perBatch: Cell[] = [
    'events per batch',
    ...columns.map(({ sample: { facts } }) => number(facts.events / Math.max(1, facts.batches))),
  ];
  return table([`${month}, dollars per million`, ...headings], [...serviceRows(columns), perBatch]);
};

/** Which part of the work costs what. */
export const causesTable = (columns: readonly BilledMonth[]): string => {
  const causes = [...new Set(columns.flatMap(({ byCause }) => byCause.map(([cause]) => cause)))];
  const costOf = ({ byCause }: BilledMonth, cause: string): number =>
    byCause.find(([name]) => name === cause)?.[1] ?? 0;
  return table(
    ['dollars per million, by cause', ...columns.map(({ month }) => month)],
    causes
      .filter((cause) => columns.some((column) => costOf(column, cause) >= 0.00005))
      .map((cause) => [cause, ...columns.map((column) => usd(costOf(column, cause)))]),
  );
};

const GB = 1024 ** 3;

/** What the events of a month take to keep: per million events, the first month and each further one. */
export const storageTable = (columns: readonly BilledMonth[]): string => {
  const gigabytes = (bytes: number): number => (bytes * 1e6) / GB;
  const perMonth = (line: string, bytes: number): number => dollars(line, gigabytes(bytes));
  const of = ({ sample: { facts }, walk }: BilledMonth) => {
    const table = perMonth('dynamodb.storage', facts.ledgerBytes) + perMonth('dynamodb.recovery', facts.ledgerBytes);
    const archive = perMonth('s3.storage', facts.archiveBytes);
    const walked = walk.bytes / walk.events;
    const walks = perMonth('s3.storage', walked);
    return { facts, table, archive, walked, walks, all: table + archive + walks };
  };
  const rows: Cell[][] = [
    ['bytes per event in the ledger', ...columns.map((column) => number(of(column).facts.ledgerBytes))],
    ['bytes per event in the archive', ...columns.map((column) => number(of(column).facts.archiveBytes))],
    ['bytes per event of the walk: journal, ids, heads', ...columns.map((column) => number(of(column).walked))],
    ['ledger, with recovery of 35 days', ...columns.map((column) => usd(of(column).table))],
    ['archive', ...columns.map((column) => usd(of(column).archive))],
    ['walk', ...columns.map((column) => usd(of(column).walks))],
    // Events come all month long: on average half of it is kept of them.
    ['first month (half of it)', ...columns.map((column) => usd(of(column).all / 2))],
    ['each further month', ...columns.map((column) => usd(of(column).all))],
  ];
  return table(['dollars per million events', ...columns.map(({ month }) => month)], rows);
};
