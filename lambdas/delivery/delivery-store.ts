import { setTimeout as pause } from 'node:timers/promises';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../platform/condition-failed.ts';
import type { AdapterState, DeliveryAttempt, DeliveryJob, DeliveryState, DeliveryStatus } from './types.ts';

/** How a try begins: it may run, the delivery is finished already, or another worker holds it. */
export type Begin =
  | { readonly begin: 'run'; readonly status: DeliveryStatus }
  | { readonly begin: 'finished'; readonly status: DeliveryStatus }
  | { readonly begin: 'busy'; readonly until: string };

/** How a try ends. */
export type Ending = Pick<DeliveryStatus, 'vendorId' | 'lastError'> & { readonly state: DeliveryState };

/** Where deliveries stand and what was tried, by (adapter, delivery id). `posted`, `accepted` and `void` are never left again. */
export type DeliveryStore = {
  status(adapter: string, deliveryId: string): Promise<DeliveryStatus | undefined>;
  /** The statuses that exist, in the order asked for. */
  statuses(adapter: string, deliveryIds: readonly string[]): Promise<DeliveryStatus[]>;
  /** The journal of a delivery, oldest first. */
  attempts(adapter: string, deliveryId: string): Promise<DeliveryAttempt[]>;
  /** Marks a job queued, unless it is finished or under way. Answers the status that stands then. */
  queue(job: DeliveryJob, at: string): Promise<DeliveryStatus>;
  /**
   * Makes a delivery that has stopped (`parked`, `failed`) `void`: it is never sent again.
   * @returns whether it is void now; false for one that may still arrive, or is not known.
   */
  giveUp(adapter: string, deliveryId: string, at: string): Promise<boolean>;
  /** Takes the delivery for one try, until `leaseUntil`: the instant at which the worker is dead for certain. */
  begin(job: DeliveryJob, at: string, leaseUntil: string): Promise<Begin>;
  /** Writes a step of a try into the journal; `step` counts within the try. */
  record(job: DeliveryJob, step: number, attempt: DeliveryAttempt): Promise<void>;
  /** Ends the try that `begin` numbered `attempt`. A later try's status is never overwritten. */
  end(job: DeliveryJob, attempt: number, ending: Ending, at: string): Promise<void>;
  /** `ok` since ever if nothing is known. */
  adapterState(adapter: string): Promise<AdapterState>;
  setAdapterState(state: AdapterState): Promise<void>;
};

const BATCH_GET = 100;
const BATCH_TRIES = 8;
/** Milliseconds, doubled with each try: 3 s in all. */
const FIRST_PAUSE = 50;
const FINISHED: readonly DeliveryState[] = ['posted', 'accepted', 'void'];
const keyOf = (adapter: string, deliveryId: string) => ({ pk: `DELIVERY#${adapter}#${deliveryId}`, sk: 'STATUS' });
const adapterKey = (adapter: string) => ({ pk: `ADAPTER#${adapter}`, sk: 'STATE' });
const stepKey = (attempt: number, step: number) =>
  `ATTEMPT#${attempt.toString().padStart(6, '0')}#${step.toString().padStart(3, '0')}`;

type StatusItem = DeliveryStatus & { readonly leaseUntil?: string };

const toStatus = (item: Record<string, unknown> | undefined): StatusItem | undefined => {
  if (item === undefined) return undefined;
  const { pk: _pk, sk: _sk, format: _format, ...status } = item;
  return status as StatusItem;
};

const withoutLease = ({ leaseUntil: _leaseUntil, ...status }: StatusItem): DeliveryStatus => status;

const required = (status: StatusItem | undefined, job: DeliveryJob): StatusItem => {
  if (status === undefined) throw new Error(`delivery ${job.adapter} ${job.deliveryId} has no status`);
  return status;
};

