#!/usr/bin/env node
/**
 * The one entry of `npm run demo`, `npm test` and the rest: plain JavaScript without dependencies, so that it runs
 * on a fresh clone with Node 20. It checks what the machine must have, installs what is missing or stale, and then
 * hands over to the task on the pinned Node.
 */
import { spawn } from 'node:child_process';
import { nowMillis } from './clock.mjs';
import { clearOldTemporaryFiles, taskEnvironment, withOwnHome } from './setup/environment.mjs';
import { Failure, sentenceFor } from './setup/failure.mjs';
import { installEmulator, installPackages } from './setup/install.mjs';
import { pinnedNode, root } from './setup/paths.mjs';
import { checkPrerequisites } from './setup/prerequisites.mjs';

/**
 * What each task runs, whether it needs the emulator (and so Python), and whether it acts as the person who started it
 * (and so needs that person's home folder: credentials, browser).
 * @typedef {{ file?: string, arguments?: string[], emulator?: boolean, asPerson?: boolean }} Task
 * @type {Record<string, Task>}
 */
const tasks = {
  setup: { emulator: true },
  demo: { file: 'local/demo/main.ts', emulator: true },
  dev: { file: 'local/dev.ts', emulator: true },
  test: { file: 'scripts/test.ts', emulator: true },
  check: { file: 'scripts/test.ts', arguments: ['--static'] },
  build: { file: 'scripts/build-lambdas.ts' },
  'test:iam': { file: 'scripts/test.ts', arguments: ['iam'], emulator: true },
  synth: { file: 'scripts/synth.ts' },
  deploy: { file: 'scripts/deploy.ts', asPerson: true },
  sim: { file: 'test/simulation/run.ts' },
  mutation: { file: 'scripts/mutation.ts' },
  'rating-cases': { file: 'scripts/rating-cases.ts' },
  bench: { file: 'scripts/bench.ts' },
  ops: { file: 'ops/main.ts', asPerson: true },
};

/** @param {string} text */
const say = (text) => process.stderr.write(`▸ ${text}\n`);

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} its exit code
 */
const runOnPinnedNode = (args, env) =>
  new Promise((resolve, reject) => {
    const child = spawn(pinnedNode, args, {
      cwd: root,
      env,
      stdio: 'inherit',
    });
    // Ctrl-C reaches the whole group by itself; a kill of this process alone must reach the task, which cleans up.
    process.on('SIGINT', () => {});
    for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });

/** @param {string[]} words the task's name and its arguments */
const main = async (words) => {
  const [name = '', ...rest] = words;
  const task = tasks[name];
  if (task === undefined) throw new Failure(`Say what to run: ${Object.keys(tasks).join(', ')}.`);
  const env = taskEnvironment();
  clearOldTemporaryFiles(nowMillis());
  const { python } = checkPrerequisites({ env: process.env, needsPython: task.emulator === true });
  await installPackages({ env, say });
  if (task.emulator === true) await installEmulator({ env, say, python });
  if (task.file === undefined) return say('Everything is installed.');
  const taskEnv = task.asPerson === true ? env : withOwnHome(env);
  process.exitCode = await runOnPinnedNode([task.file, ...(task.arguments ?? []), ...rest], taskEnv);
};

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`\n✖ ${sentenceFor(error)}\n`);
  process.exitCode = 1;
});
