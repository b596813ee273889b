import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { dynamo } from '../../../lambdas/platform/aws.ts';
import { mapBounded } from '../../../lambdas/platform/bounded.ts';
import { isConditionFailed } from '../../../lambdas/platform/condition-failed.ts';
import { increment } from './counter.ts';
import { type Alternative, AT_ONCE, eventOf } from './types.ts';

/** The table of ids; they are forgotten after a day. */
export const IDS = 'ids';

/** The id is claimed by a conditional put, then the counter updated: two writes that are not one. */
export const idempotency: Alternative = {
  name: 'idempotency record',
  how: 'PutItem if absent, then UpdateItem ADD',
  take: async (lines) => {
    await mapBounded(lines, AT_ONCE, async (line) => {
      const event = eventOf(line);
      if (event === undefined) return;
      try {
        await dynamo().send(
          new PutCommand({
            TableName: IDS,
            Item: { pk: `${event.source}#${event.id}`, expires: Math.floor(Date.parse(event.time) / 1000) + 86_400 },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        );
      } catch (error) {
        if (isConditionFailed(error)) return;
        throw error;
      }
      await dynamo().send(new UpdateCommand(increment(event)));
    });
  },
};
