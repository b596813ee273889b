import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../../platform/condition-failed.ts';

/** That an account's usage of a period crossed a threshold (percent) of a limit. */
export type Crossing = {
  readonly account: string;
  readonly limit: string;
  /** First local day of the period. */
  readonly periodStart: string;
  readonly percent: number;
  /** The how manieth crossing of this threshold in the period. */
  readonly number: number;
  readonly quantity: string;
  readonly recordedAt: string;
};

/** Remembers crossings, so that each is told once. */
export type Crossings = {
  /** `told`: it was recorded before and published; `untold`: it is recorded (now or before) and must be published. */
  record(crossing: Crossing): Promise<'told' | 'untold'>;
  /** Notes that it was published. */
  told(crossing: Crossing): Promise<void>;
};

/** Deterministic: the threshold and the number of the crossing. */
export const crossingId = ({ account, limit, periodStart, percent, number }: Crossing): string =>
  `threshold-${account}-${limit}-${periodStart}-${percent}-${number}`;

const IS_FIRST = 'attribute_not_exists(pk)';

/** Crossings in the projection table (`pk` = `THRESHOLD#<account>`, `sk` = period, limit, threshold, number). */
export const dynamoCrossings = (client: DynamoDBDocumentClient, table: string): Crossings => {
  const keyOf = ({ account, limit, periodStart, percent, number }: Crossing) => ({
    pk: `THRESHOLD#${account}`,
    sk: `${periodStart}#${limit}#${percent}#${number}`,
  });
  return {
    record: async (crossing) => {
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: { ...keyOf(crossing), format: 1, ...crossing, told: false },
            ConditionExpression: IS_FIRST,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return 'untold';
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
        return error.Item?.told?.BOOL === true ? 'told' : 'untold';
      }
    },
    told: async (crossing) => {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: keyOf(crossing),
          UpdateExpression: 'SET told = :yes',
          ExpressionAttributeValues: { ':yes': true },
        }),
      );
    },
  };
};
