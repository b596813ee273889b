import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildMeterbridge } from '../lib/app.ts';
import { configFor } from '../lib/config/index.ts';

/** The bundles that scripts/build-lambdas.mjs makes, one folder per function. */
const bundleOf = (functionId: string): Code =>
  Code.fromAsset(fileURLToPath(new URL(`../dist/${functionId}`, import.meta.url)));

const app = new App();
buildMeterbridge(app, {
  config: configFor(app.node.tryGetContext('env') ?? 'dev'),
  bundleOf,
  account: process.env.CDK_DEFAULT_ACCOUNT,
});
