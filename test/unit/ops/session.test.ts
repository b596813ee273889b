import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf } from '../../../ops/id-token.ts';
import { forgetSession, keepSession, keptToken } from '../../../ops/kept-session.ts';
import { openSession, remoteApi } from '../../../ops/session.ts';

const token = (claims: object): string =>
  ['{"alg":"RS256"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

/** Far in the future, long ago: seconds, as in tokens. */
const [LATER, BEFORE] = [4_000_000_000, 1_000_000_000];
const API = 'https://usage.example/v1';

describe('an id token', () => {
  it('says who, with which roles, until when', () => {
    const claims = { exp: LATER, 'cognito:username': 'ada', 'cognito:groups': ['operator'] };
    expect(claimsOf(token(claims))).toEqual({ name: 'ada', groups: ['operator'], expiresAtMillis: LATER * 1000 });
  });
  it.each(['', 'a.b.c', 'only-text', token({ sub: 'ada' })])('is not %j', (text) => {
    expect(() => claimsOf(text)).toThrow('this is not an id token');
  });
});

describe('a kept sign-in', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'ops-'));
    file = path.join(folder, 'deeper', 'ops-session.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is for its API alone, and for its owner alone', () => {
    const idToken = token({ exp: LATER });
    keepSession({ apiBase: API, idToken }, file);
    expect(keptToken(API, file)).toBe(idToken);
    expect(keptToken('https://other.example/v1', file)).toBeUndefined();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
  it('ends', () => {
    keepSession({ apiBase: API, idToken: token({ exp: BEFORE }) }, file);
    expect(keptToken(API, file)).toBeUndefined();
    keepSession({ apiBase: API, idToken: token({ exp: LATER }) }, file);
    forgetSession(file);
    forgetSession(file);
    expect(keptToken(API, file)).toBeUndefined();
  });
});

describe('a session elsewhere', () => {
  it('takes the token that is given', async () => {
    const settings = { METERBRIDGE_API: `${API}/`, METERBRIDGE_TOKEN: 'given' };
    expect(await openSession('operator', undefined, settings)).toEqual({ apiBase: API, token: 'given' });
  });
  it('knows no other people', async () => {
    const settings = { METERBRIDGE_API: API, METERBRIDGE_TOKEN: 'given' };
    await expect(openSession('operator', 'approver', settings)).rejects.toThrow('here you are yourself');
  });
  it('says how to sign in', async () => {
    const settings = { METERBRIDGE_API: 'https://never-signed-in.example/v1' };
    await expect(openSession('operator', undefined, settings)).rejects.toThrow('npm run ops -- sign-in');
    const half = { ...settings, METERBRIDGE_USER: 'ada' };
    await expect(openSession('operator', undefined, half)).rejects.toThrow('all of them');
  });
  it.each(['usage.example', 'https://usage.example', 'https://usage.example/v1/closes'])('is not at %s', (given) => {
    expect(() => remoteApi({ METERBRIDGE_API: given })).toThrow('and /v1, e.g.');
  });
});
