import { type DynamoDBDocumentClient, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../platform/condition-failed.ts';
import type { Signal } from './types.ts';

/** A signal as it is kept. `published`: the bus has taken its event. */
export type RecordedSignal = { readonly signal: Signal; readonly recordedAt: string; readonly published: boolean };

/** The signals of accounts. A signal is recorded once and never changed. */
export type SignalStore = {
  /** The signals of an account, oldest episode first. */
  list(account: string): Promise<RecordedSignal[]>;
  /** Records a signal unless it is known. `false`: it was. */
  record(signal: Signal, at: string): Promise<boolean>;
  published(signal: Signal): Promise<void>;
};

const keyOf = ({ account, since, rule }: Signal) => ({ pk: `ACCOUNT#${account}`, sk: `SIGNAL#${since}#${rule}` });

/** The success table in DynamoDB. */
export const dynamoSignals = (client: DynamoDBDocumentClient, table: string): SignalStore => ({
  list: async (account) => {
    const found: RecordedSignal[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :account AND begins_with(sk, :signal)',
          ExpressionAttributeValues: { ':account': `ACCOUNT#${account}`, ':signal': 'SIGNAL#' },
          ConsistentRead: true,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      for (const { signal, recordedAt, published } of (page.Items ?? []) as RecordedSignal[]) {
        found.push({ signal, recordedAt, published });
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return found;
  },
  record: async (signal, at) => {
    try {
      await client.send(
        new PutCommand({
          TableName: table,
          Item: { ...keyOf(signal), format: 1, signal, recordedAt: at, published: false },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  },
  published: async (signal) => {
    await client.send(
      new UpdateCommand({
        TableName: table,
        Key: keyOf(signal),
        ConditionExpression: 'attribute_exists(pk)',
        UpdateExpression: 'SET published = :yes',
        ExpressionAttributeValues: { ':yes': true },
      }),
    );
  },
});
