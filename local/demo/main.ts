import path from 'node:path';
import { grouped } from '../../ops/print.ts';
import { sentenceFor } from '../../scripts/setup/failure.mjs';
import { clock } from '../clock.ts';
import { describeSystem } from '../describe-system.ts';
import { localDirectory, root } from '../paths.ts';
import { type System, startSystem } from '../system.ts';
import { untilStopped } from '../until-stopped.ts';
import { readOptions } from './options.ts';
import { runDemoPath } from './path.ts';
import { makeProgress } from './progress.ts';
import { summaryOf } from './summary.ts';

/** `npm run demo`: the whole path on this machine, then a summary; see docs/demo.md. */

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** What a person does who wants to see it with their own eyes: without a terminal it is gone by now. */
const howToStay = ({ consoleUrl }: System): string =>
  [
    `\nThe console was at ${consoleUrl} and stops now. To look around, with the demo users and their passwords shown:`,
    '  npm run demo -- --stay   the same again, then up until Ctrl-C',
    '  npm run dev              the system alone, without demo data',
    '',
  ].join('\n');

const main = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2), clock.nowMillis(), process.stdout.isTTY === true);
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
    } else {
      say(howToStay(system));
    }
  } finally {
    say('Stopping what was started ...');
    await system.stop();
  }
};

try {
  await main();
} catch (error) {
  say(`\n✖ ${sentenceFor(error)}`);
  process.exitCode = 1;
}
// The wait for Ctrl-C keeps the process open; the work is done.
process.exit();
