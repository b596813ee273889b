import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { type Answer, answerApi, type Request } from './api.ts';
import { SITE } from './build-site.ts';
import { makeOidc, nameIn } from './oidc.ts';
import { makeWorld, type World } from './world.ts';

/** The built console with a fake API and a fake hosted sign-in behind one origin. */
export type FakeConsole = { readonly url: string; world: World; stop(): Promise<void> };

export type FakeOptions = {
  /** 0 = any free one. */
  readonly port?: number;
  /** How many documents; 0 = a fresh system. */
  readonly rows?: number;
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const send = (response: ServerResponse, { status, body }: Answer): void => {
  response.writeHead(status, {
    'content-type': status >= 400 ? 'application/problem+json' : 'application/json',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
};

const sendFile = (response: ServerResponse, path: string): void => {
  const file = join(SITE, normalize(path));
  const found = extname(file) !== '' && file.startsWith(SITE) && existsSync(file) ? file : join(SITE, 'index.html');
  const content = readFileSync(found);
  response.writeHead(200, { 'content-type': TYPES[extname(found)] ?? 'application/octet-stream' });
  response.end(content);
};

/** Serves the console that build-site.ts has built. */
export const startFakeConsole = async ({ port = 0, rows }: FakeOptions = {}): Promise<FakeConsole> => {
  const started = performance.timeOrigin;
  const oidc = makeOidc(() => Math.floor((started + performance.now()) / 1_000));
  const fake = { world: makeWorld(rows) };
  let url = '';

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const address = new URL(request.url ?? '/', url);
    const { pathname, searchParams } = address;
    if (pathname === '/config.json') {
      const hostedUi = { authorize: `${url}/oauth2/authorize`, token: `${url}/oauth2/token`, logout: `${url}/logout` };
      const names = { region: 'us-east-1', userPoolId: 'fake', clientId: 'fake-client', authority: `${url}/fake` };
      return send(response, { status: 200, body: { apiBase: '/v1', ...names, hostedUi } });
    }
    if (pathname === '/oauth2/authorize') {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(oidc.form(searchParams));
      return;
    }
    if (pathname === '/login') {
      const to = oidc.login(new URLSearchParams(await bodyOf(request)));
      response.writeHead(to ? 302 : 401, to ? { location: to } : {}).end();
      return;
    }
    if (pathname === '/oauth2/token') {
      const tokens = oidc.token(new URLSearchParams(await bodyOf(request)), `${url}/fake`);
      return send(response, tokens ? { status: 200, body: tokens } : { status: 400, body: { error: 'invalid_grant' } });
    }
    if (pathname === '/logout') {
      response.writeHead(302, { location: searchParams.get('logout_uri') ?? '/' }).end();
      return;
    }
    if (!pathname.startsWith('/v1/')) return sendFile(response, pathname);
    const name = nameIn((request.headers.authorization ?? '').replace(/^Bearer /, ''));
    if (!name) return send(response, { status: 401, body: { message: 'Unauthorized' } });
    const text = await bodyOf(request);
    const method = request.method ?? 'GET';
    const body: Request['body'] = text === '' ? {} : JSON.parse(text);
    send(response, await answerApi(fake.world, { method, address, name, body }));
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      send(response, { status: 500, body: { code: 'FAKE', detail: String(error), status: 500 } });
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(fake, {
    url,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
};
