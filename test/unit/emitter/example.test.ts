import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../../../scripts/setup/paths.mjs';

/** The example of the README, run as it says, against a door that refuses the first request. */
const requests: { readonly key: unknown; readonly lines: number }[] = [];
const server = createServer(async (request, response) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const lines = gunzipSync(Buffer.concat(chunks)).toString('utf8').trim().split('\n').length;
  requests.push({ key: request.headers['x-api-key'], lines });
  if (requests.length === 1) response.writeHead(503, { 'retry-after': '0' }).end();
  else response.writeHead(202).end(JSON.stringify({ results: Array(lines).fill({ status: 'received' }) }));
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));

it('delivers a thousand events', async () => {
  const { port } = server.address() as AddressInfo;
  const env = { ...process.env, METERBRIDGE_API: `http://127.0.0.1:${port}/v1`, METERBRIDGE_API_KEY: 'secret' };
  const { stdout } = await promisify(execFile)(process.execPath, ['emitter/example.ts'], { cwd: root, env });
  expect(stdout).toBe('1000 events delivered, 0 not\n');
  expect(requests.map(({ key }) => key)).toEqual(requests.map(() => 'secret'));
  expect(requests.slice(1).reduce((sum, { lines }) => sum + lines, 0)).toBe(1_000);
});
