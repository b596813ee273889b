import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FrontProxy, forward, startFrontProxy } from '../../../local/front-proxy.ts';

const routes = {
  endpoint: 'http://127.0.0.1:4566',
  apiPath: '/_aws/execute-api/abc/prod',
  siteBucket: 'site-bucket',
  siteDomain: 'd1.cloudfront.net',
  userPoolId: 'us-east-1_pool',
};

describe('where the front proxy sends a request', () => {
  it.each([
    ['/v1/closes?after=x', '/_aws/execute-api/abc/prod/v1/closes?after=x'],
    ['/oauth2/authorize?client_id=1', '/oauth2/authorize?client_id=1'],
    ['/login', '/login'],
    ['/logout?client_id=1', '/logout?client_id=1'],
    ['/us-east-1_pool/.well-known/jwks.json', '/us-east-1_pool/.well-known/jwks.json'],
  ])('%s goes to the emulator as %s', (url, path) => {
    expect(forward(url, routes)).toEqual({ path, isSite: false });
  });

  it.each([
    ['/', '/site-bucket/index.html'],
    ['/assets/index-1.js', '/site-bucket/assets/index-1.js'],
    ['/v1x', '/site-bucket/v1x'],
    ['/logins', '/site-bucket/logins'],
  ])('%s goes to the site as %s', (url, path) => {
    expect(forward(url, routes)).toEqual({ path, isSite: true });
  });
});

describe('the front proxy', () => {
  let emulator: Server;
  let proxy: FrontProxy;

  /** Stands for the emulator: echoes what reached it, and has one file of the site. */
  beforeAll(async () => {
    emulator = createServer((request, response) => {
      const isSite = request.url?.startsWith('/site-bucket/') === true;
      if (request.headers.host === routes.siteDomain) {
        response.writeHead(403, { 'content-security-policy': "default-src 'self'", via: 'cloudfront' }).end();
        return;
      }
      if (isSite && request.url !== '/site-bucket/index.html') {
        response.writeHead(404).end('no such file');
        return;
      }
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => response.writeHead(200, { 'x-path': request.url }).end(isSite ? 'the console' : body));
    });
    await new Promise<void>((resolve) => emulator.listen(0, '127.0.0.1', resolve));
    const { port } = emulator.address() as AddressInfo;
    proxy = await startFrontProxy(0, { ...routes, endpoint: `http://127.0.0.1:${port}` });
  });
  afterAll(async () => {
    await proxy.stop();
    await new Promise((resolve) => emulator.close(resolve));
  });

  it('keeps idle connections longer than the demo needs to make a month of events on a slow machine', async () => {
    const answer = await fetch(`${proxy.url}/v1/anything`);
    await answer.arrayBuffer();
    expect(answer.headers.get('keep-alive')).toBe('timeout=120');
  });

  it('passes bodies through to the API', async () => {
    const answer = await fetch(`${proxy.url}/v1/events`, { method: 'POST', body: '{"id":"1"}' });
    expect(answer.headers.get('x-path')).toBe('/_aws/execute-api/abc/prod/v1/events');
    expect(await answer.text()).toBe('{"id":"1"}');
  });

  it('adds to the site the security headers of the distribution, and to the API none', async () => {
    const policy = async (path: string) => (await fetch(`${proxy.url}${path}`)).headers.get('content-security-policy');
    expect([await policy('/'), await policy('/v1/closes')]).toEqual(["default-src 'self'", null]);
  });

  it('answers the pages of the console with its index, and missing files as missing', async () => {
    const page = await fetch(`${proxy.url}/closes/close-1`);
    expect([page.status, await page.text()]).toEqual([200, 'the console']);
    expect((await fetch(`${proxy.url}/assets/gone.js`)).status).toBe(404);
  });
});
