import { type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { ConsoleConfig } from '../config.ts';

export const CALLBACK_PATH = '/signed-in';

/** Sign-in by authorization code with PKCE; the tokens live in this tab only (sessionStorage). */
export type SignIn = {
  /** Finishes a sign-in if this page load is its callback, else restores the tab's session. */
  start(): Promise<User | undefined>;
  /** Leaves for the hosted sign-in page and comes back to `returnTo`. */
  signIn(returnTo: string): Promise<void>;
  /** Forgets the tokens and ends the session at the hosted UI. */
  signOut(): Promise<void>;
  /** The id token to send, or `undefined` when the session has ended. */
  token(): Promise<string | undefined>;
  /** Calls back whenever the session ends by itself. Returns how to stop that. */
  onEnded(ended: () => void): () => void;
};

const isState = (value: unknown): value is { returnTo: string } =>
  typeof value === 'object' && value !== null && 'returnTo' in value && typeof value.returnTo === 'string';

/** The place to come back to: always a path of this site, whatever the state says. */
const safePath = (state: unknown): string => {
  const path = isState(state) ? state.returnTo : '/';
  return path.startsWith('/') && !path.startsWith('//') && !path.startsWith(CALLBACK_PATH) ? path : '/';
};

export const makeSignIn = (config: ConsoleConfig): SignIn => {
  const { origin } = window.location;
  const manager = new UserManager({
    authority: config.authority,
    client_id: config.clientId,
    redirect_uri: `${origin}${CALLBACK_PATH}`,
    response_type: 'code',
    scope: 'openid email profile',
    loadUserInfo: false,
    automaticSilentRenew: true,
    userStore: new WebStorageStateStore({ store: window.sessionStorage }),
    stateStore: new WebStorageStateStore({ store: window.sessionStorage }),
    // Given here, so that nothing is discovered: the issuer's own documents may name another host than the browser sees.
    metadata: {
      issuer: config.authority,
      authorization_endpoint: config.hostedUi.authorize,
      token_endpoint: config.hostedUi.token,
      end_session_endpoint: config.hostedUi.logout,
    },
  });

  const live = async (): Promise<User | undefined> => {
    const user = await manager.getUser();
    if (!user || user.expired === true) return undefined;
    return user;
  };

  return {
    start: async () => {
      if (window.location.pathname !== CALLBACK_PATH) return live();
      const user = await manager.signinRedirectCallback();
      window.history.replaceState(null, '', safePath(user.state));
      return user;
    },
    signIn: (returnTo) => manager.signinRedirect({ state: { returnTo } }),
    signOut: async () => {
      await manager.removeUser();
      const leave = new URL(config.hostedUi.logout);
      leave.searchParams.set('client_id', config.clientId);
      leave.searchParams.set('logout_uri', `${origin}/`);
      window.location.assign(leave);
    },
    token: async () => (await live())?.id_token,
    onEnded: (ended) => {
      manager.events.addAccessTokenExpired(ended);
      return () => manager.events.removeAccessTokenExpired(ended);
    },
  };
};
