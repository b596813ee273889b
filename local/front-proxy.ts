import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A connection may be idle for so long. */
const KEEP_ALIVE_MILLIS = 120_000;

/** Where each part of the one origin is answered from. */
export type FrontRoutes = {
  /** Of the emulator, e.g. `http://127.0.0.1:4566`. */
  endpoint: string;
  /** Path of the API's stage at the emulator; `/v1/...` is appended. */
  apiPath: string;
  siteBucket: string;
  /** Domain name of the CloudFront distribution in front of the site. */
  siteDomain: string;
  userPoolId: string;
};

export type FrontProxy = { url: string; stop(): Promise<void> };

/** Where one request goes at the emulator. */
export type Forwarded = { path: string; isSite: boolean };

/**
 * Stands for the edge of a real deployment, where CloudFront serves the site and passes `/v1` to the API, and Cognito
 * has a host of its own for signing in. The emulator tells its services apart by path, so each request is re-addressed.
 */
export const forward = (url: string, { apiPath, siteBucket, userPoolId }: FrontRoutes): Forwarded => {
  const { pathname, search } = new URL(url, 'http://front');
  if (pathname === '/v1' || pathname.startsWith('/v1/'))
    return { path: `${apiPath}${pathname}${search}`, isSite: false };
  if (/^\/(oauth2\/|login$|logout$)/.test(pathname) || pathname.startsWith(`/${userPoolId}/`)) {
    return { path: `${pathname}${search}`, isSite: false };
  }
  return { path: `/${siteBucket}${pathname === '/' ? '/index.html' : pathname}`, isSite: true };
};

const siteHeaders = [
  'content-security-policy',
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'permissions-policy',
];

/**
 * The headers that the distribution adds to the site. The emulator lets its CloudFront read no bucket that demands
 * TLS (it has none inside itself), so the site is read from the bucket, and the distribution is asked once for these.
 */
const headersOfDistribution = ({ endpoint, siteDomain }: FrontRoutes): Promise<Record<string, string>> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(endpoint);
    const headers = { host: siteDomain, 'x-forwarded-proto': 'https' };
    request({ hostname, port, path: '/index.html', headers }, (answer) => {
      answer.resume();
      const found = siteHeaders.flatMap((name) => (answer.headers[name] === undefined ? [] : [name]));
      resolve(Object.fromEntries(found.map((name) => [name, String(answer.headers[name])])));
    })
      .once('error', reject)
      .end();
  });

/** Paths of the console that are pages, not files: the site answers them with its index. */
const isPage = (incoming: IncomingMessage): boolean =>
  incoming.method === 'GET' && !/\.[a-z0-9]+$/i.test(new URL(incoming.url ?? '/', 'http://front').pathname);

const connectionHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'host']);

const passedOn = (headers: NodeJS.Dict<string | string[]>): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string | string[]] => entry[1] !== undefined && !connectionHeaders.has(entry[0]),
    ),
  );

/** Starts the proxy on 127.0.0.1. Port 0 takes a free one. */
export const startFrontProxy = async (port: number, routes: FrontRoutes): Promise<FrontProxy> => {
  const emulator = new URL(routes.endpoint);
  const index: Forwarded = { path: `/${routes.siteBucket}/index.html`, isSite: true };
  const addedToSite = await headersOfDistribution(routes);
  const open = new Set<Socket>();

  const send = (incoming: IncomingMessage, answer: ServerResponse, target: Forwarded): void => {
    if (target.isSite && incoming.method !== 'GET' && incoming.method !== 'HEAD') {
      answer.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const outgoing = request(
      {
        host: emulator.hostname,
        port: emulator.port,
        method: incoming.method,
        path: target.path,
        headers: { ...passedOn(incoming.headers), host: emulator.host },
      },
      (response) => {
        const isMissing = response.statusCode === 403 || response.statusCode === 404;
        if (target.isSite && isMissing && isPage(incoming) && target.path !== index.path) {
          response.resume();
          send(incoming, answer, index);
          return;
        }
        const added = target.isSite ? addedToSite : {};
        answer.writeHead(response.statusCode ?? 502, { ...passedOn(response.headers), ...added });
        response.pipe(answer);
      },
    );
    outgoing.once('error', (error) => {
      if (answer.headersSent) answer.destroy(error);
      else
        answer.writeHead(502, { 'content-type': 'text/plain' }).end(`The emulator did not answer: ${error.message}\n`);
    });
    answer.once('close', () => {
      if (!answer.writableFinished) outgoing.destroy();
    });
    // The second try for a page follows a request that was read to its end already.
    if (incoming.readableEnded) outgoing.end();
    else incoming.pipe(outgoing);
  };

  const server: Server = createServer((incoming, answer) =>
    send(incoming, answer, forward(incoming.url ?? '/', routes)),
  );
  // The demo makes its events in this very process, and for some seconds nothing else runs here. A connection that timed
  // out meanwhile would be closed just as the next request goes out on it.
  server.keepAliveTimeout = KEEP_ALIVE_MILLIS;
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
};
