import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../../platform/condition-failed.ts';

/** One threshold (percent) of a limit, of an account in a period. */
export type Threshold = {
  readonly account: string;
  readonly limit: string;
  /** First local day of the period. */
  readonly periodStart: string;
  readonly percent: number;
};

/** How a threshold stands: the how manieth crossing it is, whether usage is above it now, whether that was published. */
export type Standing = { readonly number: number; readonly over: boolean; readonly told: boolean };

/** A crossing: usage came to be at or above the threshold. `quantity` is what was seen first. */
export type Crossing = Standing & { readonly quantity: string };

/** Remembers how thresholds stand, so that each crossing is told once: also those after a correction took usage back. */
export type Crossings = {
  /** Notes that usage is at or above: the next crossing if it was below, else the one that stands. */
  over(threshold: Threshold, quantity: string, at: string): Promise<Crossing>;
  /** Notes that this crossing was published. */
  told(threshold: Threshold, number: number): Promise<void>;
  /** The thresholds of a limit in a period that were ever crossed, by percent. Strongly consistent. */
  standing(threshold: Omit<Threshold, 'percent'>): Promise<ReadonlyMap<number, Standing>>;
  /**
   * Notes that usage is below again: only if the crossing that was seen, before usage was read, still stands and was
   * published. What was read can then only be newer than what it takes back.
   */
  under(threshold: Threshold, seen: Standing): Promise<void>;
};

/** The id of a crossing's event: the threshold and the number of the crossing. */
export const crossingId = ({ account, limit, periodStart, percent }: Threshold, number: number): string =>
  `threshold-${account}-${limit}-${periodStart}-${percent}-${number}`;

const IS_NOT_OVER = 'attribute_not_exists(pk) OR #over = :no';
const IS_THAT_CROSSING = '#number = :number';
const IS_THAT_CROSSING_TOLD = '#number = :number AND #over = :yes AND #told = :yes';
const NAMES = { '#number': 'number', '#over': 'over', '#told': 'told' };

/** Crossings in the projection table (`pk` = `THRESHOLD#<account>`, `sk` = period, limit, threshold), format 2. */
export const dynamoCrossings = (client: DynamoDBDocumentClient, table: string): Crossings => {
  const pkOf = (account: string): string => `THRESHOLD#${account}`;
  const keyOf = ({ account, limit, periodStart, percent }: Threshold) => ({
    pk: pkOf(account),
    sk: `${periodStart}#${limit}#${percent}`,
  });
  return {
    over: async (threshold, quantity, at) => {
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            TableName: table,
            Key: keyOf(threshold),
            UpdateExpression:
              'SET #number = if_not_exists(#number, :none) + :one, #over = :yes, #told = :no, quantity = :quantity, recordedAt = :at, #format = :format',
            ConditionExpression: IS_NOT_OVER,
            ExpressionAttributeNames: { ...NAMES, '#format': 'format' },
            ExpressionAttributeValues: {
              ':none': 0,
              ':one': 1,
              ':yes': true,
              ':no': false,
              ':quantity': quantity,
              ':at': at,
              ':format': 2,
            },
            ReturnValues: 'ALL_NEW',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { number: Number(Attributes?.number), over: true, told: false, quantity };
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
        // The exception carries the item that is there, in DynamoDB's own form.
        const { number, told, quantity: first } = error.Item ?? {};
        return { number: Number(number?.N), over: true, told: told?.BOOL === true, quantity: first?.S ?? quantity };
      }
    },
    told: async (threshold, number) => {
      try {
        await client.send(
          new UpdateCommand({
            TableName: table,
            Key: keyOf(threshold),
            UpdateExpression: 'SET #told = :yes',
            ConditionExpression: IS_THAT_CROSSING,
            ExpressionAttributeNames: { '#number': NAMES['#number'], '#told': NAMES['#told'] },
            ExpressionAttributeValues: { ':yes': true, ':number': number },
          }),
        );
      } catch (error) {
        // A later crossing stands: this one was told by another worker, or there could be no later one.
        if (!isConditionFailed(error)) throw error;
      }
    },
    standing: async ({ account, limit, periodStart }) => {
      const prefix = `${periodStart}#${limit}#`;
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :account AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':account': pkOf(account), ':prefix': prefix },
          ConsistentRead: true,
        }),
      );
      return new Map(
        Items.map((item) => {
          const { sk, number, over, told } = item as Standing & { sk: string };
          return [Number(sk.slice(prefix.length)), { number, over, told }];
        }),
      );
    },
    under: async (threshold, { number }) => {
      try {
        await client.send(
          new UpdateCommand({
            TableName: table,
            Key: keyOf(threshold),
            UpdateExpression: 'SET #over = :no',
            ConditionExpression: IS_THAT_CROSSING_TOLD,
            ExpressionAttributeNames: NAMES,
            ExpressionAttributeValues: { ':yes': true, ':no': false, ':number': number },
          }),
        );
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
      }
    },
  };
};
