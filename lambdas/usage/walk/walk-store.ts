import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import { LostTurn, type WalkResult, type WalkState, type WalkStore, type Walks } from './walk-state.ts';

const KEY = { pk: 'WALK#', sk: 'STATE' };

const IS_FREE = 'attribute_not_exists(#turn) OR #until < :now';
const IS_MINE = '#turn = :mine';
const TURN = { '#turn': 'turn', '#until': 'until' };

/** Walks in the projection table (one item, `pk` = `WALK#`: no subject has a `#`). */
export const dynamoWalks = (client: DynamoDBDocumentClient, table: string): WalkStore => {
  const update = async (
    expression: string,
    condition: string,
    names: Readonly<Record<string, string>>,
    values: Readonly<Record<string, unknown>>,
  ): Promise<Record<string, unknown> | undefined> => {
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName: table,
          Key: KEY,
          UpdateExpression: expression,
          ConditionExpression: condition,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: values,
          ReturnValues: 'ALL_NEW',
        }),
      );
      return Attributes ?? {};
    } catch (error) {
      if (isConditionFailed(error)) return undefined;
      throw error;
    }
  };
  const mine = async (
    token: string,
    expression: string,
    names: Readonly<Record<string, string>>,
    values: Readonly<Record<string, unknown>>,
  ): Promise<void> => {
    const own = { '#turn': 'turn', ...names };
    if ((await update(expression, IS_MINE, own, { ':mine': token, ...values })) === undefined) {
      throw new LostTurn('another run has taken the walk over');
    }
  };
  return {
    take: async (token, now, until) => {
      const item = await update(
        'SET #turn = :mine, #until = :until, #format = :format',
        IS_FREE,
        { ...TURN, '#format': 'format' },
        {
          ':mine': token,
          ':now': now,
          ':until': until,
          ':format': 1,
        },
      );
      if (item === undefined) return undefined;
      const { state, last } = item as { readonly state?: WalkState; readonly last?: WalkResult };
      return { ...(state === undefined ? {} : { state }), ...(last === undefined ? {} : { last }) } satisfies Walks;
    },
    save: (token, state) => mine(token, 'SET #state = :state', { '#state': 'state' }, { ':state': state }),
    finish: (token, result) =>
      mine(token, 'SET #last = :last REMOVE #state', { '#state': 'state', '#last': 'last' }, { ':last': result }),
    release: async (token) => {
      await update('REMOVE #turn, #until', IS_MINE, TURN, { ':mine': token });
    },
  };
};
