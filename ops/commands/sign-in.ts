import { signInByBrowser } from '../browser-sign-in.ts';
import { claimsOf } from '../id-token.ts';
import { forgetSession, keepSession } from '../kept-session.ts';
import { say } from '../print.ts';
import { remoteApi } from '../session.ts';

/** Signs a person in through the browser and keeps the token for the next commands, until it expires. */
export const signInHere = async (): Promise<void> => {
  const apiBase = remoteApi();
  if (apiBase === undefined) {
    throw new Error('a local system needs no sign-in; for one on AWS set METERBRIDGE_API first');
  }
  const idToken = await signInByBrowser(apiBase, (address) =>
    say(`Open this address in a browser here:\n\n${address}\n`),
  );
  keepSession({ apiBase, idToken });
  const { name, groups, expiresAtMillis } = claimsOf(idToken);
  say(`Signed in as ${name} (${groups.join(', ') || 'no role'}) until ${new Date(expiresAtMillis).toISOString()}.`);
};

/** Forgets the kept token. */
export const signOutHere = (): void => {
  forgetSession();
  say('Nobody is signed in any more.');
};
