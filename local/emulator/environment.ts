import path from 'node:path';
import { localDirectory, root } from '../paths.ts';

/** The folders and the environment that one emulator runs with. */
export type EmulatorSetting = { port: number; directory: string; environment: Record<string, string> };

/**
 * Lambdas inherit the whole environment of the emulator. So nothing of the person's AWS settings may be in it (the
 * emulator then names itself as the endpoint), and the pinned Node stands first on PATH, because that is the one
 * that runs the functions.
 */
export const emulatorSetting = (
  port: number,
  inherited: NodeJS.ProcessEnv = process.env,
  extra: Readonly<Record<string, string>> = {},
): EmulatorSetting => {
  const directory = path.join(localDirectory, 'emulator', String(port));
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    if (value !== undefined && !/^(AWS_|CDK_|npm_|NODE_OPTIONS$|VITEST|MINISTACK_|LAMBDA_)/.test(name)) {
      environment[name] = value;
    }
  }
  return {
    port,
    directory,
    environment: {
      ...environment,
      PATH: `${path.join(root, 'node_modules/node/bin')}${path.delimiter}${inherited.PATH ?? ''}`,
      NODE_PATH: path.join(root, 'node_modules'),
      GATEWAY_PORT: String(port),
      // Also the host in SQS queue URLs: it must be the endpoint's, and an IP makes S3 clients use paths.
      MINISTACK_HOST: '127.0.0.1',
      LAMBDA_EXECUTOR: 'local',
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      LOG_LEVEL: 'WARNING',
      STATE_DIR: path.join(directory, 'state'),
      S3_DATA_DIR: path.join(directory, 's3'),
      TMPDIR: path.join(directory, 'tmp'),
      ...extra,
    },
  };
};
