/**
 * `npm run rating-cases -- FILE ...`: rates worked cases with the rating library and compares every published figure.
 * Without a file: the project's own cases. Prints each failure with its arithmetic, each case that cannot be expressed
 * with the reason, and ends with `N passed, N failed`. Exit code 1 unless all cases passed.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { passed, readCases, runCases } from '../test/rating/case-file.ts';
import { reportOf } from '../test/rating/report.ts';
import { root } from './setup/paths.mjs';

const own = path.join(root, 'test/rating/cases');
const ownFiles = (): string[] =>
  readdirSync(own)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => path.join(own, name));

/** npm starts its scripts in the checkout, and says where it was called. */
const named = process.argv.slice(2).map((file) => path.resolve(process.env.INIT_CWD ?? '.', file));
try {
  const outcomes = runCases((named.length > 0 ? named : ownFiles()).flatMap(readCases));
  for (const line of reportOf(outcomes)) console.log(line);
  const cannot = outcomes.filter((outcome) => 'cannot' in outcome).length;
  const good = outcomes.filter(passed).length;
  if (cannot > 0) console.log(`${cannot} cannot be expressed`);
  console.log(`${good} passed, ${outcomes.length - cannot - good} failed`);
  process.exitCode = good === outcomes.length ? 0 : 1;
} catch (error) {
  console.error(`✖ ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
