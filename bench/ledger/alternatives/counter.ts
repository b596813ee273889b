import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { dynamo } from '../../../lambdas/platform/aws.ts';
import { mapBounded } from '../../../lambdas/platform/bounded.ts';
import { type Alternative, AT_ONCE, eventOf, measureOf } from './types.ts';

/** The table of all counters. */
export const COUNTERS = 'counters';

/** The update that adds an event to its account's counter of a day: not idempotent. */
export const increment = (event: NonNullable<ReturnType<typeof eventOf>>) => {
  const { subject, key, value } = measureOf(event);
  return {
    TableName: COUNTERS,
    Key: { pk: subject, sk: `${event.time.slice(0, 10)}#${key}` },
    UpdateExpression: 'ADD #total :value',
    ExpressionAttributeNames: { '#total': 'total' },
    ExpressionAttributeValues: { ':value': value },
  };
};

/** One atomic counter per account, day and measure; one update per event. */
export const counter: Alternative = {
  name: 'counter per event',
  how: 'UpdateItem ADD',
  take: async (lines) => {
    await mapBounded(lines, AT_ONCE, async (line) => {
      const event = eventOf(line);
      if (event === undefined) return;
      await dynamo().send(new UpdateCommand(increment(event)));
    });
  },
};
