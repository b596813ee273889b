import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
let house: string;

/** A house with the project's own lint rules, in which a forbidden use can be planted. */
beforeAll(() => {
  mkdirSync(path.join(root, '.local/tmp'), { recursive: true });
  house = mkdtempSync(path.join(root, '.local/tmp/clock-ban-'));
  execFileSync('git', ['init', '--quiet', house]);
  cpSync(path.join(root, 'lint'), path.join(house, 'lint'), { recursive: true });
  cpSync(path.join(root, 'biome.json'), path.join(house, 'biome.json'));
});
afterAll(() => rmSync(house, { recursive: true, force: true }));

/** What the linter says of one file with this content, as the lines it points at. */
const refused = (file: string, content: string): number[] => {
  const target = path.join(house, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, content);
  const { stdout } = spawnSync(path.join(root, 'node_modules/.bin/biome'), ['lint', '--reporter=github', file], {
    cwd: house,
    encoding: 'utf8',
  });
  const lines = [...stdout.matchAll(/::error title=plugin,file=[^,]*,line=(\d+)/g)].map((match) => Number(match[1]));
  rmSync(target);
  return lines;
};

const forbidden = [
  'export const a = Date.now();',
  'export const b = new Date();',
  'export const c = new Date().toISOString();',
  'export const d = Math.random();',
  'export const e = [1, 2].map(Date.now);',
  'export const f = new Date;',
  'export const g = Temporal.Now.instant();',
  'export const h = Date();',
];

describe('the ban on the clock and chance', () => {
  it('refuses every reading of the clock and every throw of the dice', () => {
    const source = `${forbidden.join('\n')}\n`;
    expect(refused('lambdas/usage/planted.ts', source)).toEqual(forbidden.map((_, index) => index + 1));
  });

  it.each(['lambdas/rating', 'lib/stacks', 'local/demo', 'ops', 'test/unit', 'console/src', 'scripts'])(
    'holds in %s',
    (folder) => {
      expect(refused(`${folder}/planted.ts`, 'export const a = Date.now();\n')).toEqual([1]);
    },
  );

  it('allows an instant that was given, and parsing', () => {
    const source = "export const a = new Date('2026-01-01T00:00:00Z');\nexport const b = Date.parse('2026-01-01');\n";
    expect(refused('lambdas/usage/planted.ts', source)).toEqual([]);
  });

  it.each(['lambdas/platform/planted.ts', 'local/clock.ts', 'ops/clock.ts', 'scripts/clock.mjs'])(
    'exempts %s',
    (file) => {
      expect(refused(file, `${forbidden.join('\n')}\n`)).toEqual([]);
    },
  );

  it('is part of the configuration that npm test uses', () => {
    expect(readFileSync(path.join(root, 'biome.json'), 'utf8')).toContain('./lint/no-clock-no-chance.grit');
  });
});
