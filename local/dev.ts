/** `npm run dev`: the whole system, without demo data, until Ctrl-C. */
import { sentenceFor } from '../scripts/setup/failure.mjs';
import { type System, startSystem } from './system.ts';
import { untilStopped } from './until-stopped.ts';

/** What a person needs to look around. */
export const describeSystem = ({ apiBase, consoleUrl, endpoint, sandboxes, users }: System): string =>
  [
    '',
    `  Console    ${consoleUrl}`,
    `  API        ${apiBase}`,
    `  AWS        ${endpoint} (emulator, region us-east-1, keys test/test)`,
    `  NetSuite   ${sandboxes.netsuite.url} (sandbox)`,
    `  Gainsight  ${sandboxes.gainsight.url} (sandbox)`,
    '',
    ...Object.values(users).map(({ name, password, group }) => `  ${name.padEnd(10)} ${password}   ${group}`),
    '',
  ].join('\n');

const main = async (): Promise<void> => {
  // From the start on: a Ctrl-C while it starts fails a step, and then what was started is stopped.
  const stopped = untilStopped();
  const system = await startSystem({ log: (line) => console.log(`  ${line}`) });
  for (const { step, seconds } of system.timings) console.log(`  ${seconds.toFixed(1).padStart(5)} s  ${step}`);
  console.log(describeSystem(system));
  console.log('Press Ctrl-C to stop everything.');
  await stopped;
  console.log('\nStopping.');
  await system.stop();
};

main().catch((error: unknown) => {
  console.error(`\n✖ ${sentenceFor(error)}`);
  process.exit(1);
});
