import type { Clock } from '../../platform/clock.ts';
import { sha256Hex } from '../../platform/hash.ts';
import type { Ids } from '../../platform/ids.ts';
import { ProblemError } from '../../platform/problem.ts';

/** A key of a machine that sends events, asks for entitlements, or both. The secret itself is stored nowhere; `secretHash` is its SHA-256. */
export type ApiKey = {
  readonly format: 1;
  readonly keyId: string;
  /** Who sends; a name has at most two keys that are valid at a time, so that a key can be replaced without a gap. */
  readonly name: string;
  /** CloudEvents sources that the key may send for. */
  readonly sources: readonly string[];
  /** Whether the key may ask what accounts may use. Absent, as in all keys for sending: no. */
  readonly entitlements?: true;
  readonly secretHash: string;
  /** The value of the API gateway's own key, by which the usage plan counts. It opens nothing by itself. */
  readonly usageKey: string;
  readonly gatewayKeyId: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly revokedAt?: string;
};

/** Where keys are kept. */
export type AccessStore = {
  /** The valid key whose secret has this hash. */
  valid(secretHash: string): Promise<ApiKey | undefined>;
  get(keyId: string): Promise<ApiKey | undefined>;
  /** Stores a key, with an audit entry. Answers false, and stores nothing, if the name has two valid keys already. */
  add(key: ApiKey): Promise<boolean>;
  /** Ends a key, with an audit entry. Answers false if it had ended already. */
  revoke(key: ApiKey, at: string, by: string): Promise<boolean>;
};

/** The API gateway's own keys, which tie a sender to its rate limit and quota. */
export type GatewayKeys = {
  /** Makes a key with this value on the usage plan; answers its id. */
  create(name: string, value: string): Promise<string>;
  /** Removes a key; one that is gone already is fine. */
  remove(gatewayKeyId: string): Promise<void>;
};

export type ApiKeyPorts = {
  readonly access: AccessStore;
  readonly gateway: GatewayKeys;
  readonly clock: Clock;
  readonly ids: Ids;
};

/** Keys of one name that may be valid at the same time. */
export const MAX_VALID = 2;
const SECRET_BYTES = 32;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,62}$/u;
const MAX_SOURCES = 20;

/** How a presented secret is looked up. A secret has 256 bits of chance in it, so a plain hash is enough. */
export const secretHashOf = (secret: string): string => sha256Hex(secret);

type KeyRequest = Pick<ApiKey, 'name' | 'sources' | 'entitlements'>;

const readRequest = (body: unknown): KeyRequest => {
  const {
    name,
    sources = [],
    entitlements = false,
  } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const errors = [
    ...(typeof name === 'string' && NAME.test(name)
      ? []
      : [
          {
            path: '/name',
            message: 'a name like Billing gateway: letters, digits, blanks, dots and dashes, at most 63',
          },
        ]),
    ...(Array.isArray(sources) &&
    (sources.length > 0 || entitlements === true) &&
    sources.length <= MAX_SOURCES &&
    sources.every((source) => typeof source === 'string' && source !== '' && source.length <= 1024)
      ? []
      : [{ path: '/sources', message: `a list of 1 to ${MAX_SOURCES} CloudEvents sources` }]),
    ...(typeof entitlements === 'boolean'
      ? []
      : [{ path: '/entitlements', message: 'true for a key that may ask for entitlements, or left out' }]),
  ];
  if (errors.length > 0)
    throw new ProblemError(400, 'BAD_REQUEST', 'the key needs a name and its sources, or entitlements', errors);
  const given = { name: String(name), sources: (sources as string[]).toSorted() };
  return entitlements === true ? { ...given, entitlements } : given;
};

/**
 * Issues a key. The secret is in the answer and nowhere else.
 * @throws {ProblemError} 400 BAD_REQUEST, 409 TOO_MANY_KEYS.
 */
export const issueKey = async (
  { access, gateway, clock, ids }: ApiKeyPorts,
  body: unknown,
  by: string,
): Promise<{ readonly keyId: string; readonly secret: string }> => {
  const request = readRequest(body);
  const { name } = request;
  const secret = `mbk_${ids.secret(SECRET_BYTES)}`;
  const keyId = `key-${ids.next()}`;
  const usageKey = `usage-${ids.secret(SECRET_BYTES)}`;
  // The gateway's key first: one that nothing here names opens nothing, while a key without it would have no limits.
  const gatewayKeyId = await gateway.create(`${name} ${keyId}`, usageKey);
  const key: ApiKey = {
    format: 1,
    keyId,
    ...request,
    secretHash: secretHashOf(secret),
    usageKey,
    gatewayKeyId,
    createdAt: clock.now(),
    createdBy: by,
  };
  if (!(await access.add(key))) {
    await gateway.remove(gatewayKeyId);
    throw new ProblemError(409, 'TOO_MANY_KEYS', `${name} has ${MAX_VALID} valid keys: revoke one of them first`);
  }
  return { keyId, secret };
};

/** Ends a key. Repeating it is harmless. @throws {ProblemError} 404 NO_SUCH_KEY. */
export const revokeKey = async ({ access, gateway, clock }: ApiKeyPorts, keyId: string, by: string): Promise<void> => {
  const key = await access.get(keyId);
  if (key === undefined) throw new ProblemError(404, 'NO_SUCH_KEY', `there is no key ${keyId}`);
  await access.revoke(key, clock.now(), by);
  await gateway.remove(key.gatewayKeyId);
};
