import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

/** `npm run sim -- --seeds N --from S`: runs seeds S to S + N - 1; stops at the first violation, naming its seed. */
const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '1000' }, from: { type: 'string', default: '1' } },
});
const [seeds, from] = [Number(values.seeds), Number(values.from)];
if (!Number.isSafeInteger(seeds) || !Number.isSafeInteger(from) || seeds < 1) {
  throw new RangeError('--seeds and --from are whole numbers, e.g. --seeds 1000 --from 1');
}
const totals = { events: 0, deliveries: 0, appends: 0, deaths: 0, comparisons: 0 };
for (let seed = from; seed < from + seeds; seed += 1) {
  const report = await simulate(seed);
  for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += report[name];
}
process.stdout.write(`${seeds} seeds from ${from}: no violation; ${JSON.stringify(totals)}\n`);
