/** `npm run dev`: the whole system, without demo data, until Ctrl-C. */
import { sentenceFor } from '../scripts/setup/failure.mjs';
import { describeSystem } from './describe-system.ts';
import { startSystem } from './system.ts';
import { untilStopped } from './until-stopped.ts';

const main = async (): Promise<void> => {
  let wasAsked = false;
  const stopped = untilStopped().then(() => {
    wasAsked = true;
  });
  try {
    const system = await startSystem({ log: (line) => console.log(`  ${line}`) });
    for (const { step, seconds } of system.timings) console.log(`  ${seconds.toFixed(1).padStart(5)} s  ${step}`);
    console.log(describeSystem(system));
    console.log('Press Ctrl-C to stop everything.');
    await stopped;
    console.log('\nStopping.');
    await system.stop();
  } catch (error) {
    // A Ctrl-C while it starts ends a step, and what was started has been stopped.
    if (!wasAsked) throw error;
    console.log('\nStopped before it was up.');
  }
};

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(`\n✖ ${sentenceFor(error)}`);
    process.exit(1);
  },
);
