import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type AuditLog, isDecisionRefused } from '../../platform/audit-log.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import type { QuarantineChange, QuarantineDecisions, QuarantineOutcome } from './quarantine.ts';
import { encodeEntry, ofJob, partitionsOf } from './quarantine-item.ts';

const AT_ONCE = 10;

/** The entry still has the state that it must have: its place in the index says which, in both formats. */
const IS_STILL = 'gsi1pk IN (:partition, :first)';

/** Decisions about entries in DynamoDB. */
export const dynamoDecisions = (
  client: DynamoDBDocumentClient,
  table: string,
  audit: Pick<AuditLog, 'append'>,
): QuarantineDecisions => {
  const put = ({ entry, from }: QuarantineChange) => {
    const [partition, first] = partitionsOf(entry.id, from);
    return {
      TableName: table,
      Item: encodeEntry(entry),
      ConditionExpression: IS_STILL,
      ExpressionAttributeValues: { ':partition': partition, ':first': first },
    };
  };
  return {
    decide: async (changes, record) => {
      try {
        return await audit.append(
          record,
          changes.map((change) => ({ Put: put(change) })),
        );
      } catch (error) {
        if (isDecisionRefused(error)) return undefined;
        throw error;
      }
    },
    finish: async (change) => {
      try {
        await client.send(new PutCommand(put(change)));
        return true;
      } catch (error) {
        if (isConditionFailed(error)) return false;
        throw error;
      }
    },
    keepOutcomes: async (jobId, outcomes) => {
      await mapBounded(outcomes, AT_ONCE, ({ id, ...outcome }) =>
        client.send(new PutCommand({ TableName: table, Item: { pk: ofJob(jobId), sk: id, format: 1, outcome } })),
      );
    },
    outcomes: async (jobId, limit, after = ' ') => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :job AND sk > :after',
          ExpressionAttributeValues: { ':job': ofJob(jobId), ':after': after },
          Limit: limit,
          ConsistentRead: true,
        }),
      );
      return Items.map(({ sk, outcome }) => ({ id: String(sk), ...outcome }) as QuarantineOutcome);
    },
  };
};
