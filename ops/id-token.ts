/** What the command line reads in an id token. It trusts none of it: the API checks the token. */
export type Claims = { readonly name: string; readonly groups: readonly string[]; readonly expiresAtMillis: number };

/** @throws {Error} if the text is no token that says when it ends. */
export const claimsOf = (idToken: string): Claims => {
  const [, payload = '', signature] = idToken.split('.');
  const text = Buffer.from(payload, 'base64url').toString('utf8');
  const claims: Record<string, unknown> = signature && text.startsWith('{') ? JSON.parse(text) : {};
  const { exp, sub } = claims;
  if (typeof exp !== 'number') throw new Error('this is not an id token: it has three parts and says when it ends');
  const name = claims['cognito:username'] ?? sub;
  const groups = claims['cognito:groups'];
  return {
    name: typeof name === 'string' ? name : 'unknown',
    groups: Array.isArray(groups) ? groups.map(String) : [],
    expiresAtMillis: exp * 1000,
  };
};
