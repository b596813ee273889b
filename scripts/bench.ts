/**
 * `npm run bench [-- rating [options]]`: runs the benchmarks one after another, or those whose name starts with the word,
 * with the options that follow it.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup/paths.mjs';

const [wanted = '', ...options] = process.argv.slice(2);
const files = globSync('bench/*.bench.ts', { cwd: root })
  .filter((file) => path.basename(file).startsWith(wanted))
  .sort();
if (files.length === 0) throw new Error(`There is no benchmark called ${wanted}.`);
for (const file of files) {
  console.log(`\n▸ ${file}`);
  const { status } = spawnSync(process.execPath, [file, ...options], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
