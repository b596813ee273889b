import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runDemoPath } from '../../local/demo/path.ts';
import { makeProgress } from '../../local/demo/progress.ts';
import type { DemoReport } from '../../local/demo/report.ts';
import { lastMonthOver } from '../../local/generator/calendar.ts';
import { localDirectory, root } from '../../local/paths.ts';
import type { System } from '../../local/system.ts';

/** Small enough for a test, large enough for every oddity of the generator. */
const EVENTS = 8_000;

/** Runs the demo's path in a folder of its own; its progress goes to the test's log. */
export const runPath = (system: System, now: string, name: string): Promise<DemoReport> => {
  const directory = path.join(localDirectory, 'e2e', name);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  return runDemoPath(
    system,
    {
      month: lastMonthOver(Date.parse(now)),
      seed: 1,
      events: EVENTS,
      directory,
      catalogFolder: path.join(root, 'catalog'),
    },
    makeProgress((line) => process.stdout.write(`      ${line}\n`)),
  );
};

/** The figures that do not agree, as text, so that a failing test names them. */
export const disagreements = (report: DemoReport): string[] =>
  report.checks
    .filter((check) => !check.agrees)
    .map((check) => `${check.name}: expected ${check.expected}, found ${check.actual}`);