/** The delivery table in DynamoDB. */
export const dynamoDeliveryStore = (client: DynamoDBDocumentClient, table: string): DeliveryStore => {
  const read = async (adapter: string, deliveryId: string): Promise<StatusItem | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: keyOf(adapter, deliveryId), ConsistentRead: true }),
    );
    return toStatus(Item);
  };

  return {
    status: async (adapter, deliveryId) => {
      const status = await read(adapter, deliveryId);
      return status && withoutLease(status);
    },

    statuses: async (adapter, deliveryIds) => {
      const found = new Map<string, DeliveryStatus>();
      for (let from = 0; from < deliveryIds.length; from += BATCH_GET) {
        let keys: Record<string, unknown>[] = [...new Set(deliveryIds.slice(from, from + BATCH_GET))].map((id) =>
          keyOf(adapter, id),
        );
        for (let tries = 1; keys.length > 0; tries += 1) {
          if (tries > BATCH_TRIES) throw new Error(`${keys.length} statuses of ${table} could not be read`);
          // What was left out was throttled: asking again at once would only be throttled again.
          if (tries > 1) await pause(FIRST_PAUSE * 2 ** (tries - 2));
          const { Responses, UnprocessedKeys } = await client.send(
            new BatchGetCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
          );
          for (const item of Responses?.[table] ?? []) {
            const status = toStatus(item);
            if (status) found.set(status.deliveryId, withoutLease(status));
          }
          keys = UnprocessedKeys?.[table]?.Keys ?? [];
        }
      }
      return deliveryIds.flatMap((id) => found.get(id) ?? []);
    },

    attempts: async (adapter, deliveryId) => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :attempt)',
          ExpressionAttributeValues: { ':pk': keyOf(adapter, deliveryId).pk, ':attempt': 'ATTEMPT#' },
          ConsistentRead: true,
        }),
      );
      return Items.map((item) => item.attempt as DeliveryAttempt);
    },

    queue: async (job, at) => {
      const isNew = 'attribute_not_exists(pk)';
      const mayBeTriedAgain = '#state IN (:queued, :parked, :failed, :waiting, :unknown)';
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            TableName: table,
            Key: keyOf(job.adapter, job.deliveryId),
            ConditionExpression: [isNew, mayBeTriedAgain].join(' OR '),
            UpdateExpression:
              'SET #format = :one, adapter = :adapter, deliveryId = :id, #state = :queued, attempts = if_not_exists(attempts, :zero), updatedAt = :at, correlationId = :correlation',
            ExpressionAttributeNames: { '#state': 'state', '#format': 'format' },
            ExpressionAttributeValues: {
              ':one': 1,
              ':zero': 0,
              ':adapter': job.adapter,
              ':id': job.deliveryId,
              ':queued': 'queued',
              ':parked': 'parked',
              ':failed': 'failed',
              ':waiting': 'waiting',
              ':unknown': 'unknown',
              ':at': at,
              ':correlation': job.correlationId,
            },
            ReturnValues: 'ALL_NEW',
          }),
        );
        return withoutLease(required(toStatus(Attributes), job));
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
        return withoutLease(required(await read(job.adapter, job.deliveryId), job));
      }
    },

    giveUp: async (adapter, deliveryId, at) => {
      const itHasStopped = '#state IN (:parked, :failed, :void)';
      try {
        await client.send(
          new UpdateCommand({
            TableName: table,
            Key: keyOf(adapter, deliveryId),
            ConditionExpression: itHasStopped,
            UpdateExpression: 'SET #state = :void, updatedAt = :at',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: { ':parked': 'parked', ':failed': 'failed', ':void': 'void', ':at': at },
          }),
        );
        return true;
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
        return false;
      }
    },

    begin: async (job, at, leaseUntil) => {
      const isNew = 'attribute_not_exists(pk)';
      const isIdle = 'NOT #state IN (:sending, :posted, :accepted, :void)';
      const holderIsDead = '(#state = :sending AND leaseUntil <= :at)';
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            TableName: table,
            Key: keyOf(job.adapter, job.deliveryId),
            ConditionExpression: [isNew, isIdle, holderIsDead].join(' OR '),
            UpdateExpression:
              'SET #format = :one, adapter = :adapter, deliveryId = :id, #state = :sending, attempts = if_not_exists(attempts, :zero) + :one, leaseUntil = :lease, updatedAt = :at, correlationId = :correlation',
            ExpressionAttributeNames: { '#state': 'state', '#format': 'format' },
            ExpressionAttributeValues: {
              ':one': 1,
              ':zero': 0,
              ':adapter': job.adapter,
              ':id': job.deliveryId,
              ':sending': 'sending',
              ':posted': 'posted',
              ':accepted': 'accepted',
              ':void': 'void',
              ':lease': leaseUntil,
              ':at': at,
              ':correlation': job.correlationId,
            },
            ReturnValues: 'ALL_NEW',
          }),
        );
        return { begin: 'run', status: withoutLease(required(toStatus(Attributes), job)) };
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
        const status = required(await read(job.adapter, job.deliveryId), job);
        return FINISHED.includes(status.state)
          ? { begin: 'finished', status: withoutLease(status) }
          : { begin: 'busy', until: status.leaseUntil ?? at };
      }
    },

    record: async (job, step, attempt) => {
      const { pk } = keyOf(job.adapter, job.deliveryId);
      await client.send(
        new PutCommand({ TableName: table, Item: { pk, sk: stepKey(attempt.number, step), format: 1, attempt } }),
      );
    },

    end: async (job, attempt, ending, at) => {
      const isThisTry = 'attempts = :attempt AND #state = :sending';
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: keyOf(job.adapter, job.deliveryId),
          ConditionExpression: isThisTry,
          UpdateExpression: [
            `SET #state = :state, updatedAt = :at${ending.vendorId === undefined ? '' : ', vendorId = :vendorId'}`,
            `${ending.lastError ? ', lastError = :error REMOVE leaseUntil' : ' REMOVE leaseUntil, lastError'}`,
          ].join(''),
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: {
            ':attempt': attempt,
            ':sending': 'sending',
            ':state': ending.state,
            ':at': at,
            ...(ending.vendorId === undefined ? {} : { ':vendorId': ending.vendorId }),
            ...(ending.lastError ? { ':error': ending.lastError } : {}),
          },
        }),
      );
    },

    adapterState: async (adapter) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: adapterKey(adapter), ConsistentRead: true }),
      );
      return (Item?.state as AdapterState | undefined) ?? { adapter, state: 'ok', since: '' };
    },

    setAdapterState: async (state) => {
      await client.send(new PutCommand({ TableName: table, Item: { ...adapterKey(state.adapter), format: 1, state } }));
    },
  };
};
