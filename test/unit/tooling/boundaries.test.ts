import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusedImports } from '../../../scripts/check-boundaries.ts';

const root = path.resolve(import.meta.dirname, '../../..');
let house: string;

beforeEach(() => {
  mkdirSync(path.join(root, '.local/tmp'), { recursive: true });
  house = mkdtempSync(path.join(root, '.local/tmp/boundaries-'));
});
afterEach(() => rmSync(house, { recursive: true, force: true }));

/** Writes a small house of files and returns the rules that refuse something in it. */
const refusalsIn = async (files: Record<string, string>): Promise<string[]> => {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(house, file)), { recursive: true });
    writeFileSync(path.join(house, file), content);
  }
  const { violations } = await refusedImports({ directory: house, least: 1 });
  return violations.map((sentence) => /: ([a-z-]+)\. /.exec(sentence)?.[1] ?? sentence);
};

const value = 'export const value = 1;\n';
const type = 'export type Word = string;\n';
const imports = (target: string) => `import { value } from '${target}';\nexport const again = value;\n`;
const importsType = (target: string) => `import type { Word } from '${target}';\nexport type Again = Word;\n`;

describe('the boundaries between folders', () => {
  it('are checked over the real modules, and hold', { timeout: 60_000 }, async () => {
    const { modules, violations } = await refusedImports();
    expect(modules).toBeGreaterThan(50);
    expect(violations).toEqual([]);
  });

  it('are not green when the parser sees nothing', async () => {
    mkdirSync(path.join(house, 'lambdas'));
    writeFileSync(path.join(house, 'lambdas/one.ts'), value);
    const { violations } = await refusedImports({ directory: house });
    expect(violations).toEqual([expect.stringContaining('Only 1 modules were seen')]);
  });

  it.each([
    ['lambdas/platform/planted.ts', 'lambdas/usage/other.ts', 'platform-knows-no-domain'],
    ['lambdas/rating/planted.ts', 'lambdas/usage/other.ts', 'rating-boundary'],
    ['lambdas/rating/planted.ts', 'lambdas/platform/aws.ts', 'rating-boundary'],
    ['lambdas/usage/planted.ts', 'lambdas/rating/other.ts', 'usage-boundary'],
    ['lambdas/delivery/planted.ts', 'lambdas/close/other.ts', 'delivery-boundary'],
    ['lambdas/success/planted.ts', 'lambdas/close/other.ts', 'success-boundary'],
    ['lambdas/close/planted.ts', 'lambdas/delivery/gainsight/other.ts', 'close-boundary'],
    ['local/sandboxes/planted.ts', 'lambdas/platform/decimal.ts', 'local-is-the-other-side'],
    ['local/generator/planted.ts', 'lib/config/other.ts', 'local-is-the-other-side'],
    ['emitter/planted.ts', 'lambdas/platform/clock.ts', 'emitter-stands-alone'],
    ['lambdas/usage/planted.ts', 'emitter/other.ts', 'runtime-knows-no-other-side'],
    ['ops/planted.ts', 'lambdas/close/other.ts', 'ops-talks-http'],
    ['console/src/planted.ts', 'lambdas/close/types.ts', 'console-imports-types-only'],
    ['lambdas/usage/planted.ts', 'test/twins/other.ts', 'runtime-knows-no-other-side'],
    ['lib/stacks/planted.ts', 'lambdas/usage/other.ts', 'infrastructure-only'],
    ['lambdas/usage/planted.ts', 'lambdas/usage/other.handler.ts', 'handlers-are-entries'],
  ])('refuse that %s imports %s', async (from, to, rule) => {
    const target = path.relative(path.dirname(from), to);
    const refusals = await refusalsIn({
      [from]: imports(target.startsWith('.') ? target : `./${target}`),
      [to]: value,
    });
    expect(refusals).toEqual([rule]);
  });

  it('see an import of types too', async () => {
    const refusals = await refusalsIn({
      'lambdas/rating/planted.ts': importsType('../usage/types.ts'),
      'lambdas/usage/types.ts': type,
    });
    expect(refusals).toEqual(['rating-boundary']);
  });

  it('refuse packages and Node modules in rating', async () => {
    const planted = "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n";
    expect(await refusalsIn({ 'lambdas/rating/planted.ts': planted })).toEqual(['rating-takes-no-package']);
  });

  it('refuse two modules that import each other', async () => {
    const refusals = await refusalsIn({
      'lambdas/usage/one.ts': `import { two } from './two.ts';\nexport const one = () => two;\n`,
      'lambdas/usage/two.ts': `import { one } from './one.ts';\nexport const two = () => one;\n`,
    });
    expect(refusals).toContain('no-circular');
  });

  it('allow what the design allows', async () => {
    const refusals = await refusalsIn({
      'console/src/page.ts': importsType('../../lambdas/close/types.ts'),
      'ops/close.ts': importsType('../lambdas/close/types.ts'),
      'lambdas/close/types.ts': type,
      'lambdas/close/step.ts': imports('../delivery/mapping.ts'),
      'lambdas/delivery/mapping.ts': value,
      'lambdas/rating/rate.ts': imports('../platform/decimal.ts'),
      'lambdas/platform/decimal.ts': value,
    });
    expect(refusals).toEqual([]);
  });
});
