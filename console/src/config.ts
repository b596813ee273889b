/**
 * What the console is told at run time by `/config.json`:
 *
 *     { "apiBase": "/v1", "region": "eu-central-1", "userPoolId": "...", "clientId": "...",
 *       "authority": "https://cognito-idp...", "hostedUi": { "authorize": "...", "token": "...", "logout": "..." } }
 *
 * The hosted UI's client must allow `<origin>/signed-in` as callback URL and `<origin>/` as sign-out URL.
 */
export type ConsoleConfig = {
  /** `/v1` or empty: the API is behind the same origin. */
  readonly apiBase: string;
  readonly region: string;
  readonly userPoolId: string;
  readonly clientId: string;
  /** Issuer of the tokens. */
  readonly authority: string;
  readonly hostedUi: { readonly authorize: string; readonly token: string; readonly logout: string };
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const textAt = (source: Record<string, unknown>, key: string, path: string): string => {
  const value = source[key];
  if (typeof value !== 'string') throw new Error(`/config.json: ${path}${key} is missing`);
  return value;
};

/** @throws a sentence that names what is missing. */
export const parseConfig = (json: unknown): ConsoleConfig => {
  if (!isRecord(json)) throw new Error('/config.json is not an object');
  const hostedUi = json.hostedUi;
  if (!isRecord(hostedUi)) throw new Error('/config.json: hostedUi is missing');
  return {
    apiBase: textAt(json, 'apiBase', ''),
    region: textAt(json, 'region', ''),
    userPoolId: textAt(json, 'userPoolId', ''),
    clientId: textAt(json, 'clientId', ''),
    authority: textAt(json, 'authority', ''),
    hostedUi: {
      authorize: textAt(hostedUi, 'authorize', 'hostedUi.'),
      token: textAt(hostedUi, 'token', 'hostedUi.'),
      logout: textAt(hostedUi, 'logout', 'hostedUi.'),
    },
  };
};

/** Reads the configuration of this deployment. */
export const loadConfig = async (): Promise<ConsoleConfig> => {
  const answer = await fetch('/config.json', { cache: 'no-cache' });
  if (!answer.ok) throw new Error(`/config.json answered ${answer.status}`);
  return parseConfig(await answer.json());
};
