import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { Clock } from '../platform/clock.ts';
import { readExact, textOf } from './exact-json.ts';

/** Where a vendor is and how it is signed in to: the fields of its secret. */
export type VendorAccess = { readonly baseUrl: string; readonly secret: Readonly<Record<string, string>> };

/** A vendor's access, fetched when first needed, kept for a while, and fetched anew after `forget`. */
export type Credentials = {
  /** @throws {Error} naming the parameter or secret and what is missing in it, never its value. */
  get(): Promise<VendorAccess>;
  forget(): void;
};

const KEEP_MILLIS = 5 * 60_000;

/** The JSON object in a text, all fields text. @throws {Error} naming `what` and the field that is missing. */
const fieldsOf = (what: string, text: string | undefined, names: readonly string[]): Record<string, string> => {
  const parsed = readExact(text ?? '');
  if (parsed === undefined) throw new Error(`${what} is not JSON`);
  return Object.fromEntries(
    names.map((name) => {
      const value = textOf(parsed, name);
      if (value === undefined || value === '') throw new Error(`${what} has no "${name}"`);
      return [name, value];
    }),
  );
};

/** A vendor's access from its SSM parameter (`{baseUrl}`) and its secret (the named fields). */
export const awsCredentials = (
  ports: { readonly secrets: SecretsManagerClient; readonly ssm: SSMClient; readonly clock: Clock },
  names: { readonly endpointParameter: string; readonly secretId: string; readonly fields: readonly string[] },
): Credentials => {
  let kept: { readonly access: VendorAccess; readonly until: number } | undefined;
  return {
    get: async () => {
      if (kept && ports.clock.nowMillis() < kept.until) return kept.access;
      const [{ Parameter }, { SecretString }] = await Promise.all([
        ports.ssm.send(new GetParameterCommand({ Name: names.endpointParameter })),
        ports.secrets.send(new GetSecretValueCommand({ SecretId: names.secretId })),
      ]);
      const endpoint = fieldsOf(`parameter ${names.endpointParameter}`, Parameter?.Value, ['baseUrl']);
      const secret = fieldsOf(`secret ${names.secretId}`, SecretString, names.fields);
      const access = { baseUrl: (endpoint.baseUrl ?? '').replace(/\/+$/, ''), secret };
      kept = { access, until: ports.clock.nowMillis() + KEEP_MILLIS };
      return access;
    },
    forget: () => {
      kept = undefined;
    },
  };
};
