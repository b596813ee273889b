import { parseArgs } from 'node:util';
import { NO_FAULTS } from './faults.ts';
import { simulate } from './simulate.ts';

/** `npm run sim -- --seeds N --from S`: runs seeds S to S + N - 1, and names every seed that shows a violation. */
const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '1000' }, from: { type: 'string', default: '1' } },
});
const [seeds, from] = [Number(values.seeds), Number(values.from)];
if (!Number.isSafeInteger(seeds) || !Number.isSafeInteger(from) || seeds < 1) {
  throw new RangeError('--seeds and --from are whole numbers, e.g. --seeds 1000 --from 1');
}
const SHOWN = 10;
const totals = { steps: 0, lines: 0, events: 0, deliveries: 0, spilled: 0, appends: 0, sweeps: 0, comparisons: 0 };
const faults = { ...NO_FAULTS };
const violations: string[] = [];
for (let seed = from; seed < from + seeds; seed += 1) {
  try {
    const report = await simulate(seed);
    for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += report[name];
    for (const name of Object.keys(faults) as (keyof typeof faults)[]) faults[name] += report.faults[name];
  } catch (error) {
    violations.push(`seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
const table = (title: string, counts: Readonly<Record<string, number>>): string =>
  [title, ...Object.entries(counts).map(([name, count]) => `  ${name.padEnd(16)}${String(count).padStart(12)}`)].join(
    '\n',
  );
process.stdout.write(`${table(`${seeds} seeds from ${from}`, totals)}\n${table('faults', faults)}\n`);
process.stdout.write(`violations: ${violations.length}\n${violations.slice(0, SHOWN).join('\n')}\n`);
if (violations.length > 0) process.exitCode = 1;
