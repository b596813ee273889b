import { globSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { buildLambdas, functionId } from '../../../scripts/build-lambdas.ts';

const root = path.resolve(import.meta.dirname, '../../..');

it('names a function after its file, and a delivery after what it does', () => {
  expect(functionId('lambdas/usage/receive/events-api.handler.ts')).toBe('EventsApi');
  expect(functionId('lambdas/delivery/netsuite/netsuite.handler.ts')).toBe('DeliverNetSuite');
  expect(functionId('lambdas/delivery/gainsight/gainsight.handler.ts')).toBe('DeliverGainsight');
});

it('gives every handler a function id of its own', () => {
  const ids = globSync('lambdas/**/*.handler.ts', { cwd: root }).map(functionId);
  expect(ids.length).toBeGreaterThan(0);
  expect(new Set(ids).size).toBe(ids.length);
});

it('bundles a handler with its CommonJS packages into one module that runs', async () => {
  await mkdir(path.join(root, '.local/tmp'), { recursive: true });
  const directory = await mkdtemp(path.join(root, '.local/tmp/bundles-'));
  const file = path.join(directory, 'planted.handler.ts');
  // ajv is CommonJS and calls require: the case that an ESM bundle without its banner fails.
  const source =
    "import { Ajv } from 'ajv';\nexport const handler = async () => new Ajv().validate({ type: 'number' }, 1);\n";
  await writeFile(file, source);
  const { ids } = await buildLambdas({ files: [file], out: path.join(directory, 'dist') });
  expect(ids).toEqual(['Planted']);
  const bundle = path.join(directory, 'dist/Planted/index.mjs');
  expect((await stat(bundle)).size).toBeGreaterThan(10_000);
  const { handler } = (await import(bundle)) as { handler: () => Promise<boolean> };
  expect(await handler()).toBe(true);
  await rm(directory, { recursive: true });
});
