import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../../platform/condition-failed.ts';

/** A mark that late usage may have touched a settled day. Written before the append it announces. */
export type DirtyMark = {
  readonly subject: string;
  readonly day: string;
  /** When it was last set. */
  readonly at: string;
  /** Who set it: changes with every setting. */
  readonly token: string;
};

/** The dirty marks, beside the settled items. */
export type DirtyMarks = {
  /** Sets a mark, or renews it. */
  mark(mark: DirtyMark): Promise<void>;
  /** All marks of a subject, by day. Strongly consistent. */
  marksOf(subject: string): Promise<DirtyMark[]>;
  /** Removes a mark if it is still the one that was seen. Answers whether it was. */
  clear(mark: DirtyMark): Promise<boolean>;
};

const IS_UNCHANGED = '#token = :seen';
const OF_SUBJECT = 'pk = :subject AND begins_with(sk, :dirty)';

/** Dirty marks in the projection table (`pk` = subject, `sk` = `DIRTY#<day>`). */
export const dynamoDirtyMarks = (client: DynamoDBDocumentClient, table: string): DirtyMarks => ({
  mark: async ({ subject, day, at, token }) => {
    await client.send(
      new PutCommand({ TableName: table, Item: { pk: subject, sk: `DIRTY#${day}`, format: 1, at, token } }),
    );
  },
  marksOf: async (subject) => {
    const marks: DirtyMark[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: OF_SUBJECT,
          ExpressionAttributeValues: { ':subject': subject, ':dirty': 'DIRTY#' },
          ConsistentRead: true,
          ...(from === undefined ? {} : { ExclusiveStartKey: from }),
        }),
      );
      for (const item of page.Items ?? []) {
        const { sk, at, token } = item as { sk: string; at: string; token: string };
        marks.push({ subject, day: sk.slice('DIRTY#'.length), at, token });
      }
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return marks;
  },
  clear: async ({ subject, day, token }) => {
    try {
      await client.send(
        new DeleteCommand({
          TableName: table,
          Key: { pk: subject, sk: `DIRTY#${day}` },
          ConditionExpression: IS_UNCHANGED,
          ExpressionAttributeNames: { '#token': 'token' },
          ExpressionAttributeValues: { ':seen': token },
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  },
});
