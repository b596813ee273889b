import { generateKeyPairSync } from 'node:crypto';
import { importPKCS8, type JWTPayload, SignJWT } from 'jose';
import { monthlyPeriods } from '../../../local/sandboxes/netsuite/company.ts';
import { type NetSuiteSandbox, startNetSuiteSandbox } from '../../../local/sandboxes/netsuite/server.ts';

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** The integration that the fixture's sandbox knows. */
export const integration = {
  clientId: 'client-1',
  certificateId: 'certificate-1',
  privateKeyPem: keys.privateKey,
  accountId: 'SANDBOX_1',
};

const company = {
  subsidiaries: [
    { id: '1', name: 'Larkspur, Inc.' },
    { id: '3', name: 'Larkspur K.K.' },
  ],
  customers: [
    { id: '614', name: 'Northgate Freight', subsidiaryId: '1', currencies: ['USD'] },
    { id: '615', name: 'Hoshi Robotics', subsidiaryId: '3', currencies: ['JPY'] },
  ],
  items: [
    { id: '501', name: 'ai-summaries' },
    { id: '502', name: 'api-calls' },
    { id: '503', name: 'platform' },
  ],
  deposits: [
    { id: '901', customerId: '614', currency: 'USD', amount: '1000.00' },
    { id: '902', customerId: '615', currency: 'JPY', amount: '1000' },
  ],
  revRecTemplates: ['point-in-time', 'straight-line-day', 'straight-line-month', 'as-used'].map((name, n) => ({
    id: String(n + 1),
    name,
  })),
};

/** A sandbox of a small company, with 2026 open; on a free port. */
export const startFixture = (options: { tokenSeconds?: number } = {}): Promise<NetSuiteSandbox> =>
  startNetSuiteSandbox({
    port: 0,
    publicKeyPem: keys.publicKey,
    clientId: integration.clientId,
    certificateId: integration.certificateId,
    periods: monthlyPeriods('2026-01', '2026-12'),
    company,
    ...options,
  });

export const tokenUrlOf = (sandbox: NetSuiteSandbox): string => `${sandbox.url}/services/rest/auth/oauth2/v1/token`;

/** The parts of an assertion that a test may get wrong. */
export type Assertion = { alg?: string; kid?: string; privateKeyPem?: string; payload?: JWTPayload };

export const assertionFor = async (sandbox: NetSuiteSandbox, wrong: Assertion = {}): Promise<string> => {
  const now = Math.floor(Date.parse(sandbox.requests().at(-1)?.at ?? '2026-01-01T00:00:00Z') / 1000);
  const alg = wrong.alg ?? 'PS256';
  const payload = {
    iss: integration.clientId,
    aud: tokenUrlOf(sandbox),
    scope: 'rest_webservices',
    iat: now,
    exp: now + 300,
    ...wrong.payload,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ typ: 'JWT', alg, kid: wrong.kid ?? integration.certificateId })
    .sign(await importPKCS8(wrong.privateKeyPem ?? integration.privateKeyPem, alg));
};

/** Asks for a token with an assertion. */
export const askToken = (sandbox: NetSuiteSandbox, assertion: string): Promise<Response> =>
  fetch(tokenUrlOf(sandbox), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }).toString(),
  });

/** A good invoice; tests spoil it. */
export const invoice = (externalId: string): Record<string, unknown> => ({
  externalId,
  entity: { id: '614' },
  subsidiary: { id: '1' },
  tranDate: '2026-10-31',
  currency: { refName: 'USD' },
  memo: 'Usage',
  item: { items: [{ item: { id: '502' }, quantity: 3, amount: 7.5, description: 'API calls' }] },
});

/** What a request ended in. */
export type Ended = { status: number; detail: string; path: string; body: unknown };

/** One call with a token. */
export const call = async (
  sandbox: NetSuiteSandbox,
  token: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Ended> => {
  const response = await fetch(`${sandbox.url}/services/rest${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'x-netsuite-propertynamevalidation': 'Error',
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>);
  const [first] = (parsed?.['o:errorDetails'] ?? []) as Record<string, string>[];
  return {
    status: response.status,
    detail: first?.detail ?? '',
    path: first?.['o:errorPath'] ?? '',
    body: parsed,
  };
};
