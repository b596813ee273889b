import { globSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { nowMillis, spoken } from './clock.mjs';
import { generateSources } from './generate.ts';
import { root } from './setup/paths.mjs';

/** A delivery handler is named for its vendor; its function says what it does. Everything else is the file's name. */
const namedOtherwise: Readonly<Record<string, string>> = { netsuite: 'DeliverNetSuite', gainsight: 'DeliverGainsight' };

/** The function id of a handler file: `lambdas/usage/receive/events-api.handler.ts` is `EventsApi`. */
export const functionId = (file: string): string => {
  const name = path.basename(file, '.handler.ts');
  return namedOtherwise[name] ?? name.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
};

/** The function ids that were bundled, sorted, and the size of each bundle. */
export type Bundles = { ids: string[]; bytes: Record<string, number> };

/**
 * Bundles handlers in one esbuild call, each to `<out>/<function id>/index.mjs`. The AWS SDK is bundled too: the
 * emulator's Lambda brings none, and on AWS a pinned one beats the runtime's.
 */
export const buildLambdas = async ({
  files = globSync('lambdas/**/*.handler.ts', { cwd: root }),
  out = path.join(root, 'dist'),
}: {
  files?: string[];
  out?: string;
} = {}): Promise<Bundles> => {
  const entryPoints = Object.fromEntries(files.map((file) => [`${functionId(file)}/index`, path.resolve(root, file)]));
  if (Object.keys(entryPoints).length !== files.length) {
    throw new Error(`Two handlers would share one function id: ${files.map(functionId).sort().join(', ')}`);
  }
  generateSources();
  rmSync(out, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints,
    outdir: out,
    outExtension: { '.js': '.mjs' },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    // CommonJS packages inside an ESM bundle still call require.
    banner: { js: "import{createRequire as __r}from'module';const require=__r(import.meta.url);" },
    legalComments: 'none',
    logLevel: 'error',
    metafile: true,
  });
  const bytes: Record<string, number> = {};
  for (const [file, { bytes: size }] of Object.entries(metafile.outputs)) {
    bytes[path.basename(path.dirname(file))] = size;
  }
  return { ids: Object.keys(bytes).sort(), bytes };
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const started = nowMillis();
  const { ids, bytes } = await buildLambdas();
  for (const id of ids) console.log(`${id.padEnd(20)} ${((bytes[id] ?? 0) / 1024).toFixed(0).padStart(6)} KB`);
  console.log(`${ids.length} bundles in ${spoken(nowMillis() - started)}`);
}
