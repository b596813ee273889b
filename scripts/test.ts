/**
 * `npm test`: static checks, unit and property tests, the synthesized app, then the whole system end to end.
 * Ends with the line `N passed, N failed`, where each static check counts as one.
 * `--static` runs the static checks only (`npm run check`); further arguments name steps to run (`unit`, `e2e`, ...).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { nowMillis, spoken } from './clock.mjs';
import { generateSources } from './generate.ts';
import { localDirectory, root } from './setup/paths.mjs';

type Check = { name: string; command: string; args: string[]; needs?: string };
/** `onlyWhenNamed`: not part of `npm test`. */
type Suite = { key: string; name: string; onlyWhenNamed?: true };
/** Where what a suite prints goes: as it comes, or all at once when it is done. */
type Output = 'live' | 'at its end';
/** The parts of vitest's JSON report that are counted. */
type TestFile = { status: string; assertionResults: { status: string }[] };
type Report = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: TestFile[];
};
type Counts = { passed: number; failed: number };

const bin = (name: string): string => path.join(root, 'node_modules/.bin', name);
const node = process.execPath;

const allStaticChecks: Check[] = [
  {
    name: 'lint and format',
    command: bin('biome'),
    args: ['ci', '--error-on-warnings', '--diagnostic-level=warn', '--max-diagnostics=50', '.'],
  },
  { name: 'types (runtime)', command: bin('tsc'), args: ['-p', 'tsconfig.json'] },
  { name: 'types (infrastructure)', command: bin('tsc'), args: ['-p', 'tsconfig.cdk.json'] },
  {
    name: 'types (console)',
    command: bin('tsc'),
    args: ['-p', 'console/tsconfig.json'],
    needs: 'console/tsconfig.json',
  },
  { name: 'boundaries', command: node, args: ['scripts/check-boundaries.ts'] },
  { name: 'unused code', command: bin('knip'), args: ['--no-progress'] },
  { name: 'file length', command: node, args: ['scripts/check-file-length.ts'] },
];
const staticChecks = allStaticChecks.filter(({ needs }) => needs === undefined || existsSync(path.join(root, needs)));

/** In turn, those of a row beside each other: the path on the emulator waits more than it works. The first is seen live. */
const suites: Suite[][] = [
  [{ key: 'unit', name: 'unit, property, contract and simulation tests' }],
  [{ key: 'synth', name: 'the synthesized app' }],
  [
    { key: 'e2e', name: 'the whole system on the emulator' },
    { key: 'console', name: 'the console over a fake API, in a browser' },
  ],
  [{ key: 'iam', name: 'the whole path with IAM enforced', onlyWhenNamed: true }],
];

const running = new Set<ChildProcess>();
for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    for (const child of running) child.kill(signal);
    process.exitCode = 143;
  });
}
// Ctrl-C reaches the children by itself; this process waits for them to clean up.
process.on('SIGINT', () => {
  process.exitCode = 130;
});

/** The e2e system has ports of its own, so that the tests run beside a system that is up. */
const testPorts = process.env.MB_PORT_BASE ?? '4640';

const run = (command: string, args: string[], stdio: 'pipe' | 'inherit'): Promise<{ code: number; output: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, MB_PORT_BASE: testPorts };
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', stdio, stdio] });
    running.add(child);
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => {
      output += String(error);
    });
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code: code ?? 1, output });
    });
  });

const heading = (text: string): void => console.log(`\n▸ ${text}`);

/** Two at a time, for two cores. */
const runStaticChecks = async (): Promise<Counts> => {
  heading('static checks');
  const waiting = [...staticChecks];
  const counts = { passed: 0, failed: 0 };
  const worker = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const started = nowMillis();
      const { code, output } = await run(check.command, check.args, 'pipe');
      counts[code === 0 ? 'passed' : 'failed'] += 1;
      console.log(`  ${code === 0 ? '✓' : '✗'} ${check.name} (${spoken(nowMillis() - started)})`);
      if (code !== 0) console.log(output.trim().replace(/^/gm, '    '));
    }
  };
  await Promise.all([worker(), worker()]);
  return counts;
};

/** A file that does not load fails without failing any of its tests. */
const failedToLoad = ({ status, assertionResults }: TestFile): boolean =>
  status === 'failed' && assertionResults.every((test) => test.status !== 'failed');

const runSuite = async ({ key, name }: Suite, shown: Output): Promise<Counts> => {
  if (shown === 'live') heading(name);
  const started = nowMillis();
  const report = path.join(localDirectory, 'test', `${key}.json`);
  rmSync(report, { force: true });
  const { code, output } = await run(
    node,
    [
      path.join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      `--project=${key}`,
      `--reporter=${key === 'unit' || key === 'synth' ? 'default' : 'verbose'}`,
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    shown === 'live' ? 'inherit' : 'pipe',
  );
  if (shown === 'at its end') {
    heading(name);
    console.log(output.trim());
  }
  const counts = { passed: 0, failed: 0 };
  if (existsSync(report)) {
    const result = JSON.parse(readFileSync(report, 'utf8')) as Report;
    counts.passed = result.numPassedTests;
    counts.failed = result.numFailedTests + result.testResults.filter(failedToLoad).length;
    const skipped = result.numPendingTests + result.numTodoTests;
    if (skipped > 0) console.log(`  ${skipped} skipped`);
  }
  // An error outside any test, or no test at all, fails the run without failing a test.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  if (code === 0 && counts.passed === 0) counts.failed = 1;
  console.log(`  ${counts.passed} passed, ${counts.failed} failed: ${name} (${spoken(nowMillis() - started)})`);
  return counts;
};

const chosen = process.argv.slice(2);
const wants = (key: string): boolean => chosen.length === 0 || chosen.includes(key);
const started = nowMillis();
mkdirSync(path.join(localDirectory, 'test'), { recursive: true });
const total = { passed: 0, failed: 0 };
const add = ({ passed, failed }: Counts): void => {
  total.passed += passed;
  total.failed += failed;
};
try {
  generateSources();
  if (wants('--static') || wants('static')) add(await runStaticChecks());
  for (const row of suites) {
    if (process.exitCode !== undefined) break;
    const wanted = row.filter(({ key, onlyWhenNamed }) => (onlyWhenNamed ? chosen.includes(key) : wants(key)));
    const counts = await Promise.all(wanted.map((suite, n) => runSuite(suite, n === 0 ? 'live' : 'at its end')));
    counts.forEach(add);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  add({ passed: 0, failed: 1 });
}
console.log(`\nAll steps took ${spoken(nowMillis() - started)}.`);
console.log(`${total.passed} passed, ${total.failed} failed`);
if (process.exitCode === undefined && total.failed > 0) process.exitCode = 1;
