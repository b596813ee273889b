import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nowMillis } from './clock.ts';
import { claimsOf } from './id-token.ts';

/** A sign-in that `sign-in` keeps until it expires: the id token and the API that it is for. */
type KeptSession = { readonly apiBase: string; readonly idToken: string };

const SESSION_FILE = '.local/ops-session.json';

/** A token that ends within half a minute would end under the command's hands. */
const MARGIN_MILLIS = 30_000;

/** Keeps a token, readable by its owner only. There is one at a time: the newest. */
export const keepSession = (session: KeptSession, file = SESSION_FILE): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  // A file that exists keeps its mode, so it is made anew.
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify(session)}\n`, { mode: 0o600 });
};

/** The kept token for this API; `undefined` when there is none or it has expired. */
export const keptToken = (apiBase: string, file = SESSION_FILE): string | undefined => {
  if (!existsSync(file)) return undefined;
  const session = JSON.parse(readFileSync(file, 'utf8')) as KeptSession;
  const expired = claimsOf(session.idToken).expiresAtMillis < nowMillis() + MARGIN_MILLIS;
  return session.apiBase === apiBase && !expired ? session.idToken : undefined;
};

/** Forgets the kept token, if there is one. */
export const forgetSession = (file = SESSION_FILE): void => rmSync(file, { force: true });
