import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '..', '..');

/** Where the tests' own build of the console lies: apart from the system's, which may be served at the same time. */
export const SITE = join(root, '.local', 'console-test');

/** Builds the console as it is now. */
export const buildSite = async (): Promise<void> => {
  await build({ root: join(root, 'console'), logLevel: 'error', build: { outDir: SITE } });
};
