import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeJson } from './exact.ts';

/** A request as a sandbox sees it. */
export type SandboxRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
};

/** An answer; `body` is written as JSON unless it is absent. */
export type SandboxAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

/** What becomes of a request: an answer, a connection cut off, or silence until the caller gives up. */
export type Fate = SandboxAnswer | 'cut' | 'silence';

/** A line of a sandbox's log. Bodies are kept, headers are not: they carry tokens. */
export type LoggedRequest = {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly correlationId?: string;
  readonly fate: number | 'cut' | 'silence';
};

/** A running server. */
export type Server = { readonly url: string; stop(): Promise<void> };

/** Far above anything the product sends, far below what would hurt this process. */
const MAX_BODY = 20_000_000;

const read = async (message: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of message) {
    const bytes = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
    size += bytes.length;
    if (size > MAX_BODY) throw new RangeError('the request body is too large');
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
};

const answer = (response: ServerResponse, { status, headers = {}, body }: SandboxAnswer): void => {
  response.writeHead(status, {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  });
  response.end(body === undefined ? undefined : writeJson(body));
};

/** Serves on 127.0.0.1. Port 0 takes a free one. */
export const serve = async (port: number, handle: (request: SandboxRequest) => Promise<Fate>): Promise<Server> => {
  const server = createServer((message, response) => {
    const url = new URL(message.url ?? '/', 'http://127.0.0.1');
    read(message)
      .then((body) =>
        handle({
          method: message.method ?? 'GET',
          path: decodeURI(url.pathname),
          query: url.searchParams,
          headers: Object.fromEntries(
            Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
          ),
          body,
        }),
      )
      .then((fate) => {
        if (fate === 'cut') message.socket.destroy();
        else if (fate !== 'silence') answer(response, fate);
      })
      .catch((error: unknown) => answer(response, { status: 500, body: { sandboxFailure: String(error) } }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        // Connections that a client keeps open, or that were left in silence, would hold the process.
        server.closeAllConnections();
      }),
  };
};
