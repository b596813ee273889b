import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

/**
 * Where the sign-in page sends the browser back to: this machine, whoever the API is. Cognito compares the whole
 * address, so the port is fixed; the user pool's client names it (lib/stacks/console-stack.ts).
 */
export const CALLBACK = 'http://127.0.0.1:4605/signed-in';

const PATIENCE_MILLIS = 5 * 60_000;

/** What a deployment's `/config.json` says of signing in. */
type SignInPlaces = { readonly clientId: string; readonly authorize: string; readonly token: string };

/** Reads it from the origin of the API, where the console is too. @throws {Error} a sentence if it is not there. */
const placesOf = async (apiBase: string): Promise<SignInPlaces> => {
  const url = new URL('/config.json', apiBase);
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  const text = await answer.text();
  if (!answer.ok || !text.startsWith('{')) {
    throw new Error(
      `${url} does not say where to sign in (${answer.status}): METERBRIDGE_API is the console's origin and /v1`,
    );
  }
  const { clientId, hostedUi } = JSON.parse(text) as { clientId?: string; hostedUi?: Partial<SignInPlaces> };
  if (!clientId || !hostedUi?.authorize || !hostedUi.token) throw new Error(`${url} does not say where to sign in`);
  return { clientId, authorize: hostedUi.authorize, token: hostedUi.token };
};

const page = (text: string): string =>
  `<!doctype html><meta charset="utf-8"><title>Meterbridge</title><p style="font: 1rem sans-serif">${text}</p>`;

/**
 * Waits for the browser to come back with a code. Only a request with our own `state` counts: any page can send a
 * browser to this address.
 */
const waitForCode = (callback: URL, state: string, onListening: () => void): Promise<string> =>
  new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', callback);
      if (pathname !== callback.pathname || searchParams.get('state') !== state) {
        response.writeHead(404, { 'content-type': 'text/html' }).end(page('There is nothing here.'));
        return;
      }
      const code = searchParams.get('code');
      const said = code === null ? 'The sign-in was refused.' : 'You are signed in at the command line.';
      response
        .writeHead(200, { 'content-type': 'text/html', 'cache-control': 'no-store', connection: 'close' })
        .end(page(`${said} This page can be closed.`));
      if (code === null) finish(() => reject(new Error(`the sign-in was refused: ${searchParams.get('error')}`)));
      else finish(() => resolve(code));
    });
    const timer = setTimeout(() => {
      finish(() => reject(new Error('nobody signed in within five minutes; run the command again')));
    }, PATIENCE_MILLIS);
    const finish = (then: () => void): void => {
      clearTimeout(timer);
      server.close(then);
      server.closeIdleConnections();
    };
    server.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const taken = `port ${callback.port} of 127.0.0.1 is taken, and the sign-in comes back there: stop what listens on it`;
      reject(error.code === 'EADDRINUSE' ? new Error(taken) : error);
    });
    server.listen(Number(callback.port), callback.hostname, onListening);
  });

/**
 * Signs in through the browser, second factor and all: authorization code with PKCE at the hosted sign-in page, back
 * to this machine. `show` is told the address that a person opens. Answers the id token.
 * @throws {Error} a sentence if nobody signs in within five minutes, or the sign-in is refused.
 */
export const signInByBrowser = async (
  apiBase: string,
  show: (address: string) => void,
  callback = CALLBACK,
): Promise<string> => {
  const places = await placesOf(apiBase);
  const secret = (): string => randomBytes(32).toString('base64url');
  const [state, verifier] = [secret(), secret()];
  const address = new URL(places.authorize);
  address.search = new URLSearchParams({
    response_type: 'code',
    client_id: places.clientId,
    redirect_uri: callback,
    scope: 'openid email profile',
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const code = await waitForCode(new URL(callback), state, () => show(address.href));
  const answer = await fetch(places.token, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: places.clientId,
      redirect_uri: callback,
      code,
      code_verifier: verifier,
    }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  const { id_token: idToken } = answer.ok ? (JSON.parse(text) as { id_token?: string }) : {};
  if (!idToken) throw new Error(`the sign-in page did not take its own code (${answer.status}): ${text.slice(0, 200)}`);
  return idToken;
};
