import { parseArgs } from 'node:util';
import { CONTESTANTS } from './ledger/contest.ts';
import type { Job } from './ledger/job.ts';
import { runJobs } from './ledger/jobs.ts';
import { monthJobs } from './ledger/plan.ts';
import { preface } from './ledger/preface.ts';
import { billed, causesTable, curveTable, find, storageTable, waysTable } from './ledger/report-months.ts';
import { alternativesTable, growthTable, memoryTable } from './ledger/report-others.ts';
import { judge, targetsTable } from './ledger/targets.ts';
import { MONTHS } from './ledger/traffic.ts';

/**
 * What the usage ledger costs (bench/ledger/README.md): two reference months through the real code, four other ways to
 * count the same events, growth, and a consumer's memory. `--quick`: two to three minutes, a smaller sample of each.
 * `--growth 10000000` and `--ids 5000000` go as far as one likes. `--only large-60` (`-http`, `-single`) samples that month alone.
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

/** What the nightly walk costs is seen on so many already. */
const FEW_EVENTS = 100_000;

const size = (given: string | undefined, small: number, full: number): number =>
  Number(given ?? (quick ? small : full));
const [[growth], [memory = []]] = await Promise.all([
  runJobs<'growth'>([{ kind: 'growth', events: only ? FEW_EVENTS : size(values.growth, 100_000, 1_000_000) }]),
  only ? [] : runJobs<'memory'>([{ kind: 'memory', ids: size(values.ids, 100_000, 1_000_000) }]),
]);
if (growth === undefined) throw new Error('growth was not measured');
const months = (await runJobs<'month'>(monthJobs(quick, only))).map((sample) => billed(sample, growth));
say(`What a million events cost, batches waiting up to 60 s\n\n${waysTable(months)}`);
for (const month of ['growing', 'large'] as const)
  say(`The freshness dial: seconds that a batch waits\n\n${curveTable(months, month)}`);
const reference = (['growing', 'large'] as const).flatMap((month) => find(months, month, 'packed', 60) ?? []);
say(`What it is spent on, packed, 60 s\n\n${causesTable(reference)}`);
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
say(`Other ways to count the same events, with the same faults\n\n${alternativesTable(contestants, ours)}`);

say(`Growth, at a fixed rate and number of accounts\n\n${growthTable(growth.stretches)}`);
say(`A consumer's memory\n\n${memoryTable(memory)}`);
say(`Targets\n\n${targetsTable(judge({ months, contestants, growth, memory }))}`);
