/** Who is signed in, read from the id token. */

export const ROLES = ['finance-preparer', 'finance-approver', 'operator', 'success'] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  'finance-preparer': 'Finance preparer',
  'finance-approver': 'Finance approver',
  operator: 'Operator',
  success: 'Customer success',
};

export type Person = { readonly name: string; readonly email?: string; readonly roles: readonly Role[] };

/** The person of a token's claims. Groups come as a list, or as text like `[a b]`, as Cognito sends them. */
export const personOf = (claims: Readonly<Record<string, unknown>>): Person => {
  const name = claims['cognito:username'] ?? claims.username ?? claims.sub;
  const groups = new Set(JSON.stringify(claims['cognito:groups'] ?? '').split(/[^a-z-]+/));
  const email = claims.email;
  return {
    name: typeof name === 'string' ? name : 'unknown',
    ...(typeof email === 'string' ? { email } : {}),
    roles: ROLES.filter((role) => groups.has(role)),
  };
};

/** Why this person may not do what needs one of `roles`; `undefined` when they may. */
export const refusalFor = (person: Person, roles: readonly Role[]): string | undefined =>
  roles.some((role) => person.roles.includes(role))
    ? undefined
    : `This needs the role ${roles.map((role) => ROLE_NAMES[role]).join(' or ')}; you have ${
        person.roles.map((role) => ROLE_NAMES[role]).join(', ') || 'none'
      }.`;
