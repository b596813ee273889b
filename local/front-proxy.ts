import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Where each part of the one origin is answered from. */
export type FrontRoutes = {
  /** Of the emulator, e.g. `http://127.0.0.1:4566`. */
  endpoint: string;
  /** Path of the API's stage at the emulator; `/v1/...` is appended. */
  apiPath: string;
  /** Domain name of the CloudFront distribution that serves the site. */
  siteDomain: string;
  userPoolId: string;
};

export type FrontProxy = { url: string; stop(): Promise<void> };

/** What one request becomes at the emulator. */
export type Forwarded = { path: string; headers: Record<string, string> };

/**
 * Stands for the edge of a real deployment, where CloudFront serves the site and passes `/v1` to the API, and Cognito
 * has a host of its own for signing in. The emulator tells its services apart by host and path, so each request is
 * re-addressed.
 */
export const forward = (url: string, { apiPath, siteDomain, userPoolId }: FrontRoutes): Forwarded => {
  const { pathname, search } = new URL(url, 'http://front');
  if (pathname === '/v1' || pathname.startsWith('/v1/')) return { path: `${apiPath}${pathname}${search}`, headers: {} };
  if (/^\/(oauth2\/|login$|logout$)/.test(pathname) || pathname.startsWith(`/${userPoolId}/`)) {
    return { path: `${pathname}${search}`, headers: {} };
  }
  return {
    path: `${pathname === '/' ? '/index.html' : pathname}${search}`,
    headers: { host: siteDomain, 'x-forwarded-proto': 'https' },
  };
};

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
  const open = new Set<Socket>();

  const send = (incoming: IncomingMessage, answer: ServerResponse, target: Forwarded): void => {
    const outgoing = request(
      {
        host: emulator.hostname,
        port: emulator.port,
        method: incoming.method,
        path: target.path,
        headers: { ...passedOn(incoming.headers), host: emulator.host, ...target.headers },
      },
      (response) => {
        const isSite = target.headers.host !== undefined;
        const isMissing = response.statusCode === 403 || response.statusCode === 404;
        if (isSite && isMissing && isPage(incoming) && !target.path.startsWith('/index.html')) {
          response.resume();
          send(incoming, answer, { ...target, path: '/index.html' });
          return;
        }
        answer.writeHead(response.statusCode ?? 502, passedOn(response.headers));
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
