import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './setup/paths.mjs';

const limit = 400;
const isCode = (file: string): boolean => /\.(ts|tsx|mjs|js|css|grit)$/.test(file);

/** Files of the checkout (tracked or new) that hold more than 400 lines, as `path: n lines`. */
export const tooLong = (directory = root): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: directory, encoding: 'utf8' })
    .split('\n')
    .filter((file) => isCode(file) && existsSync(path.join(directory, file)))
    .map((file) => ({ file, lines: readFileSync(path.join(directory, file), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > limit)
    .map(({ file, lines }) => `${file}: ${lines} lines, more than ${limit}. Split it by what its parts are for.`);

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const found = tooLong();
  for (const line of found) console.error(line);
  process.exitCode = found.length > 0 ? 1 : 0;
}
