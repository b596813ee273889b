import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildMeterbridge } from '../lib/app.ts';
import { configFor } from '../lib/config/index.ts';
import { ConfigError } from '../lib/config/validate.ts';

/** The bundles that scripts/build-lambdas.ts makes, one folder per function. */
const bundleOf = (functionId: string): Code =>
  Code.fromAsset(fileURLToPath(new URL(`../dist/${functionId}`, import.meta.url)));

const app = new App();
try {
  const config = configFor(app.node.tryGetContext('env') ?? 'dev');
  buildMeterbridge(app, { config, bundleOf, account: process.env.CDK_DEFAULT_ACCOUNT });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  // A wrong configuration is the reader's to mend: the sentences, not a stack trace.
  console.error(error.message);
  process.exitCode = 1;
}
