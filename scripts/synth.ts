/** `npm run synth -- --env prod`: bundles the handlers, then synthesizes the app for an environment (default dev). */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildLambdas } from './build-lambdas.ts';
import { root } from './setup/paths.mjs';

const { values } = parseArgs({ options: { env: { type: 'string', default: 'dev' } } });
const { ids } = await buildLambdas();
console.log(`${ids.length} functions bundled into dist/`);
const { status } = spawnSync(
  path.join(root, 'node_modules/.bin/cdk'),
  ['synth', '--quiet', '--context', `env=${values.env}`],
  { cwd: root, stdio: 'inherit' },
);
if (status === 0) console.log(`The templates for ${values.env} are in .local/cdk.out/`);
process.exitCode = status ?? 1;
