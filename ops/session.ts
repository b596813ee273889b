import { existsSync, readFileSync } from 'node:fs';
import { CognitoIdentityProviderClient, InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider';

/** Where a running Meterbridge is and as whom to speak to it. */
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
  readonly userPool: { readonly clientId: string };
  readonly users: Readonly<Record<Person, { readonly name: string; readonly password: string }>>;
};

/** Written by the local system while it runs, readable by its owner only. */
const SYSTEM_FILE = '.local/system.json';

/**
 * Finds the system to talk to: the environment (`METERBRIDGE_API`, `METERBRIDGE_CLIENT_ID`, `METERBRIDGE_USER`,
 * `METERBRIDGE_PASSWORD`, `AWS_REGION`) for one on AWS, else the local system that is up.
 * @throws {Error} saying how to start or name one if there is none.
 */
export const findTarget = (as: Person): Target => {
  const { METERBRIDGE_API, METERBRIDGE_CLIENT_ID, METERBRIDGE_USER, METERBRIDGE_PASSWORD, AWS_REGION } = process.env;
  if (METERBRIDGE_API) {
    if (!METERBRIDGE_CLIENT_ID || !METERBRIDGE_USER || !METERBRIDGE_PASSWORD || !AWS_REGION) {
      throw new Error(
        'METERBRIDGE_API is set, but METERBRIDGE_CLIENT_ID, METERBRIDGE_USER, METERBRIDGE_PASSWORD or AWS_REGION is not',
      );
    }
    return {
      apiBase: METERBRIDGE_API,
      region: AWS_REGION,
      clientId: METERBRIDGE_CLIENT_ID,
      user: METERBRIDGE_USER,
      password: METERBRIDGE_PASSWORD,
    };
  }
  if (!existsSync(SYSTEM_FILE)) {
    throw new Error('no system is running here: start one with "npm run dev", or set METERBRIDGE_API for one on AWS');
  }
  const system = JSON.parse(readFileSync(SYSTEM_FILE, 'utf8')) as SystemFile;
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

/** Signs in and answers the id token. @throws {Error} naming the user if the sign-in is refused. */
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
