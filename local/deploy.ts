import { globSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { buildLambdas, functionId } from '../scripts/build-lambdas.ts';
import { cdkProgram, deployStacks, type Outputs, type RunCdk, synthesize } from '../scripts/deploy/stacks.ts';
import { runToEnd } from '../scripts/run-to-end.ts';
import { taskEnvironment } from '../scripts/setup/environment.mjs';
import { type CloudAddress, emulatorAccount, emulatorCredentials } from './cloud.ts';
import { root } from './paths.ts';
import { allOf } from './processes.ts';

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

/** The CLI aimed at the emulator; its progress of single resources is noise here, and in the error when it fails. */
const cdkIn =
  (deployment: Deployment, directory = root): RunCdk =>
  async (args) => {
    const { code, output } = await runToEnd(
      process.execPath,
      [cdkProgram, ...args],
      { cwd: directory, env: cloudEnvironment(deployment) },
      (line) => {
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
  const run = cdkIn(deployment);
  const bundleAndSynthesize = async (): Promise<void> => {
    const { ids } = await buildLambdas({ files: handlerFiles(deployment.insteadOf ?? []) });
    log(`${ids.length} functions bundled`);
    await synthesize(run, 'dev', assembly);
    log('templates synthesized');
  };
  const bootstrap = async (): Promise<void> => {
    await cdkIn(deployment, elsewhere)(['bootstrap', `aws://${emulatorAccount}/${region}`]);
    log('account bootstrapped');
  };
  await allOf(bundleAndSynthesize(), bootstrap());
  return deployStacks(run, { assembly, outputsFile, platform: 'emulator', approval: 'never' });
};
