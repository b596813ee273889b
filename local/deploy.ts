import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildLambdas, functionId } from '../scripts/build-lambdas.ts';
import { taskEnvironment } from '../scripts/setup/environment.mjs';
import { type CloudAddress, emulatorAccount, emulatorCredentials } from './cloud.ts';
import { root } from './paths.ts';
import { allOf, runToEnd } from './processes.ts';

/** Everything that the stacks say of themselves, by output name; the names are unique over all stacks. */
export type Outputs = Readonly<Record<string, string>>;

export type Deployment = CloudAddress & {
  /** Where this deployment's assembly and outputs are written. */
  directory: string;
  log(line: string): void;
  /** Handler files to deploy in place of the product's of the same function id, for tests that need a death. */
  insteadOf?: readonly string[];
};

/** The product's handler files, those of a test in the place of the same function. */
const handlerFiles = (insteadOf: readonly string[]): string[] => {
  const replaced = new Set(insteadOf.map(functionId));
  const own = globSync('lambdas/**/*.handler.ts', { cwd: root }).filter((file) => !replaced.has(functionId(file)));
  return [...own, ...insteadOf];
};

/** The environment of a program that shall see the emulator where AWS would be. */
export const cloudEnvironment = ({ endpoint, region }: CloudAddress): Record<string, string | undefined> => ({
  ...taskEnvironment(),
  AWS_PROFILE: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_ENDPOINT_URL: endpoint,
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_ACCESS_KEY_ID: emulatorCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: emulatorCredentials.secretAccessKey,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_EC2_METADATA_DISABLED: 'true',
});

const cdk = async (deployment: Deployment, args: string[], directory = root): Promise<void> => {
  const program = path.join(root, 'node_modules/aws-cdk/bin/cdk');
  const { code, output } = await runToEnd(
    process.execPath,
    [program, ...args],
    { cwd: directory, env: cloudEnvironment(deployment) },
    (line) => {
      // The progress of single resources is noise here; the whole output is in the error when something fails.
      const stack = /^\s*✅\s+(\S+)/.exec(line);
      if (stack !== null && args[0] === 'deploy') deployment.log(`${stack[1]} deployed`);
    },
  );
  if (code !== 0) throw new Error(`cdk ${args[0]} failed:\n${output.trim().split('\n').slice(-40).join('\n')}`);
};

/**
 * Deploys the one CDK app with the real CDK CLI, as to AWS. Bundling with synthesis and the bootstrap of the empty
 * account do not need each other, so they run side by side.
 * @returns the outputs of all stacks
 */
export const deployApp = async (deployment: Deployment): Promise<Outputs> => {
  const { directory, region, log } = deployment;
  const assembly = path.join(directory, 'cdk.out');
  const outputsFile = path.join(directory, 'outputs.json');
  // Inside the app's folder the bootstrap would synthesize the app.
  const elsewhere = path.join(directory, 'bootstrap');
  mkdirSync(elsewhere, { recursive: true });
  rmSync(outputsFile, { force: true });
  const bundleAndSynthesize = async (): Promise<void> => {
    const { ids } = await buildLambdas({ files: handlerFiles(deployment.insteadOf ?? []) });
    log(`${ids.length} functions bundled`);
    await cdk(deployment, ['synth', '--quiet', '--context', 'env=dev', '--output', assembly]);
    log('templates synthesized');
  };
  const bootstrap = async (): Promise<void> => {
    await cdk(deployment, ['bootstrap', `aws://${emulatorAccount}/${region}`], elsewhere);
    log('account bootstrapped');
  };
  await allOf(bundleAndSynthesize(), bootstrap());
  await cdk(deployment, [
    ...['deploy', '--all', '--app', assembly, '--require-approval', 'never', '--progress', 'events'],
    ...['--parameters', 'Platform=emulator', '--concurrency', '4', '--outputs-file', outputsFile],
  ]);
  const stacks = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Record<string, string>>;
  return Object.assign({}, ...Object.values(stacks));
};

/** One output by name. @throws naming it when no stack has it. */
export const outputOf = (outputs: Outputs, name: string): string => {
  const value = outputs[name];
  if (value === undefined)
    throw new Error(`No stack has the output ${name}; there are: ${Object.keys(outputs).join(', ')}`);
  return value;
};
