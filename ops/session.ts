import { existsSync, readFileSync } from 'node:fs';
import { CognitoIdentityProviderClient, InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider';
import { keptToken } from './kept-session.ts';

/** Where a running Meterbridge is and as whom to sign in there by password. */
export type Target = {
  readonly apiBase: string;
  readonly region: string;
  readonly clientId: string;
  /** Endpoint of the AWS emulator; absent on AWS. */
  readonly endpoint?: string;
  readonly user: string;
  readonly password: string;
};

/** The people of a local system, by the name that `--as` takes. */
export type Person = 'preparer' | 'approver' | 'operator' | 'success';

type SystemFile = {
  readonly apiBase: string;
  readonly region: string;
  readonly endpoint: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly userPool: { readonly clientId: string };
  readonly users: Readonly<Record<Person, { readonly name: string; readonly password: string }>>;
};

/** Written by the local system while it runs, readable by its owner only. */
const SYSTEM_FILE = '.local/system.json';

/** The settings of the environment that name a system on AWS and how to be somebody there. */
type Settings = Readonly<Record<string, string | undefined>>;

const remoteTarget = (apiBase: string, settings: Settings): Target | undefined => {
  const { METERBRIDGE_CLIENT_ID, METERBRIDGE_USER, METERBRIDGE_PASSWORD, AWS_REGION } = settings;
  if (!METERBRIDGE_USER && !METERBRIDGE_PASSWORD) return undefined;
  if (!METERBRIDGE_CLIENT_ID || !METERBRIDGE_USER || !METERBRIDGE_PASSWORD || !AWS_REGION) {
    throw new Error(
      'to sign in by password set METERBRIDGE_CLIENT_ID, METERBRIDGE_USER, METERBRIDGE_PASSWORD and AWS_REGION, all of them',
    );
  }
  return {
    apiBase,
    region: AWS_REGION,
    clientId: METERBRIDGE_CLIENT_ID,
    user: METERBRIDGE_USER,
    password: METERBRIDGE_PASSWORD,
  };
};

/** The local system that is up. @throws {Error} saying how to start one. */
const localSystem = (): SystemFile => {
  if (!existsSync(SYSTEM_FILE)) {
    throw new Error('no system is running here: start one with "npm run dev", or set METERBRIDGE_API for one on AWS');
  }
  return JSON.parse(readFileSync(SYSTEM_FILE, 'utf8')) as SystemFile;
};

/** Where the archive of the local system is. @throws {Error} saying how to start one. */
export const localArchive = (): { readonly endpoint: string; readonly region: string; readonly bucket: string } => {
  const { endpoint, region, outputs } = localSystem();
  const bucket = outputs.ArchiveBucket;
  if (bucket === undefined) throw new Error(`${SYSTEM_FILE} does not say where the archive is`);
  return { endpoint, region, bucket };
};

/** One of the people of the local system. @throws {Error} saying how to start one. */
const localTarget = (as: Person): Target => {
  const system = localSystem();
  const person = system.users[as];
  return {
    apiBase: system.apiBase,
    region: system.region,
    clientId: system.userPool.clientId,
    endpoint: system.endpoint,
    user: person.name,
    password: person.password,
  };
};

/** The API that `METERBRIDGE_API` names, without a slash at its end. @throws {Error} if it is no such address. */
export const remoteApi = (settings: Settings = process.env): string | undefined => {
  const given = settings.METERBRIDGE_API?.replace(/\/+$/, '');
  if (!given) return undefined;
  if (!/^https?:\/\/[^/]+\/v1$/.test(given)) {
    throw new Error(`METERBRIDGE_API is "${given}": give the console's address and /v1, e.g. https://usage.example/v1`);
  }
  return given;
};

/**
 * Which API to speak to, with whose token. Where `METERBRIDGE_API` names one: `METERBRIDGE_TOKEN`, else what `sign-in`
 * kept, else name and password where the deployment allows them. Without it: the local system, as `chosen` or as whom
 * the command is `usual`ly for.
 * @throws {Error} a sentence that says how to sign in.
 */
export const openSession = async (
  usual: Person,
  chosen: Person | undefined,
  settings: Settings = process.env,
): Promise<{ readonly apiBase: string; readonly token: string }> => {
  const apiBase = remoteApi(settings);
  if (apiBase === undefined) {
    const target = localTarget(chosen ?? usual);
    return { apiBase: target.apiBase, token: await signIn(target) };
  }
  if (chosen !== undefined) throw new Error('--as chooses among the people of a local system; here you are yourself');
  const given = settings.METERBRIDGE_TOKEN || keptToken(apiBase);
  if (given !== undefined) return { apiBase, token: given };
  const target = remoteTarget(apiBase, settings);
  if (target === undefined) throw new Error(`nobody is signed in to ${apiBase}: npm run ops -- sign-in`);
  return { apiBase, token: await signIn(target) };
};

/** Signs in by name and password and answers the id token. @throws {Error} naming the user if the sign-in is refused. */
export const signIn = async (target: Target): Promise<string> => {
  const client = new CognitoIdentityProviderClient({
    region: target.region,
    ...(target.endpoint
      ? { endpoint: target.endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
      : {}),
  });
  try {
    const answer = await client.send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: target.clientId,
        AuthParameters: { USERNAME: target.user, PASSWORD: target.password },
      }),
    );
    const token = answer.AuthenticationResult?.IdToken;
    if (!token) throw new Error(`a challenge is open (${answer.ChallengeName}): sign in to the console once first`);
    return token;
  } catch (error) {
    throw new Error(`could not sign in as ${target.user}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    client.destroy();
  }
};
