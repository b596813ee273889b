import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { type AuditLog, isDecisionRefused } from '../../platform/audit-log.ts';
import { type AccessStore, type ApiKey, MAX_VALID } from './api-keys.ts';

const SORT = 'KEY';
const byHash = (hash: string): string => `SECRET#${hash}`;
const byId = (keyId: string): string => `KEY#${keyId}`;
const byName = (name: string): string => `NAME#${name}`;

const HAS_ROOM = 'attribute_not_exists(#valid) OR size(#valid) < :most';
const IS_VALID = 'attribute_exists(pk) AND attribute_not_exists(revokedAt)';
const IS_NEW = 'attribute_not_exists(pk)';

/**
 * API keys in DynamoDB. A key is two items, found by the hash of its secret (the authorizer) and by its id (people); a
 * third one per name holds the set of valid ids, whose size is the condition for one more.
 */
export const dynamoAccess = (client: DynamoDBDocumentClient, table: string, audit?: AuditLog): AccessStore => {
  const read = async (pk: string): Promise<ApiKey | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: { pk, sk: SORT }, ConsistentRead: true }),
    );
    return Item && ({ ...Item.key, ...(Item.revokedAt ? { revokedAt: Item.revokedAt } : {}) } as ApiKey);
  };
  const audited = (): AuditLog => {
    if (audit === undefined) throw new Error('keys are changed only where there is an audit log');
    return audit;
  };
  const change = async (write: () => Promise<unknown>): Promise<boolean> => {
    try {
      await write();
      return true;
    } catch (error) {
      if (isDecisionRefused(error)) return false;
      throw error;
    }
  };

  return {
    valid: async (secretHash) => {
      const key = await read(byHash(secretHash));
      return key?.revokedAt === undefined ? key : undefined;
    },
    get: (keyId) => read(byId(keyId)),
    add: (key) => {
      const put = (pk: string) => ({
        Put: { TableName: table, Item: { pk, sk: SORT, key }, ConditionExpression: IS_NEW },
      });
      const count = {
        Update: {
          TableName: table,
          Key: { pk: byName(key.name), sk: SORT },
          UpdateExpression: 'ADD #valid :key',
          ConditionExpression: HAS_ROOM,
          ExpressionAttributeNames: { '#valid': 'valid' },
          ExpressionAttributeValues: { ':key': new Set([key.keyId]), ':most': MAX_VALID },
        },
      };
      const { keyId, name, sources, entitlements } = key;
      const details = { name, sources, ...(entitlements === undefined ? {} : { entitlements }) };
      const record = { actor: key.createdBy, action: 'api-key.issue', target: keyId, details };
      return change(() => audited().append(record, [count, put(byHash(key.secretHash)), put(byId(keyId))]));
    },
    revoke: (key, at, by) => {
      const end = (pk: string) => ({
        Update: {
          TableName: table,
          Key: { pk, sk: SORT },
          UpdateExpression: 'SET revokedAt = :at',
          ConditionExpression: IS_VALID,
          ExpressionAttributeValues: { ':at': at },
        },
      });
      const uncount = {
        Update: {
          TableName: table,
          Key: { pk: byName(key.name), sk: SORT },
          UpdateExpression: 'DELETE #valid :key',
          ExpressionAttributeNames: { '#valid': 'valid' },
          ExpressionAttributeValues: { ':key': new Set([key.keyId]) },
        },
      };
      const record = { actor: by, action: 'api-key.revoke', target: key.keyId, details: { name: key.name } };
      return change(() => audited().append(record, [end(byHash(key.secretHash)), end(byId(key.keyId)), uncount]));
    },
  };
};
