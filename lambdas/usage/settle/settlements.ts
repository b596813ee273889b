import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../platform/clock.ts';
import { CLOCK_SKEW_MILLIS, LONGEST_RUN_MILLIS } from '../ledger/writer-memory.ts';
import type { SweepResult } from './settle-sweep.ts';

/** A settle sweep that somebody asked for, and how it stands. Sweeps by schedule have none. */
export type Settlement = { readonly settlementId: string } & (
  | { readonly state: 'waiting' }
  | { readonly state: 'running'; readonly startedAt: string }
  | ({ readonly state: 'done'; readonly startedAt: string; readonly endedAt: string } & SweepResult)
  | { readonly state: 'failed'; readonly message: string }
);

/** Where settlements are kept from their begin on. */
export type Settlements = {
  put(settlement: Settlement): Promise<void>;
  get(settlementId: string): Promise<Settlement | undefined>;
};

/** Settlements in the projection table (`pk` = SETTLEMENT#<id>, which is no subject: those have no `#`). */
export const dynamoSettlements = (client: DynamoDBDocumentClient, table: string): Settlements => {
  const keyOf = (settlementId: string) => ({ pk: `SETTLEMENT#${settlementId}`, sk: 'STATE' });
  return {
    put: async (settlement) => {
      const Item = { ...keyOf(settlement.settlementId), format: 1, settlement };
      await client.send(new PutCommand({ TableName: table, Item }));
    },
    get: async (settlementId) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: keyOf(settlementId), ConsistentRead: true }),
      );
      return Item?.settlement as Settlement | undefined;
    },
  };
};

const ID = /^settlement-(\d{13})-[\w-]{1,64}$/;
/** An asynchronous call that has not begun after so long will not. */
const BEGINS_MILLIS = 60 * 60_000;
const ENDS_MILLIS = LONGEST_RUN_MILLIS + CLOCK_SKEW_MILLIS;

/** The id of a settlement that is asked for now. It tells when, so that one that never begins can be told from one to come. */
export const settlementIdOf = (clock: Clock, unique: string): string => `settlement-${clock.nowMillis()}-${unique}`;

/** How a settlement stands; `undefined` for an id that was never given out. */
export const settlementAt = async (
  settlements: Pick<Settlements, 'get'>,
  clock: Clock,
  settlementId: string,
): Promise<Settlement | undefined> => {
  const askedFor = Number(ID.exec(settlementId)?.[1] ?? Number.NaN);
  const now = clock.nowMillis();
  if (!(askedFor <= now + CLOCK_SKEW_MILLIS)) return undefined;
  const found = await settlements.get(settlementId);
  const failed = (message: string): Settlement => ({ settlementId, state: 'failed', message });
  if (found === undefined) {
    return now - askedFor > BEGINS_MILLIS
      ? failed('the sweep did not begin within an hour: see the dead letters of async-failures')
      : { settlementId, state: 'waiting' };
  }
  return found.state === 'running' && now - Date.parse(found.startedAt) > ENDS_MILLIS
    ? failed('the sweep did not end in its time; what it settled stays, and the next one goes on')
    : found;
};

/**
 * Runs a sweep and keeps how it stands.
 * @throws what the sweep throws, so that the platform counts it and tries again.
 */
export const runSettlement = async (
  settlements: Pick<Settlements, 'put'>,
  clock: Clock,
  settlementId: string,
  sweep: () => Promise<SweepResult>,
): Promise<SweepResult> => {
  const startedAt = clock.now();
  await settlements.put({ settlementId, state: 'running', startedAt });
  try {
    const result = await sweep();
    await settlements.put({ settlementId, state: 'done', startedAt, endedAt: clock.now(), ...result });
    return result;
  } catch (error) {
    await settlements.put({ settlementId, state: 'failed', message: 'the sweep failed; its log says why' });
    throw error;
  }
};
