import { spawnSync } from 'node:child_process';
import { Failure } from './failure.mjs';

/**
 * @typedef {(command: string, args: string[], options: { encoding: 'utf8', env: NodeJS.ProcessEnv }) =>
 *   { status: number | null, stdout: string }} Run
 */

const oldestNode = 20;
const oldestPython = { major: 3, minor: 11 };
const pythonNames = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];

/**
 * Checks what cannot be installed from here, each missing thing with a sentence that says what to do.
 * @param {{ platform?: string, nodeVersion?: string, run?: Run, env?: NodeJS.ProcessEnv, needsPython?: boolean }} machine
 * @returns {{ python: string }} the Python command to make the emulator's environment with
 * @throws {Failure}
 */
export const checkPrerequisites = ({
  platform = process.platform,
  nodeVersion = process.versions.node,
  run = spawnSync,
  env = process.env,
  needsPython = true,
} = {}) => {
  if (platform === 'win32') {
    throw new Failure('Windows is not supported: run the same command in WSL (Windows Subsystem for Linux).');
  }
  if (Number(nodeVersion.split('.')[0]) < oldestNode) {
    throw new Failure(
      `Node ${nodeVersion} is too old: install Node ${oldestNode} or newer (24 is best), then run the same command again.`,
    );
  }
  const npm = run('npm', ['--version'], { encoding: 'utf8', env });
  if (npm.status !== 0) {
    throw new Failure('npm was not found: install it with Node (10 or newer), then run the same command again.');
  }
  return { python: needsPython ? findPython(run, env) : '' };
};

/**
 * @param {Run} run
 * @param {NodeJS.ProcessEnv} env
 */
const findPython = (run, env) => {
  const tooOld = [];
  for (const name of env.MB_PYTHON === undefined ? pythonNames : [env.MB_PYTHON]) {
    const found = run(name, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], { encoding: 'utf8', env });
    if (found.status !== 0) continue;
    const [major = 0, minor = 0] = found.stdout.trim().split('.').map(Number);
    if (major < oldestPython.major || (major === oldestPython.major && minor < oldestPython.minor)) {
      tooOld.push(`${name} is ${found.stdout.trim()}`);
      continue;
    }
    const venv = run(name, ['-c', 'import venv, ensurepip'], { encoding: 'utf8', env });
    if (venv.status === 0) return name;
    throw new Failure(
      `${name} has no venv module: install it (on Debian and Ubuntu: apt-get install python3-venv), then run the same command again.`,
    );
  }
  const wanted = `Python ${oldestPython.major}.${oldestPython.minor} or newer`;
  throw new Failure(
    tooOld.length > 0
      ? `${wanted} is needed for the AWS emulator (${tooOld.join(', ')}): install it, or name it with MB_PYTHON=/path/to/python3, then run the same command again.`
      : `${wanted} was not found and is needed for the AWS emulator: install it, or name it with MB_PYTHON=/path/to/python3, then run the same command again.`,
  );
};
