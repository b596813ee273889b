import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');

/** Where the tests' own build of the console lies: apart from the system's, which may be served at the same time. */
export const SITE = join(root, '.local', 'console-test');

/**
 * What vitest does once before the tests of the console: builds it as it is now. In a process of its own, because the test runner's NODE_ENV would give it React's
 * development build, which is larger and slower than what people get.
 */
export default async (): Promise<void> => {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', 'console', '--outDir', SITE, '--emptyOutDir', '--logLevel', 'error'];
  await promisify(execFile)(process.execPath, args, { cwd: root, env: { ...process.env, NODE_ENV: 'production' } });
};
