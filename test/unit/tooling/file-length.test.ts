import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tooLong } from '../../../scripts/check-file-length.ts';

const root = path.resolve(import.meta.dirname, '../../..');
let house: string;

beforeAll(() => {
  mkdirSync(path.join(root, '.local/tmp'), { recursive: true });
  house = mkdtempSync(path.join(root, '.local/tmp/file-length-'));
  execFileSync('git', ['init', '--quiet', house]);
});
afterAll(() => rmSync(house, { recursive: true, force: true }));

it('refuses a file of 401 lines and allows one of 400', () => {
  writeFileSync(path.join(house, 'long.ts'), '// line\n'.repeat(401));
  writeFileSync(path.join(house, 'full.ts'), '// line\n'.repeat(400));
  writeFileSync(path.join(house, 'data.json'), '\n'.repeat(5000));
  expect(tooLong(house)).toEqual([expect.stringMatching(/^long\.ts: 401 lines/)]);
});
