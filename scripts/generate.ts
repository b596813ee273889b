import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup/paths.mjs';

const compiler = path.join(root, 'scripts/compile-schemas.ts');

/**
 * Writes the generated sources (validators compiled from the event schemas), which types, tests and bundles need
 * and git does not keep. Quick, and written anew each time, so never stale.
 */
export const generateSources = () => {
  if (!existsSync(compiler)) return;
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The event schemas do not compile:\n${stdout}${stderr}`);
};

/** What vitest calls once before the tests. */
export default () => generateSources();
