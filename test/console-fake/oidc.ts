import { createHash, randomBytes } from 'node:crypto';

/** A sign-in page and token endpoint that behave like the hosted UI: code + PKCE, one use per code. */

export const PEOPLE: Readonly<Record<string, string>> = {
  'priya.preparer': 'finance-preparer',
  'anna.approver': 'finance-approver',
  'omar.operator': 'operator',
  'sofia.success': 'success',
};

type Code = {
  readonly name: string;
  readonly challenge: string;
  readonly redirect: string;
  readonly nonce: string | null;
};

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Unsigned, which the console cannot see: the API checks signatures, not the browser. */
const tokenFor = (name: string, issuer: string, nonce: string | null, now: number): string =>
  `${part({ alg: 'none' })}.${part({
    sub: name,
    iss: issuer,
    aud: 'fake-client',
    iat: now,
    exp: now + 3_600,
    'cognito:username': name,
    'cognito:groups': [PEOPLE[name]],
    email: `${name}@larkspur.example`,
    ...(nonce ? { nonce } : {}),
  })}.none`;

/** The name in a token that this fake made. */
export const nameIn = (token: string): string | undefined => {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString() || '{}') as {
    'cognito:username'?: string;
  };
  return claims['cognito:username'];
};

export const makeOidc = (now: () => number) => {
  const codes = new Map<string, Code>();
  const form = (query: URLSearchParams): string => {
    const hidden = [...query].map(([key, value]) => `<input type="hidden" name="${key}" value="${value}">`).join('');
    return `<!doctype html><html lang="en"><title>Sign in</title><main><h1>Sign in</h1><form method="POST" action="/login">${hidden}
<label for="username">Username</label><input id="username" name="username">
<label for="password">Password</label><input id="password" name="password" type="password">
<button type="submit">Sign in</button></form></main></html>`;
  };
  return {
    form,
    /** Where the browser goes after the form; `undefined` for an unknown person. */
    login: (fields: URLSearchParams): string | undefined => {
      const name = fields.get('username') ?? '';
      if (PEOPLE[name] === undefined) return undefined;
      const code = randomBytes(12).toString('hex');
      const redirect = fields.get('redirect_uri') ?? '';
      codes.set(code, {
        name,
        redirect,
        challenge: fields.get('code_challenge') ?? '',
        nonce: fields.get('nonce'),
      });
      const back = new URL(redirect);
      back.searchParams.set('code', code);
      back.searchParams.set('state', fields.get('state') ?? '');
      return back.toString();
    },
    /** The tokens for a code, once, and only with the verifier it was asked with. */
    token: (fields: URLSearchParams, issuer: string): object | undefined => {
      const code = codes.get(fields.get('code') ?? '');
      codes.delete(fields.get('code') ?? '');
      const hash = createHash('sha256')
        .update(fields.get('code_verifier') ?? '')
        .digest('base64url');
      if (!code || code.challenge !== hash || code.redirect !== fields.get('redirect_uri')) return undefined;
      const idToken = tokenFor(code.name, issuer, code.nonce, now());
      return {
        id_token: idToken,
        access_token: idToken,
        refresh_token: 'fake',
        token_type: 'Bearer',
        expires_in: 3_600,
      };
    },
  };
};
