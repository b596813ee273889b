import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from '../setup/paths.mjs';

/** Everything that the stacks say of themselves, by output name; the names are unique over all stacks. */
export type Outputs = Readonly<Record<string, string>>;

/** Runs the CDK CLI (`cdkProgram`) with these arguments to its end. Rejects when it fails. */
export type RunCdk = (args: string[]) => Promise<void>;

/** The project's own CDK CLI, to be run by Node. */
export const cdkProgram = path.join(root, 'node_modules/aws-cdk/bin/cdk');

/** Synthesizes the app of an environment, with the functions as they are bundled in dist/. */
export const synthesize = (run: RunCdk, environment: string, assembly: string): Promise<void> =>
  run(['synth', '--quiet', '--context', `env=${environment}`, '--output', assembly]);

export type DeployOptions = {
  assembly: string;
  outputsFile: string;
  /** What the stacks are told of where they are deployed (lib/constructs/platform-condition.ts). */
  platform: 'aws' | 'emulator';
  /** Ask before rights are widened, or never. */
  approval: 'broadening' | 'never';
};

/** Deploys all stacks of an assembly, as many at a time as their order allows. @returns the outputs of all stacks */
export const deployStacks = async (
  run: RunCdk,
  { assembly, outputsFile, platform, approval }: DeployOptions,
): Promise<Outputs> => {
  mkdirSync(path.dirname(outputsFile), { recursive: true });
  rmSync(outputsFile, { force: true });
  await run([
    ...['deploy', '--all', '--app', assembly, '--outputs-file', outputsFile, '--progress', 'events'],
    ...['--parameters', `Platform=${platform}`, '--require-approval', approval],
    // Questions to a person come one at a time, or they could not be answered.
    ...['--concurrency', approval === 'never' ? '4' : '1'],
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
