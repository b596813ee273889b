import {
  type DynamoDBDocumentClient,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Clock } from './clock.ts';
import { contentHash } from './hash.ts';

/** One entry of the audit log. `hash` covers all other fields, `previousHash` the entry before: a chain that shows tampering. */
export type AuditEntry = {
  readonly format: 1;
  readonly sequence: number;
  readonly at: string;
  /** Who: a user name, or `schedule`, or `system:<function>`. */
  readonly actor: string;
  /** What, as `noun.verb`, e.g. `manifest.approve`. */
  readonly action: string;
  /** On what, e.g. a manifest id. */
  readonly target: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly previousHash: string;
  readonly hash: string;
};

/** What the caller says; the log adds sequence, time and hashes. */
export type AuditRecord = Pick<AuditEntry, 'actor' | 'action' | 'target' | 'details'>;

type TransactItems = NonNullable<TransactWriteCommandInput['TransactItems']>;

const FIRST = '0'.repeat(64);
const CHAIN = 'AUDIT';

/** What a store of the audit log can do. */
export type AuditLog = {
  /**
   * Appends an entry, atomically with `also` (the decision it tells of). Retries only a lost race for the sequence.
   * @throws the transaction's own error if a condition in `also` failed: nothing was written then.
   */
  append(record: AuditRecord, also?: TransactItems): Promise<AuditEntry>;
  /** Entries after a sequence, in order. */
  list(afterSequence: number, limit: number): Promise<AuditEntry[]>;
  /** The newest entry; `undefined` while there is none. */
  head(): Promise<AuditEntry | undefined>;
};

/** The next entry of the chain. */
export const nextEntry = (head: AuditEntry | undefined, record: AuditRecord, at: string): AuditEntry => {
  const body = {
    format: 1 as const,
    sequence: (head?.sequence ?? 0) + 1,
    at,
    ...record,
    previousHash: head?.hash ?? FIRST,
  };
  return { ...body, hash: contentHash(body) };
};

/** The first entry whose hash or link is wrong, or `undefined` if the chain from `previous` on is whole. */
export const firstBroken = (entries: readonly AuditEntry[], previous?: AuditEntry): AuditEntry | undefined => {
  let head = previous;
  for (const entry of entries) {
    const { hash, ...body } = entry;
    const linked = body.previousHash === (head?.hash ?? FIRST) && body.sequence === (head?.sequence ?? 0) + 1;
    if (!linked || contentHash(body) !== hash) return entry;
    head = entry;
  }
  return undefined;
};

const sequenceKey = (sequence: number): string => sequence.toString().padStart(12, '0');

const isLostRace = (error: unknown): boolean =>
  error instanceof Error &&
  error.name === 'TransactionCanceledException' &&
  'CancellationReasons' in error &&
  Array.isArray(error.CancellationReasons) &&
  error.CancellationReasons[0]?.Code !== undefined &&
  ['ConditionalCheckFailed', 'TransactionConflict'].includes(error.CancellationReasons[0].Code) &&
  error.CancellationReasons.slice(1).every((reason) => reason?.Code === 'None' || reason?.Code === undefined);

/** Whether an `append` was cancelled by a failed condition of `also`: nothing was written. */
export const isDecisionRefused = (error: unknown): boolean =>
  error instanceof Error &&
  error.name === 'TransactionCanceledException' &&
  'CancellationReasons' in error &&
  Array.isArray(error.CancellationReasons) &&
  error.CancellationReasons.slice(1).some((reason) => reason?.Code === 'ConditionalCheckFailed');

/** The audit log in DynamoDB: one chain, one item per entry (`pk` = AUDIT, `sk` = padded sequence). */
export const dynamoAuditLog = (client: DynamoDBDocumentClient, table: string, clock: Clock): AuditLog => {
  const head = async (): Promise<AuditEntry | undefined> => {
    const { Items } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :chain',
        ExpressionAttributeValues: { ':chain': CHAIN },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: 1,
      }),
    );
    return Items?.[0]?.['entry'] as AuditEntry | undefined;
  };

  return {
    head,
    append: async (record, also = []) => {
      for (let tries = 1; ; tries += 1) {
        const entry = nextEntry(await head(), record, clock.now());
        try {
          const put = {
            Put: {
              TableName: table,
              Item: { pk: CHAIN, sk: sequenceKey(entry.sequence), entry },
              ConditionExpression: 'attribute_not_exists(pk)',
            },
          };
          await client.send(new TransactWriteCommand({ TransactItems: [put, ...also] }));
          return entry;
        } catch (error) {
          if (!isLostRace(error) || tries === 20) throw error;
        }
      }
    },
    list: async (afterSequence, limit) => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :chain AND sk > :after',
          ExpressionAttributeValues: { ':chain': CHAIN, ':after': sequenceKey(afterSequence) },
          ConsistentRead: true,
          Limit: limit,
        }),
      );
      return Items.map((item) => item['entry'] as AuditEntry);
    },
  };
};
