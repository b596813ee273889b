/**
 * `npm run mutation [-- <file or folder> ...]`: mutation testing of the code that counts and prices, by StrykerJS. It changes
 * the code in many small ways, one at a time, and runs the unit and property tests that touch the place: a change that no
 * test notices shows a test that is missing, or code that nothing needs. For people, not for every change: some seconds for
 * each change, so an hour for a folder; name a file for minutes. The report is `.local/stryker/report.html`.
 * `MB_MUTATION_WORKERS=1` tests one change at a time, for a machine that others need too; without it two.
 *
 * Stryker lies beside the checkout's own packages, in `.local/stryker`, installed at first use: nothing else needs it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generateSources } from './generate.ts';
import { runToEnd } from './run-to-end.ts';
import { localDirectory, root } from './setup/paths.mjs';

const VERSION = '10.1.1';
const PACKAGES = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${VERSION}`);
/** What is tested when nothing is named. */
const DEFAULT = ['lambdas/usage/ledger', 'lambdas/rating'];

const home = path.join(localDirectory, 'stryker');
const inHome = (name: string): string => path.join(home, 'node_modules/@stryker-mutator', name);

const install = async (): Promise<void> => {
  const stamp = path.join(home, 'installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === PACKAGES.join(' ')) return;
  console.error(`▸ Installing StrykerJS ${VERSION} into .local/stryker`);
  mkdirSync(home, { recursive: true });
  writeFileSync(path.join(home, 'package.json'), '{ "private": true }');
  // Its runner wants the vitest of the checkout, not one of its own.
  const options = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
  const { code, output } = await runToEnd('npm', ['install', ...options, ...PACKAGES], { cwd: home });
  if (code !== 0) throw new Error(`npm could not install StrykerJS: ${output.trim().slice(-1_500)}`);
  writeFileSync(stamp, PACKAGES.join(' '));
};

/** A file as it is, a folder as all of its files. */
const patternOf = (named: string): string => {
  const place = path.join(root, named);
  if (!existsSync(place)) throw new Error(`There is no ${named}.`);
  return statSync(place).isDirectory() ? `${named}/**/*.ts` : named;
};

/** How many changes are tested at a time. */
const workers = (): number => {
  const asked = process.env.MB_MUTATION_WORKERS ?? '2';
  if (!/^[1-9]\d?$/.test(asked)) throw new Error(`MB_MUTATION_WORKERS is ${asked}; it takes a number from 1 to 99.`);
  return Number(asked);
};

const named = process.argv.slice(2);
const concurrency = workers();
await install();
// The sandbox is a copy of the checkout, and tests import what is generated: a fresh checkout has none of it yet.
generateSources();
const config = path.join(home, 'config.json');
const settings = {
  mutate: [
    ...(named.length > 0 ? named : DEFAULT).map(patternOf),
    '!**/*-store.ts',
    '!**/*-wiring.ts',
    '!**/*.handler.ts',
  ],
  testRunner: 'vitest',
  plugins: [path.join(inHome('vitest-runner'), 'dist/src/index.js')],
  vitest: { configFile: 'scripts/mutation.vitest.config.ts' },
  coverageAnalysis: 'perTest',
  // Code that runs once, at import, would need a new process for each change; words in messages prove nothing.
  ignoreStatic: true,
  mutator: { excludedMutations: ['StringLiteral'] },
  // Stryker would rewrite it with TypeScript's old programming interface, and needs nothing of it.
  tsconfigFile: 'none',
  ignorePatterns: ['.local', 'cdk.out', 'dist', 'console', 'bench'],
  tempDirName: '.local/stryker/tmp',
  concurrency,
  timeoutMS: 30_000,
  reporters: ['clear-text', 'progress-append-only', 'html'],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  htmlReporter: { fileName: path.join(home, 'report.html') },
};
writeFileSync(config, JSON.stringify(settings, null, 2));
const { status } = spawnSync(process.execPath, [path.join(inHome('core'), 'bin/stryker.js'), 'run', config], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
