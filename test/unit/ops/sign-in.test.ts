import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signInByBrowser } from '../../../ops/browser-sign-in.ts';

/** A console's origin with a sign-in page that signs everybody in as ada, and checks what a real one checks. */
const fakeOrigin = () => {
  let challenge = '';
  let redirect = '';
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    const origin = `http://127.0.0.1:${port}`;
    const { pathname, searchParams } = new URL(request.url ?? '/', origin);
    if (pathname === '/config.json') {
      const hostedUi = { authorize: `${origin}/oauth2/authorize`, token: `${origin}/oauth2/token` };
      response.end(JSON.stringify({ clientId: 'client-1', hostedUi }));
      return;
    }
    if (pathname === '/oauth2/authorize') {
      challenge = searchParams.get('code_challenge') ?? '';
      redirect = searchParams.get('redirect_uri') ?? '';
      const refused =
        searchParams.get('client_id') !== 'client-1' || searchParams.get('code_challenge_method') !== 'S256';
      const back = new URL(redirect);
      back.search = `${refused ? 'error=invalid_request' : 'code=c-1'}&state=${searchParams.get('state')}`;
      response.writeHead(302, { location: back.href }).end();
      return;
    }
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const form = new URLSearchParams(body);
      const proof = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      const right = proof === challenge && form.get('code') === 'c-1' && form.get('redirect_uri') === redirect;
      response.writeHead(right ? 200 : 400).end(JSON.stringify(right ? { id_token: 'the-token' } : { error: 'no' }));
    });
  });
  return server;
};

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

describe('sign-in through the browser', () => {
  let origin: Server;
  let api: string;
  let callback: string;
  beforeEach(async () => {
    origin = fakeOrigin();
    api = `http://127.0.0.1:${await listening(origin)}/v1`;
    const placeholder = createServer();
    callback = `http://127.0.0.1:${await listening(placeholder)}/signed-in`;
    await closed(placeholder);
  });
  afterEach(() => closed(origin));

  /** Signs in with a browser that does `visit` with the address shown. */
  const signIn = async (visit: (address: string) => Promise<unknown>): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const [token] = await Promise.all([signInByBrowser(api, resolve, callback), promise.then(visit)]);
    return token;
  };

  it('answers the token for the code that comes back, with its proof', async () => {
    const pages: string[] = [];
    const token = await signIn(async (address) => pages.push(await (await fetch(address)).text()));
    expect(token).toBe('the-token');
    expect(pages[0]).toContain('signed in');
  });

  it('takes no code that another page sends', async () => {
    const statuses: number[] = [];
    const token = await signIn(async (address) => {
      statuses.push((await fetch(`${callback}?code=evil&state=guessed`)).status);
      statuses.push((await fetch(address)).status);
    });
    expect([token, statuses]).toEqual(['the-token', [404, 200]]);
  });

  it('says that a sign-in was refused', async () => {
    const refused = signIn((address) => fetch(address.replace('client-1', 'client-2')));
    await expect(refused).rejects.toThrow('the sign-in was refused: invalid_request');
  });

  it('says what to free when its port is taken', async () => {
    const other = createServer();
    const port = await listening(other);
    const attempt = signInByBrowser(api, () => undefined, `http://127.0.0.1:${port}/signed-in`);
    await expect(attempt).rejects.toThrow(`port ${port} of 127.0.0.1 is taken`);
    await closed(other);
  });

  it('says which address must be given when nothing there tells where to sign in', async () => {
    const bare = createServer((_request, response) => response.writeHead(404).end('nothing'));
    const attempt = signInByBrowser(`http://127.0.0.1:${await listening(bare)}/v1`, () => undefined, callback);
    await expect(attempt).rejects.toThrow(/config\.json does not say where to sign in \(404\)/);
    await closed(bare);
  });
});
