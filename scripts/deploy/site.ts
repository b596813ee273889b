import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { runToEnd } from '../run-to-end.ts';
import { taskEnvironment } from '../setup/environment.mjs';
import { localDirectory, root } from '../setup/paths.mjs';
import { type Outputs, outputOf } from './stacks.ts';

const built = path.join(localDirectory, 'console-dist');
const stamp = path.join(localDirectory, 'console-dist.sha256');

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** What the console was built from: its own files, the types it shares, the packages. */
const sourceHash = (): string => {
  const hash = createHash('sha256');
  const files = globSync(['console/**/*', 'lambdas/**/types.ts', 'package-lock.json'], { cwd: root }).sort();
  for (const file of files) {
    if (statSync(path.join(root, file)).isFile()) hash.update(file).update(readFileSync(path.join(root, file)));
  }
  return hash.digest('hex');
};

/** Builds the console with Vite when its sources changed since the last build. @throws with Vite's output when it fails. */
export const buildConsole = async (): Promise<'built' | 'unchanged'> => {
  const wanted = sourceHash();
  const isCurrent = existsSync(path.join(built, 'index.html')) && existsSync(stamp);
  if (isCurrent && readFileSync(stamp, 'utf8') === wanted) return 'unchanged';
  const vite = path.join(root, 'node_modules/vite/bin/vite.js');
  const { code, output } = await runToEnd(process.execPath, [vite, 'build', 'console', '--logLevel', 'warn'], {
    cwd: root,
    env: { ...taskEnvironment(), NODE_ENV: 'production' },
  });
  if (code !== 0) throw new Error(`The console does not build:\n${output.trim().split('\n').slice(-30).join('\n')}`);
  mkdirSync(localDirectory, { recursive: true });
  writeFileSync(stamp, wanted);
  return 'built';
};

/** Where people sign in: Cognito's hosted pages. `HostedUiDomain` of the outputs, or an origin that stands for it. */
export type SignInAt = { readonly region: string; readonly hostedUi: string };

/** What the console is told at run time (console/src/config.ts). The API is on the console's own origin. */
export const consoleConfiguration = (outputs: Outputs, { region, hostedUi }: SignInAt) => {
  const userPoolId = outputOf(outputs, 'UserPoolId');
  return {
    apiBase: '/v1',
    region,
    userPoolId,
    clientId: outputOf(outputs, 'UserPoolClientId'),
    authority: `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`,
    hostedUi: {
      authorize: `${hostedUi}/oauth2/authorize`,
      token: `${hostedUi}/oauth2/token`,
      logout: `${hostedUi}/logout`,
    },
  };
};

/**
 * Uploads the built console and its configuration. Files whose names carry a hash may be kept for a year; the
 * others are asked for anew each time. What an earlier build uploaded stays: open tabs still load parts of it.
 * @returns the number of files
 */
export const uploadConsole = async (s3: S3Client, bucket: string, configuration: object): Promise<number> => {
  const put = (key: string, body: Uint8Array | string): Promise<unknown> =>
    s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentTypes[path.extname(key)] ?? 'application/octet-stream',
        CacheControl: key.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      }),
    );
  const files = globSync('**/*', { cwd: built }).filter((file) => statSync(path.join(built, file)).isFile());
  const upload = (file: string) => put(file.split(path.sep).join('/'), readFileSync(path.join(built, file)));
  // The page last: whoever loads it finds all that it names.
  await Promise.all(files.filter((file) => file !== 'index.html').map(upload));
  await put('config.json', JSON.stringify(configuration, null, 2));
  await upload('index.html');
  return files.length + 1;
};
