import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure, sentenceFor } from './failure.mjs';
import { emulatorVenv, localDirectory, pinnedNode, root } from './paths.mjs';

/** @param {string} file */
const hashOf = (file) =>
  createHash('sha256')
    .update(readFileSync(path.join(root, file)))
    .digest('hex');

/** @param {string} file */
const stampOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '');

/**
 * Runs a program; its output is kept for the error and shown only when it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env: NodeJS.ProcessEnv, what: string }} context
 * @returns {Promise<string>}
 */
const runQuietly = (command, args, { env, what }) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output = (output + chunk).slice(-200_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve(output);
      const known = sentenceFor(new Error(`${what} failed (exit code ${code}).`), output);
      reject(
        new Failure(known.startsWith(what) ? `${known}\n${output.trim().split('\n').slice(-25).join('\n')}` : known),
      );
    });
  });

/**
 * Whether node_modules holds exactly what the lockfile says. npm writes its own record last, so an interrupted
 * installation counts as stale; packages for other machines (optional) may be absent.
 */
const packagesAreCurrent = () => {
  const record = path.join(root, 'node_modules/.package-lock.json');
  if (!existsSync(pinnedNode) || !existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(
    ([place, entry]) =>
      place === '' ||
      (installed[place] === undefined ? entry.optional === true : installed[place].version === entry.version),
  );
};

/**
 * Installs the npm packages when they are missing or not those of the lockfile.
 * @param {{ env: NodeJS.ProcessEnv, say: (text: string) => void }} context
 */
export const installPackages = async ({ env, say }) => {
  if (packagesAreCurrent()) return;
  say('Installing npm packages (npm ci; a few minutes the first time)');
  await runQuietly('npm', ['ci', '--engine-strict=false', '--no-audit', '--no-fund', '--loglevel=error'], {
    env,
    what: 'npm ci',
  });
  if (!existsSync(pinnedNode)) {
    // npm was told (ignore-scripts, a future default) not to run install scripts: ask for the three reviewed ones.
    await runQuietly('npm', ['rebuild', '--ignore-scripts=false', 'node', 'esbuild', '@swc/core'], {
      env,
      what: 'npm rebuild',
    });
  }
  if (!existsSync(pinnedNode)) {
    throw new Failure(
      'npm installed the packages without the pinned Node (node_modules/node/bin/node): allow install scripts in your npm settings (npm config get ignore-scripts), remove node_modules and run the same command again.',
    );
  }
};

/**
 * Makes the emulator's Python environment when it is missing or its list of requirements changed since.
 * @param {{ env: NodeJS.ProcessEnv, say: (text: string) => void, python: string }} context
 */
export const installEmulator = async ({ env, say, python }) => {
  const requirements = 'local/emulator/requirements.txt';
  const wanted = hashOf(requirements);
  const stamp = path.join(emulatorVenv, '.meterbridge-installed');
  if (stampOf(stamp) === wanted) return;
  say('Installing the AWS emulator (a Python environment in .local/emulator-venv)');
  rmSync(emulatorVenv, { recursive: true, force: true });
  mkdirSync(localDirectory, { recursive: true });
  await runQuietly(python, ['-m', 'venv', emulatorVenv], { env, what: 'python -m venv' });
  await runQuietly(
    path.join(emulatorVenv, 'bin/python'),
    ['-m', 'pip', 'install', '--quiet', '--no-input', '--require-hashes', '--only-binary', ':all:', '-r', requirements],
    { env: { ...env, PIP_DISABLE_PIP_VERSION_CHECK: '1' }, what: 'pip install' },
  );
  writeFileSync(stamp, `${wanted}\n`);
};
