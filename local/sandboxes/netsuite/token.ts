import { createHash, randomBytes } from 'node:crypto';
import { decodeProtectedHeader, errors, importSPKI, jwtVerify } from 'jose';
import type { clock as localClock } from '../../clock.ts';
import type { SandboxAnswer, SandboxRequest } from '../http.ts';

/** Who may sign in: one integration, with the public half of its certificate's key. */
export type Integration = {
  readonly publicKeyPem: string;
  readonly clientId: string;
  readonly certificateId: string;
};

/** Gives out bearer tokens for client assertions, and knows which are good. */
export type TokenOffice = {
  grant(request: SandboxRequest, tokenUrl: string): Promise<SandboxAnswer>;
  isGood(authorization: string | undefined): boolean;
  expireAll(): void;
};

const ALGORITHMS = ['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];
const LONGEST_SECONDS = 3600;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const refused = (error: string, description: string): SandboxAnswer => ({
  status: 400,
  body: { error, error_description: description },
});

const digest = (token: string): string => createHash('sha256').update(token).digest('hex');

export const tokenOffice = (integration: Integration, clock: typeof localClock, tokenSeconds: number): TokenOffice => {
  /** Digest of the token → when it ends. */
  const tokens = new Map<string, number>();

  /** Why an assertion is not good; `undefined` if it is. */
  const flaw = async (assertion: string, tokenUrl: string): Promise<string | undefined> => {
    const { alg = '', kid } = decodeProtectedHeader(assertion);
    if (!ALGORITHMS.includes(alg)) return `algorithm ${alg} is not accepted`;
    if (kid !== integration.certificateId) return 'kid names no certificate of this integration';
    const key = await importSPKI(integration.publicKeyPem, alg);
    const { payload } = await jwtVerify(assertion, key, {
      issuer: integration.clientId,
      audience: tokenUrl,
      algorithms: ALGORITHMS,
      requiredClaims: ['iat', 'exp', 'scope'],
      currentDate: new Date(clock.nowMillis()),
    });
    if ((payload.exp ?? 0) - (payload.iat ?? 0) > LONGEST_SECONDS) return 'exp is more than 60 minutes after iat';
    const scopes = [payload.scope].flat().flatMap((scope) => String(scope).split(','));
    return scopes.includes('rest_webservices') ? undefined : 'scope lacks rest_webservices';
  };

  return {
    grant: async (request, tokenUrl) => {
      if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
        return refused('invalid_request', 'the body must be a form');
      }
      const form = new URLSearchParams(request.body);
      if (form.get('grant_type') !== 'client_credentials') {
        return refused('unsupported_grant_type', 'grant_type must be client_credentials');
      }
      if (form.get('client_assertion_type') !== ASSERTION_TYPE) {
        return refused('invalid_request', `client_assertion_type must be ${ASSERTION_TYPE}`);
      }
      try {
        const reason = await flaw(form.get('client_assertion') ?? '', tokenUrl);
        if (reason !== undefined) return refused('invalid_grant', reason);
      } catch (error) {
        // jose names what is wrong with a token; anything else it throws is about its form.
        const reason = error instanceof errors.JOSEError ? error.message : 'client_assertion is not a JWT';
        return refused('invalid_grant', reason);
      }
      const token = randomBytes(32).toString('base64url');
      tokens.set(digest(token), clock.nowMillis() + tokenSeconds * 1000);
      // A text, as NetSuite answers it.
      return { status: 200, body: { access_token: token, expires_in: String(tokenSeconds), token_type: 'bearer' } };
    },
    isGood: (authorization) => {
      const [scheme, token] = (authorization ?? '').split(' ');
      if (scheme?.toLowerCase() !== 'bearer' || token === undefined) return false;
      return (tokens.get(digest(token)) ?? 0) > clock.nowMillis();
    },
    expireAll: () => tokens.clear(),
  };
};
