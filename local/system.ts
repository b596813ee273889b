import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildConsole, consoleConfiguration, uploadConsole } from '../scripts/deploy/site.ts';
import { type Outputs, outputOf } from '../scripts/deploy/stacks.ts';
import { clock } from './clock.ts';
import { type Cloud, connectCloud } from './cloud.ts';
import { deployApp } from './deploy.ts';
import { startEmulator, stopLeftover } from './emulator/emulator.ts';
import { type FrontRoutes, startFrontProxy } from './front-proxy.ts';
import { localDirectory } from './paths.ts';
import { allowOrigin, createUsers, type Users } from './people.ts';
import { checkPortsAreFree, choosePorts, type Ports } from './ports.ts';
import { allOf } from './processes.ts';
import { connectVendors, type Sandboxes, startVendors } from './vendors.ts';

/** A whole Meterbridge on this machine. */
export type System = {
  /** Base of the HTTP API on the one origin, e.g. `http://127.0.0.1:4600/v1`. */
  apiBase: string;
  consoleUrl: string;
  /** Of the emulator, for AWS clients (`connectCloud`). */
  endpoint: string;
  region: string;
  sandboxes: Sandboxes;
  users: Users;
  userPool: { id: string; clientId: string };
  outputs: Outputs;
  /** AWS clients aimed at the emulator. */
  cloud: Cloud;
  /** How long each step of the start took. */
  timings: readonly { step: string; seconds: number }[];
  /** Ends the emulator and starts it with further settings; what it holds stays if `PERSIST_STATE` is among both. */
  restartEmulator(settings: Readonly<Record<string, string>>): Promise<void>;
  /** Stops all of it; a second call does nothing. */
  stop(): Promise<void>;
};

export type SystemOptions = {
  /** Told in a few words what happens. */
  log(line: string): void;
  /** By default the usual ports, or those from `MB_PORT_BASE`. */
  ports?: Ports;
  /** Further settings of the emulator. */
  emulatorSettings?: Readonly<Record<string, string>>;
  /** `false` leaves the console out, for tests that have no use for it. */
  console?: boolean;
  /** Handler files of a test to deploy in place of the product's of the same function. */
  insteadOf?: readonly string[];
};

/** The region of the dev environment (lib/config/dev.ts). */
const region = 'us-east-1';

/** Read by the command line (`npm run ops`) to find the running system. */
export const systemFile = path.join(localDirectory, 'system.json');

/** Ends what was started, newest first; the first failure is told after all have been tried. */
const stopAll = async (stops: (() => Promise<void> | void)[]): Promise<void> => {
  const failures: unknown[] = [];
  for (const stop of stops.splice(0).reverse()) {
    try {
      await stop();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `Not everything could be stopped: ${failures.join('; ')}`);
};

const routesOf = (endpoint: string, outputs: Outputs): FrontRoutes => ({
  endpoint,
  apiPath: `/_aws/execute-api/${outputOf(outputs, 'ApiId')}/${outputOf(outputs, 'ApiStage')}`,
  siteBucket: outputOf(outputs, 'SiteBucket'),
  siteDomain: outputOf(outputs, 'DistributionDomain'),
  userPoolId: outputOf(outputs, 'UserPoolId'),
});

/**
 * Starts everything: the emulator, the vendors' sandboxes, the app deployed by the CDK CLI, people, the console and
 * the one origin in front of it. If any of it fails, what was started is stopped before the error is thrown.
 * @throws a sentence that says what to do, where a person can do something
 */
export const startSystem = async (options: SystemOptions): Promise<System> => {
  const ports = options.ports ?? choosePorts();
  const stops: (() => Promise<void> | void)[] = [];
  const timings: { step: string; seconds: number }[] = [];
  const timed = async <Result>(step: string, work: () => Promise<Result>): Promise<Result> => {
    const started = clock.nowMillis();
    const result = await work();
    timings.push({ step, seconds: Math.round((clock.nowMillis() - started) / 10) / 100 });
    return result;
  };
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= stopAll(stops);
    return stopping;
  };
  try {
    await stopLeftover(ports.emulator);
    await checkPortsAreFree(ports);
    let emulator = await timed('start the emulator', () =>
      startEmulator({ port: ports.emulator, settings: options.emulatorSettings ?? {} }),
    );
    stops.push(() => emulator.stop());
    options.log(`emulator on ${emulator.endpoint}`);
    const vendors = await timed('start the sandboxes', () => startVendors(ports));
    stops.push(vendors.stop);
    const { endpoint } = emulator;
    const directory = path.join(localDirectory, 'system', String(ports.emulator));
    const [outputs] = await allOf(
      timed('build and deploy the app', () =>
        deployApp({ endpoint, region, directory, log: options.log, insteadOf: options.insteadOf ?? [] }),
      ),
      options.console === false ? undefined : timed('build the console', buildConsole),
    );
    const cloud = connectCloud({ endpoint, region });
    const userPool = { id: outputOf(outputs, 'UserPoolId'), clientId: outputOf(outputs, 'UserPoolClientId') };
    const origin = `http://127.0.0.1:${ports.proxy}`;
    const [users] = await timed('connect vendors, people and console', () =>
      allOf(
        createUsers(cloud, userPool.id),
        allowOrigin(cloud, userPool, origin),
        connectVendors(cloud, outputs, vendors),
        options.console === false
          ? 0
          : uploadConsole(
              cloud.s3,
              outputOf(outputs, 'SiteBucket'),
              consoleConfiguration(outputs, { region, hostedUi: origin }),
            ),
      ),
    );
    const proxy = await startFrontProxy(ports.proxy, routesOf(endpoint, outputs));
    stops.push(proxy.stop);
    const system: System = {
      apiBase: `${origin}/v1`,
      consoleUrl: origin,
      endpoint,
      region,
      sandboxes: vendors.sandboxes,
      users,
      userPool,
      outputs,
      cloud,
      timings,
      restartEmulator: async (settings) => {
        await emulator.stop();
        emulator = await startEmulator({ port: ports.emulator, settings, keepState: true });
      },
      stop,
    };
    writeSystemFile(system);
    stops.push(() => removeSystemFile(endpoint));
    return system;
  } catch (error) {
    await stop();
    throw error;
  }
};

/** A second system beside this one may have written its own since; that one stays. */
const removeSystemFile = (endpoint: string): void => {
  if (!existsSync(systemFile)) return;
  const written = JSON.parse(readFileSync(systemFile, 'utf8')) as { endpoint: string };
  if (written.endpoint === endpoint) rmSync(systemFile);
};

/** Holds passwords of the demo users, so only its owner may read it. */
const writeSystemFile = ({ apiBase, consoleUrl, endpoint, users, userPool, outputs, sandboxes }: System): void => {
  mkdirSync(localDirectory, { recursive: true });
  const urls = { netsuite: sandboxes.netsuite.url, gainsight: sandboxes.gainsight.url };
  const content = { apiBase, consoleUrl, endpoint, region, users, userPool, outputs, sandboxes: urls };
  // A file that exists keeps its mode, so it is made anew.
  rmSync(systemFile, { force: true });
  writeFileSync(systemFile, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
};
