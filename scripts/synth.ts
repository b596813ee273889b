/**
 * `npm run synth -- --env prod`: bundles the handlers, synthesizes the app for an environment (default dev) with
 * cdk-nag's checks, and says what is in it.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { configFor } from '../lib/config/index.ts';
import { buildLambdas } from './build-lambdas.ts';
import { cdkProgram, type RunCdk, synthesize } from './deploy/stacks.ts';
import { runToEnd } from './run-to-end.ts';
import { sentenceFor } from './setup/failure.mjs';
import { localDirectory, root } from './setup/paths.mjs';

/** The CLI's own words matter only when it fails: its hints are about flags and commands that nobody needs here. */
const run: RunCdk = async (args) => {
  const { code, output } = await runToEnd(process.execPath, [cdkProgram, ...args], { cwd: root });
  if (code !== 0) throw new Error(output.trim());
};

type Manifest = {
  readonly artifacts: Readonly<
    Record<string, { readonly type: string; readonly properties?: { readonly templateFile?: string } }>
  >;
};

/** The stacks of an assembly with their templates' sizes; CloudFormation takes 500 resources and 1 MB of each. */
const stacksOf = (assembly: string): string[] => {
  const read = (file: string): string => readFileSync(path.join(assembly, file), 'utf8');
  const manifest: Manifest = JSON.parse(read('manifest.json'));
  return Object.entries(manifest.artifacts).flatMap(([stack, { type, properties }]) => {
    if (type !== 'aws:cloudformation:stack' || properties?.templateFile === undefined) return [];
    const text = read(properties.templateFile);
    const resources = Object.keys(JSON.parse(text).Resources).length;
    return [`  ${stack.padEnd(14)} ${String(resources).padStart(3)} resources, ${Math.ceil(text.length / 1024)} KB`];
  });
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { env: { type: 'string', default: 'dev' } } });
  // Checked before anything is built.
  const { name, awsRegion } = configFor(values.env);
  const { ids } = await buildLambdas();
  console.log(`${ids.length} functions bundled into dist/`);
  const assembly = path.join(localDirectory, 'cdk.out');
  await synthesize(run, name, assembly);
  console.log(`${name} for ${awsRegion}, in ${path.relative(root, assembly)}/:`);
  console.log(stacksOf(assembly).join('\n'));
  console.log('The configuration is right, and cdk-nag finds nothing that is not acknowledged with a reason.');
};

main().catch((error: unknown) => {
  console.error(`\n✖ ${sentenceFor(error)}`);
  process.exitCode = 1;
});
