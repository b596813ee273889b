import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { localDirectory, root } from './paths.mjs';

/**
 * The environment of every process that a task starts: the pinned Node first on PATH, and each cache and
 * temporary folder inside .local/, so that nothing is written outside the checkout.
 * @returns {Record<string, string>}
 */
export const taskEnvironment = (inherited = process.env) => {
  /** @param {string} name */
  const inLocal = (name) => {
    const directory = path.join(localDirectory, name);
    mkdirSync(directory, { recursive: true });
    return directory;
  };
  const bins = [path.join(root, 'node_modules/node/bin'), path.join(root, 'node_modules/.bin')];
  return {
    ...inherited,
    PATH: [...bins, ...(inherited.PATH ?? '').split(path.delimiter).filter((entry) => !bins.includes(entry))].join(
      path.delimiter,
    ),
    TMPDIR: inLocal('tmp'),
    XDG_CACHE_HOME: inLocal('cache'),
    npm_config_cache: inLocal('npm-cache'),
    PIP_CACHE_DIR: inLocal('pip-cache'),
    CDK_HOME: inLocal('cdk-home'),
    CDK_DISABLE_CLI_TELEMETRY: '1',
    CDK_DISABLE_LEGACY_EXPORT_WARNING: '1',
  };
};

/**
 * The same with a home folder inside .local/: the CDK library keeps a cache of fingerprints below the home folder, and no
 * setting moves it. Not for the installation (npm and pip read the person's settings there) nor for what acts as the person.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export const withOwnHome = (env) => {
  const home = path.join(localDirectory, 'home');
  mkdirSync(home, { recursive: true });
  return { ...env, HOME: home };
};

/**
 * Removes what earlier tasks left in the temporary folder a day ago or longer; nothing that still runs is that old.
 * @param {number} now milliseconds since 1970
 */
export const clearOldTemporaryFiles = (now) => {
  const directory = path.join(localDirectory, 'tmp');
  for (const name of readdirSync(directory)) {
    const entry = path.join(directory, name);
    const { mtimeMs } = statSync(entry, { throwIfNoEntry: false }) ?? { mtimeMs: now };
    if (now - mtimeMs > 24 * 3600 * 1000) rmSync(entry, { recursive: true, force: true });
  }
};
