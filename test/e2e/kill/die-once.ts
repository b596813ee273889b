import { mkdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Ends this process at a named place, the first time any process of the test comes by: the folder of that name is the
 * memory. Only bundles that a test deploys contain this.
 */
export const dieOnce = (place: string): void => {
  const folder = process.env.MB_KILL_FOLDER;
  if (folder === undefined) throw new Error('MB_KILL_FOLDER is not set: this bundle is for tests only');
  const mark = path.join(folder, place);
  try {
    mkdirSync(mark);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw error;
  }
  process.exit(1);
};
