import { importPKCS8, SignJWT } from 'jose';
import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import type { Credentials } from '../credentials.ts';
import { readExact, textOf } from '../exact-json.ts';

import type { DeliveryFailure } from '../types.ts';
import type { VendorHttp } from '../vendor-http.ts';
import { classify, unanswered } from './errors.ts';

/** A bearer token with the base URL that it is for, or why there is none. */
export type TokenResult =
  | { readonly ok: true; readonly token: string; readonly baseUrl: string }
  | { readonly ok: false; readonly failure: DeliveryFailure };

export type Authenticator = {
  token(correlationId: string): Promise<TokenResult>;
  /** Forgets token and credentials. */
  forget(): void;
};

/** The token URL; it is also the assertion's audience. */
export const tokenUrl = (baseUrl: string): string => `${baseUrl}/services/rest/auth/oauth2/v1/token`;

/** NetSuite refuses assertions that live longer than 60 minutes; ours is used at once. */
const ASSERTION_SECONDS = 300;
/** A token is renewed this long before it ends, so that it does not end on the way. */
const MARGIN_MILLIS = 60_000;

/** OAuth 2.0 client credentials with a PS256 client assertion. The token is kept until it nearly ends. */
export const netSuiteAuthenticator = (ports: {
  readonly credentials: Credentials;
  readonly http: VendorHttp;
  readonly clock: Clock;
  readonly ids: Ids;
}): Authenticator => {
  let kept: { readonly token: string; readonly baseUrl: string; readonly until: number } | undefined;

  const assertion = async (secret: Readonly<Record<string, string>>, audience: string): Promise<string> => {
    const now = Math.floor(ports.clock.nowMillis() / 1000);
    const key = await importPKCS8(secret.privateKeyPem ?? '', 'PS256');
    return new SignJWT({ scope: 'rest_webservices' })
      .setProtectedHeader({ typ: 'JWT', alg: 'PS256', kid: secret.certificateId ?? '' })
      .setIssuer(secret.clientId ?? '')
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + ASSERTION_SECONDS)
      .setJti(ports.ids.next())
      .sign(key);
  };

  const fetchToken = async (correlationId: string): Promise<TokenResult> => {
    let request: { readonly url: string; readonly baseUrl: string; readonly body: string };
    try {
      const { baseUrl, secret } = await ports.credentials.get();
      const url = tokenUrl(baseUrl);
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await assertion(secret, url),
      });
      request = { url, baseUrl, body: form.toString() };
    } catch (error) {
      // A secret that is missing or holds no key is mended like a wrong one: by whoever keeps the credentials.
      const message = error instanceof Error ? error.message : String(error);
      return { ok: false, failure: { outcome: 'auth', code: 'BAD_CREDENTIALS', message } };
    }
    const answer = await ports.http({
      method: 'POST',
      url: request.url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: request.body,
      correlationId,
    });
    if (!answer.answered) return { ok: false, failure: unanswered(answer, 'read') };
    if (answer.status !== 200) {
      const failure = classify(answer, 'read');
      // The token endpoint says 400 `invalid_grant` or `invalid_client` for what is a refusal of the credentials.
      const refused = answer.status === 400 || answer.status === 401 || answer.status === 403;
      return { ok: false, failure: refused ? { ...failure, outcome: 'auth' } : failure };
    }
    const parsed = readExact(answer.body);
    const token = textOf(parsed, 'access_token');
    const seconds = Number(textOf(parsed, 'expires_in'));
    if (token === undefined || !Number.isFinite(seconds)) {
      const message = 'the token endpoint answered 200 without access_token and expires_in';
      return { ok: false, failure: { outcome: 'transient', code: 'BAD_TOKEN_ANSWER', message } };
    }
    kept = { token, baseUrl: request.baseUrl, until: ports.clock.nowMillis() + seconds * 1000 - MARGIN_MILLIS };
    return { ok: true, token, baseUrl: request.baseUrl };
  };

  return {
    token: async (correlationId) => {
      if (kept && ports.clock.nowMillis() < kept.until) return { ok: true, token: kept.token, baseUrl: kept.baseUrl };
      return fetchToken(correlationId);
    },
    forget: () => {
      kept = undefined;
      ports.credentials.forget();
    },
  };
};
