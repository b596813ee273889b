import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../platform/clock.ts';

/**
 * Drift: fields that events carry and their schema does not know. They are kept and counted; who looks after the schema
 * should see them before they matter.
 */

/** A field that a schema does not know, and about how many events had it. */
export type DriftRecord = {
  /** `<type>/<version> <field>`. */
  readonly field: string;
  /** About: what a worker had not told yet when it ended is missing, and a batch that came again counts again. */
  readonly events: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
};

/** Where drift is kept. */
export type DriftStore = {
  /** Adds events to a field. */
  add(field: string, events: number, at: string): Promise<void>;
  /** All fields, ordered. */
  list(): Promise<DriftRecord[]>;
};

const PARTITION = 'DRIFT#';

/** Drift in the projection table (`pk` = `DRIFT#`, `sk` = the field). */
export const dynamoDrift = (client: DynamoDBDocumentClient, table: string): DriftStore => ({
  add: async (field, events, at) => {
    await client.send(
      new UpdateCommand({
        TableName: table,
        Key: { pk: PARTITION, sk: field },
        UpdateExpression:
          'SET lastSeenAt = :at, firstSeenAt = if_not_exists(firstSeenAt, :at), #format = :one ADD #events :events',
        ExpressionAttributeNames: { '#format': 'format', '#events': 'events' },
        ExpressionAttributeValues: { ':at': at, ':events': events, ':one': 1 },
      }),
    );
  },
  list: async () => {
    const records: DriftRecord[] = [];
    let key: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :drift',
          ExpressionAttributeValues: { ':drift': PARTITION },
          ...(key ? { ExclusiveStartKey: key } : {}),
        }),
      );
      for (const { sk, events, firstSeenAt, lastSeenAt } of page.Items ?? []) {
        records.push({ field: String(sk), events, firstSeenAt, lastSeenAt });
      }
      key = page.LastEvaluatedKey;
    } while (key !== undefined);
    return records;
  },
});

/** A worker tells of a field at once when it first sees it, then not more often than this. */
const EVERY_MILLIS = 10 * 60_000;
/** Fields that a worker remembers: names are the producers', and may be any. */
const MOST_FIELDS = 200;

/** Tells of drift for one worker, seldom: a write per batch would cost more than it says. */
export const driftNotes = (store: Pick<DriftStore, 'add'>, clock: Clock) => {
  const known = new Map<string, { untold: number; toldAt: number }>();
  return async (drift: Readonly<Record<string, number>>): Promise<void> => {
    const now = clock.nowMillis();
    for (const [field, events] of Object.entries(drift)) {
      const seen = known.get(field);
      if (seen === undefined && known.size >= MOST_FIELDS) continue;
      const note = seen ?? { untold: 0, toldAt: Number.NEGATIVE_INFINITY };
      known.set(field, note);
      note.untold += events;
      if (now - note.toldAt < EVERY_MILLIS) continue;
      const told = note.untold;
      note.toldAt = now;
      await store.add(field.toWellFormed(), told, clock.now());
      note.untold -= told;
    }
  };
};
