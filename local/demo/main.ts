import path from 'node:path';
import { parseArgs } from 'node:util';
import { grouped } from '../../ops/print.ts';
import { clock } from '../clock.ts';
import { describeSystem } from '../describe-system.ts';
import { localDirectory, root } from '../paths.ts';
import { startSystem } from '../system.ts';
import { untilStopped } from '../until-stopped.ts';
import { runDemoPath } from './path.ts';
import { makeProgress } from './progress.ts';
import { summaryOf } from './summary.ts';

/** `npm run demo`: the whole path on this machine, then a summary; see docs/demo.md. */

const previousMonth = (): string => {
  const now = new Date(clock.nowMillis());
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
};

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '250000' },
      seed: { type: 'string', default: '1' },
      month: { type: 'string', default: previousMonth() },
      stay: { type: 'boolean', default: process.stdout.isTTY === true },
    },
  });
  const events = Number(values.events);
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(events) || !Number.isSafeInteger(seed))
    throw new Error('--events and --seed take whole numbers');
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(values.month)) throw new Error(`--month takes YYYY-MM, not "${values.month}"`);
  return { events, seed, month: values.month, stay: values.stay };
};

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const main = async (): Promise<void> => {
  const options = readOptions();
  const directory = path.join(localDirectory, 'demo');
  // From the start on: a Ctrl-C in mid-path fails the step, and then what was started is stopped.
  const stopped = untilStopped();
  const progress = makeProgress(say);
  say(
    `Meterbridge: ${grouped(options.events)} usage events of ${options.month}, from the product to the ERP and to customer success.\n`,
  );
  const system = await progress.step(
    'Start the emulator and the vendors’ sandboxes, deploy the app with the CDK CLI',
    (note) => startSystem({ log: note }),
  );
  try {
    const report = await runDemoPath(
      system,
      { ...options, directory, catalogFolder: path.join(root, 'catalog') },
      progress,
    );
    say(summaryOf(report));
    say(
      `\nThe figures: ${path.relative(root, directory)}/report.json; what was sent: events.ndjson; the ERP’s books: erp.json.`,
    );
    process.exitCode = report.agrees ? 0 : 1;
    if (options.stay) {
      say(describeSystem(system));
      say('Press Ctrl-C to stop everything.');
      await stopped;
    }
  } finally {
    say('Stopping what was started ...');
    await system.stop();
  }
};

try {
  await main();
} catch (error) {
  say(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
// The wait for Ctrl-C keeps the process open; the work is done.
process.exit();
