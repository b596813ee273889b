/**
 * `npm run deploy -- --env dev|stage|prod [--yes]`: bundles the functions and builds the console, deploys all stacks
 * with the CDK CLI, uploads the console with its configuration, and makes CloudFront forget the old one. To AWS by the
 * usual credentials; to an emulator where `AWS_ENDPOINT_URL` names one.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { S3Client } from '@aws-sdk/client-s3';
import { configFor } from '../lib/config/index.ts';
import { buildLambdas } from './build-lambdas.ts';
import { nowMillis, spoken } from './clock.mjs';
import { buildConsole, consoleConfiguration, uploadConsole } from './deploy/site.ts';
import { cdkProgram, deployStacks, outputOf, type RunCdk, synthesize } from './deploy/stacks.ts';
import { sentenceFor } from './setup/failure.mjs';
import { localDirectory, root } from './setup/paths.mjs';

const say = (text: string): void => console.log(`▸ ${text}`);

/** The CLI in this terminal, so that a person sees its progress and answers its questions. */
const run: RunCdk = (args) =>
  new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL_S3: process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL,
    };
    const child = spawn(process.execPath, [cdkProgram, ...args], { cwd: root, stdio: 'inherit', env });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`cdk ${args[0]} ended with exit code ${code}; what it said is above`));
    });
  });

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { env: { type: 'string' }, yes: { type: 'boolean', default: false } } });
  // Checked before anything is built.
  const { name, awsRegion: region } = configFor(values.env);
  if (!values.yes && !process.stdin.isTTY) {
    throw new Error('Nobody can be asked here whether rights may widen: look at "npx cdk diff", then add --yes.');
  }
  const endpoint = process.env.AWS_ENDPOINT_URL;
  const directory = path.join(localDirectory, 'deploy', name);
  const assembly = path.join(directory, 'cdk.out');
  say(`Deploying ${name} to ${endpoint === undefined ? `AWS, ${region}` : `the emulator at ${endpoint}`}`);

  const [{ ids }, site] = await Promise.all([buildLambdas(), buildConsole()]);
  say(`${ids.length} functions bundled, console ${site}`);
  await synthesize(run, name, assembly);
  const outputs = await deployStacks(run, {
    assembly,
    outputsFile: path.join(directory, 'outputs.json'),
    platform: endpoint === undefined ? 'aws' : 'emulator',
    approval: values.yes ? 'never' : 'broadening',
  });

  // An emulator serves the sign-in pages from its endpoint, and buckets by path.
  const hostedUi = endpoint ?? outputOf(outputs, 'HostedUiDomain');
  const s3 = new S3Client({ region, forcePathStyle: endpoint !== undefined });
  const configuration = consoleConfiguration(outputs, { region, hostedUi });
  const files = await uploadConsole(s3, outputOf(outputs, 'SiteBucket'), configuration);
  const started = nowMillis();
  await new CloudFrontClient({ region }).send(
    new CreateInvalidationCommand({
      DistributionId: outputOf(outputs, 'DistributionId'),
      InvalidationBatch: {
        CallerReference: String(started),
        // All else has a name of its own for each content.
        Paths: { Quantity: 2, Items: ['/index.html', '/config.json'] },
      },
    }),
  );
  say(`${files} files of the console uploaded, CloudFront told`);
  say(`Outputs: ${path.relative(root, path.join(directory, 'outputs.json'))}`);
  say(`Console: https://${outputOf(outputs, 'DistributionDomain')}, API: the same with /v1`);
};

const started = nowMillis();
main().then(
  () => say(`Deployed in ${spoken(nowMillis() - started)}. Vendors, people and catalog come next: docs/deploy.md`),
  (error: unknown) => {
    console.error(`\n✖ ${sentenceFor(error)}`);
    process.exitCode = 1;
  },
);
