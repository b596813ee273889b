import { parseArgs } from 'node:util';
import { CONTESTANTS } from './ledger/contest.ts';
import type { Stretch } from './ledger/growth.ts';
import type { Job } from './ledger/job.ts';
import { runJobs } from './ledger/jobs.ts';
import { monthJobs } from './ledger/plan.ts';
import { preface } from './ledger/preface.ts';
import { capacityTable } from './ledger/report-capacity.ts';
import { billed, causesTable, curveTable, find, storageTable, waysTable } from './ledger/report-months.ts';
import { alternativesTable, growthTable, memoryTable } from './ledger/report-others.ts';
import { judge, type Measured, targetsTable } from './ledger/targets.ts';
import { MONTHS } from './ledger/traffic.ts';

/**
 * What the usage ledger costs (bench/ledger/README.md): two reference months through the real code, four other ways to
 * count the same events, growth, and a consumer's memory. `--quick`: about four minutes, a smaller sample of each.
 * `--growth 10000000` and `--ids 5000000` go as far as one likes. `--only large-60` (`-http`, `-single`) samples that month alone,
 * `--only growth` measures growth alone.
 */
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    growth: { type: 'string' },
    ids: { type: 'string' },
    only: { type: 'string' },
  },
});
const { quick, only } = values;
const say = (text: string): void => {
  process.stdout.write(`${text}\n\n`);
};

say(preface(quick));

const size = (given: string | undefined, small: number, full: number): number =>
  Number(given ?? (quick ? small : full));
const measureGrowth = async (): Promise<readonly Stretch[]> => {
  const [growth = []] = await runJobs<'growth'>([{ kind: 'growth', events: size(values.growth, 100_000, 1_000_000) }]);
  return growth;
};
const growthReport = (growth: readonly Stretch[]): string =>
  `\nGrowth, at a fixed rate and number of accounts\n\n${growthTable(growth)}`;
const targetsReport = (measured: Measured): string => `Targets\n\n${targetsTable(judge(measured))}`;

if (only === 'growth') {
  const growth = await measureGrowth();
  say(growthReport(growth));
  say(targetsReport({ months: [], contestants: [], growth, memory: [] }));
  process.exit();
}
const [walk] = await runJobs<'walk'>([{ kind: 'walk' }]);
if (walk === undefined) throw new Error('the walk was not measured');
const months = (await runJobs<'month'>(monthJobs(quick, only))).map((sample) => billed(sample, walk));
say(`\nWhat a million events cost, batches waiting up to 60 s\n\n${waysTable(months)}`);
for (const month of ['growing', 'large'] as const) {
  if (months.some((one) => one.month === month))
    say(`The freshness dial: seconds that a batch waits\n\n${curveTable(months, month)}`);
}
const reference = (['growing', 'large'] as const).flatMap((month) => find(months, month, 'packed', 60) ?? []);
say(`What it is spent on, packed, 60 s\n\n${causesTable(reference)}`);
say(`What is kept by the hour, and its bursts, packed, 60 s\n\n${capacityTable(reference)}`);
say(`Storage, apart\n\n${storageTable(reference)}`);
if (only) process.exit();

const contest = CONTESTANTS.map(
  (name): Extract<Job, { kind: 'contestant' }> => ({
    kind: 'contestant',
    name,
    workload: MONTHS.growing,
    seconds: quick ? 60 : 900,
  }),
);
const contestants = await runJobs<'contestant'>(contest);
const ours = Object.fromEntries(reference.map(({ month, perMillion }) => [month, perMillion]));
say(`\nOther ways to count the same events, with the same faults\n\n${alternativesTable(contestants, ours)}`);

const [growth, [memory = []]] = await Promise.all([
  measureGrowth(),
  runJobs<'memory'>([{ kind: 'memory', ids: size(values.ids, 100_000, 1_000_000) }]),
]);
say(growthReport(growth));
say(`A consumer's memory\n\n${memoryTable(memory)}`);
say(targetsReport({ months, contestants, growth, memory }));
