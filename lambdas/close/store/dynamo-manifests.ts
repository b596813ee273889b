import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type AuditLog, isDecisionRefused } from '../../platform/audit-log.ts';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import type { ManifestStore, TokenStore } from '../close-store.ts';
import { closeIdOfManifest } from '../names.ts';
import type { Manifest } from '../types.ts';
import { ABSENT, type FinanceTable, type Key } from './table.ts';

/** Entries per part: about 450 bytes each, so a part stays far below the 400 KB an item may have. */
const PART = 200;

type Head = Omit<Manifest, 'documents'>;
type Entry = Manifest['documents'][number];

const headKey = (manifestId: string): Key => ({
  pk: `CLOSE#${closeIdOfManifest(manifestId)}`,
  sk: `MANIFEST#${manifestId}`,
});
const partsPk = (manifestId: string): string => `MANIFEST#${manifestId}`;

/** Heads: `CLOSE#<closeId>` / `MANIFEST#<id>`; documents in parts: `MANIFEST#<id>` / `PART#<n>`. */
export const dynamoManifests = (table: FinanceTable, audit: AuditLog): ManifestStore => {
  const whole = async (head: Head): Promise<Manifest> => {
    const parts = await table.all(partsPk(head.manifestId), 'PART#');
    return { ...head, documents: parts.flatMap((part) => part.entries as Entry[]) };
  };

  return {
    // The parts go first and the head decides: a manifest without a head does not exist.
    freezeManifest: async ({ documents, ...head }) => {
      if ((await table.get(headKey(head.manifestId))) !== undefined) return false;
      const parts = Array.from({ length: Math.ceil(documents.length / PART) }, (_, n) => ({
        pk: partsPk(head.manifestId),
        sk: `PART#${n.toString().padStart(5, '0')}`,
        entries: documents.slice(n * PART, (n + 1) * PART),
      }));
      await table.putAll(parts);
      return table.put({ ...headKey(head.manifestId), head }, ABSENT);
    },
    manifest: async (manifestId) => {
      const item = await table.get(headKey(manifestId));
      return item === undefined ? undefined : whole(item.head as Head);
    },
    manifests: async (closeId) => {
      const heads = await table.all(`CLOSE#${closeId}`, 'MANIFEST#');
      return Promise.all(heads.map((item) => whole(item.head as Head)));
    },
    moveManifest: async (manifestId, from, to) => {
      const itIsThere = `#head.#status IN (${from.map((_, n) => `:from${n}`).join(', ')})`;
      try {
        await table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: headKey(manifestId),
            UpdateExpression: 'SET #head.#status = :to',
            ConditionExpression: itIsThere,
            ExpressionAttributeNames: { '#head': 'head', '#status': 'status' },
            ExpressionAttributeValues: {
              ':to': to,
              ...Object.fromEntries(from.map((status, n) => [`:from${n}`, status])),
            },
          }),
        );
        return true;
      } catch (error) {
        if (isConditionFailed(error)) return false;
        throw error;
      }
    },
    decideManifest: async (manifestId, hash, decision, record) => {
      const itAwaitsApproval = '#head.#status = :awaiting';
      const itIsWhatWasSeen = '#head.#hash = :hash';
      const whoDecidesMadeNoneOfIt = 'NOT contains(#head.#makers, :by)';
      const update = {
        Update: {
          TableName: table.name,
          Key: headKey(manifestId),
          UpdateExpression: 'SET #head.#status = :status, #head.#decision = :decision',
          ConditionExpression: `${itAwaitsApproval} AND ${itIsWhatWasSeen} AND ${whoDecidesMadeNoneOfIt}`,
          ExpressionAttributeNames: {
            '#head': 'head',
            '#status': 'status',
            '#hash': 'hash',
            '#decision': 'decision',
            '#makers': 'makers',
          },
          ExpressionAttributeValues: {
            ':awaiting': 'awaiting approval',
            ':hash': hash,
            ':status': decision.decision === 'approve' ? 'approved' : 'returned',
            ':decision': decision,
            ':by': decision.by,
          },
        },
      };
      try {
        await audit.append(record, [update]);
        return true;
      } catch (error) {
        if (isDecisionRefused(error)) return false;
        throw error;
      }
    },
  };
};

/** Tokens: `TOKEN#<manifestId>` / `TOKEN`, written only while the manifest awaits approval. */
export const dynamoTokens = (table: FinanceTable): TokenStore => {
  const tokenKey = (manifestId: string): Key => ({ pk: `TOKEN#${manifestId}`, sk: 'TOKEN' });
  return {
    keepToken: async (manifestId, token) => {
      const stillUndecided = {
        ConditionCheck: {
          TableName: table.name,
          Key: headKey(manifestId),
          ConditionExpression: '#head.#status = :awaiting',
          ExpressionAttributeNames: { '#head': 'head', '#status': 'status' },
          ExpressionAttributeValues: { ':awaiting': 'awaiting approval' },
        },
      };
      const keep = { Put: { TableName: table.name, Item: { ...tokenKey(manifestId), token } } };
      try {
        await table.client.send(new TransactWriteCommand({ TransactItems: [keep, stillUndecided] }));
        return true;
      } catch (error) {
        if (isDecisionRefused(error)) return false;
        throw error;
      }
    },
    token: async (manifestId) => (await table.get(tokenKey(manifestId)))?.token as string | undefined,
    // Overwritten, not deleted: nothing in this table is ever deleted, so nobody needs the right to.
    forgetToken: async (manifestId) => {
      await table.put({ ...tokenKey(manifestId), forgotten: true });
    },
  };
};
