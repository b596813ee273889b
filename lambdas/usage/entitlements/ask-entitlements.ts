import { ProblemError } from '../../platform/problem.ts';
import type { EntitlementAnswer } from './entitlement-answer.ts';
import type { EntitlementsRead, makeReadEntitlements } from './read-entitlements.ts';

/** What is answered for one feature, and for all of an account. */
export type FeatureBody = EntitlementAnswer & Pick<EntitlementsRead, 'read'>;
export type AccountBody = { readonly account: string; readonly items: readonly EntitlementAnswer[] } & Pick<
  EntitlementsRead,
  'read'
>;

/**
 * The body of an answer: of one feature, or of all of them. Where several contracts agree a feature, the one that allows it
 * counts.
 * @throws {ProblemError} 404 NO_SUCH_ACCOUNT.
 */
export const askEntitlements = async (
  read: ReturnType<typeof makeReadEntitlements>,
  account: string,
  feature?: string,
): Promise<FeatureBody | AccountBody> => {
  const found = await read(account, feature);
  if (found === undefined) throw new ProblemError(404, 'NO_SUCH_ACCOUNT', `there is no account ${account}`);
  const { entitlements, read: cost } = found;
  const one = entitlements.find(({ allowed }) => allowed) ?? entitlements[0];
  if (feature === undefined || one === undefined) return { account, items: entitlements, read: cost };
  return { ...one, read: cost };
};
