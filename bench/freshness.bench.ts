import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { signEverybodyIn } from '../local/demo/people.ts';
import { startSystem } from '../local/system.ts';
import { publishCatalog } from '../ops/commands/catalog.ts';
import { outputOf } from '../scripts/deploy/stacks.ts';
import { send } from './freshness/sender.ts';
import { watch } from './freshness/watcher.ts';

/**
 * How long after an event was put on the stream the account's usage tells of it, on the local system (batches wait 0 s):
 * 500 events a second for some seconds, as `GET /v1/accounts/{id}/usage` answers. `--seconds 30`, `--rate 500`.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '25' },
    rate: { type: 'string', default: '500' },
    quick: { type: 'boolean', default: false },
  },
});
const [seconds, rate] = [values.quick ? 10 : Number(values.seconds), Number(values.rate)];
/** Readable within so many milliseconds, 99 times in 100. */
const TARGET_MILLIS = 2_000;
/** These accounts are watched, one after another; the events of the others are the load beside them. */
const WATCHED = ['acct-01', 'acct-05', 'acct-09'];
/** What is not readable after so long is told as missing. */
const PATIENCE_MILLIS = 30_000;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const system = await startSystem({ console: false, log: (line) => say(`  ${line}`) });
try {
  const people = await signEverybodyIn(system);
  const month = new Date(performance.timeOrigin + performance.now()).toISOString().slice(0, 7);
  await publishCatalog(people.preparer, people.approver, 'catalog', month, () => undefined);
  const stream = outputOf(system.outputs, 'StreamName');
  const watchers = WATCHED.map((account) => watch(people.operator, account));
  // The first events start the functions, which is no matter of freshness.
  await send(system.cloud.kinesis, stream, { rate: 50, seconds: 5, watchers: [] });
  await pause(5_000);
  const sent = await send(system.cloud.kinesis, stream, { rate, seconds, watchers });
  const delays = (await Promise.all(watchers.map((watcher) => watcher.end(PATIENCE_MILLIS)))).flat();
  const ordered = delays.filter((delay) => delay !== undefined).sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))] ?? NaN);
  const missing = delays.length - ordered.length;
  say(`
${sent.toLocaleString('en-US')} events in ${seconds} s, ${delays.length} of them watched in ${WATCHED.length} accounts; from the stream to the account's usage:
  half within        ${at(0.5).toLocaleString('en-US')} ms
  99 in 100 within   ${at(0.99).toLocaleString('en-US')} ms   at most ${TARGET_MILLIS.toLocaleString('en-US')}: ${at(0.99) <= TARGET_MILLIS && missing === 0 ? 'met' : 'missed'}
  all within         ${at(1).toLocaleString('en-US')} ms${missing > 0 ? `, but ${missing} were not readable after ${PATIENCE_MILLIS / 1000} s` : ''}`);
} finally {
  await system.stop();
}
