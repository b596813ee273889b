import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';

/** An empty table as the app has it: `pk`, `sk`, and an index `gsi1` over `gsi1pk`, `gsi1sk` with everything in it. */
export type TableUnderTest = { readonly client: DynamoDBDocumentClient; readonly table: string };

const KB = 1024;
const MOST_BYTES = 400 * KB;
const IS_ABSENT = 'attribute_not_exists(pk)';
/** What `{pk: 'p', sk: 's', v: bytes}` takes beside its bytes: names and keys. */
const BESIDE = 'pk'.length + 'p'.length + 'sk'.length + 's'.length + 'v'.length;
const TRIES = 50;

type Failure = { readonly name: string; readonly message: string; readonly Item?: unknown };
const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
  try {
    await promise;
  } catch (error) {
    return error as Failure;
  }
  throw new Error('it did not fail');
};

/**
 * What the stores, and so their in-memory twins, take for granted of DynamoDB itself. `make` answers an empty table. Run
 * against every engine that the stores run on.
 */
export const dynamodbContract = (name: string, make: () => Promise<TableUnderTest>): void => {
  const queryAll = async (client: DynamoDBDocumentClient, input: QueryCommandInput) => {
    const pages: Record<string, unknown>[][] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await client.send(new QueryCommand({ ...input, ...(from ? { ExclusiveStartKey: from } : {}) }));
      pages.push(page.Items ?? []);
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return pages;
  };
  const ofPartition = (table: string): QueryCommandInput => ({
    TableName: table,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': 'p' },
    ConsistentRead: true,
  });

  describe(`DynamoDB as the stores rely on it: ${name}`, () => {
    it('refuses a put whose condition fails, and shows what is there when asked to', async () => {
      const { client, table } = await make();
      const put = (v: string, show: boolean) =>
        client.send(
          new PutCommand({
            TableName: table,
            Item: { pk: 'p', sk: 's', v },
            ConditionExpression: IS_ABSENT,
            ...(show ? { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } : {}),
          }),
        );
      await put('first', false);
      const silent = await failureOf(put('second', false));
      expect(silent.name).toBe('ConditionalCheckFailedException');
      expect(silent.Item).toBeUndefined();
      // In the form of the wire, whatever the client.
      expect((await failureOf(put('third', true))).Item).toMatchObject({ v: { S: 'first' } });
    });

    it('lets exactly one of many conditional puts win', async () => {
      const { client, table } = await make();
      const results = await Promise.allSettled(
        Array.from({ length: 12 }, (_, n) =>
          client.send(
            new PutCommand({ TableName: table, Item: { pk: 'p', sk: 's', n }, ConditionExpression: IS_ABSENT }),
          ),
        ),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('updates and deletes under conditions, as one step with what they read', async () => {
      const { client, table } = await make();
      const Key = { pk: 'p', sk: 's' };
      const count = (condition?: string) =>
        client.send(
          new UpdateCommand({
            TableName: table,
            Key,
            UpdateExpression: 'SET #n = if_not_exists(#n, :none) + :one',
            ExpressionAttributeNames: { '#n': 'number' },
            ExpressionAttributeValues: { ':none': 0, ':one': 1 },
            ReturnValues: 'ALL_NEW',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            ...(condition === undefined ? {} : { ConditionExpression: condition }),
          }),
        );
      await Promise.all(Array.from({ length: 8 }, () => count()));
      expect((await count()).Attributes).toMatchObject({ number: 9 });
      expect((await failureOf(count('#n = :none'))).Item).toMatchObject({ number: { N: '9' } });
      const remove = (n: number) =>
        client.send(
          new DeleteCommand({
            TableName: table,
            Key,
            ConditionExpression: '#n = :n',
            ExpressionAttributeNames: { '#n': 'number' },
            ExpressionAttributeValues: { ':n': n },
          }),
        );
      expect((await failureOf(remove(8))).name).toBe('ConditionalCheckFailedException');
      await remove(9);
      expect((await failureOf(remove(9))).name).toBe('ConditionalCheckFailedException');
    });

    it('takes an item of 400 KB, and not one of a byte more', async () => {
      const { client, table } = await make();
      const put = (bytes: number) =>
        client.send(
          new PutCommand({ TableName: table, Item: { pk: 'p', sk: 's', v: Buffer.alloc(bytes - BESIDE, 7) } }),
        );
      await put(MOST_BYTES);
      const failure = await failureOf(put(MOST_BYTES + 1));
      expect(failure.name).toBe('ValidationException');
      expect(failure.message).toMatch(/size/i);
    });

    it('keeps bytes as bytes, and texts and bytes that are empty', async () => {
      const { client, table } = await make();
      const Item = { pk: 'p', sk: 's', none: new Uint8Array(0), text: '', bytes: Uint8Array.from([0, 255, 10]) };
      await client.send(new PutCommand({ TableName: table, Item }));
      const read = await client.send(new GetCommand({ TableName: table, Key: { pk: 'p', sk: 's' } }));
      expect(Buffer.from(read.Item?.bytes as Uint8Array)).toEqual(Buffer.from(Item.bytes));
      expect(Buffer.from(read.Item?.none as Uint8Array)).toHaveLength(0);
      expect(read.Item?.text).toBe('');
    });

    it('sorts by bytes, and takes both bounds of a range', async () => {
      const { client, table } = await make();
      const slot = '2026-10-01T00:15:00.000Z';
      const sorted = [
        `${slot}#00000001`,
        `${slot}#00000010`,
        `${slot}~b-1#00000001`,
        '2026-10-01T00:30:00.000Z#0',
        'ü',
      ];
      for (const sk of sorted.toReversed()) {
        await client.send(new PutCommand({ TableName: table, Item: { pk: 'p', sk } }));
      }
      const [all = []] = await queryAll(client, ofPartition(table));
      expect(all.map(({ sk }) => sk)).toEqual(sorted);
      const [some = []] = await queryAll(client, {
        ...ofPartition(table),
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: { ':pk': 'p', ':first': sorted[0], ':last': sorted[2] },
      });
      expect(some.map(({ sk }) => sk)).toEqual(sorted.slice(0, 3));
      const [begun = []] = await queryAll(client, {
        ...ofPartition(table),
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': 'p', ':prefix': `${slot}#` },
      });
      expect(begun).toHaveLength(2);
    });

    it('ends a page of a query at 1 MB, and goes on behind it', async () => {
      const { client, table } = await make();
      for (let n = 10; n < 22; n += 1) {
        await client.send(
          new PutCommand({ TableName: table, Item: { pk: 'p', sk: String(n), v: Buffer.alloc(100 * KB) } }),
        );
      }
      const pages = await queryAll(client, ofPartition(table));
      expect(pages.length).toBeGreaterThan(1);
      // The item that goes over the limit may still be in it.
      for (const page of pages) expect(page.length).toBeLessThanOrEqual(11);
      expect(pages.flat().map(({ sk }) => Number(sk))).toEqual(Array.from({ length: 12 }, (_, n) => n + 10));
      expect((await queryAll(client, { ...ofPartition(table), Limit: 5 }))[0]).toHaveLength(5);
    });

    it('shows a write at once to a strong read, and soon to any other', async () => {
      const { client, table } = await make();
      const Key = { pk: 'p', sk: 's' };
      for (let v = 1; v <= 10; v += 1) {
        await client.send(new PutCommand({ TableName: table, Item: { ...Key, v } }));
        const strong = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
        expect(strong.Item?.v).toBe(v);
        const [page = []] = await queryAll(client, ofPartition(table));
        expect(page[0]?.v).toBe(v);
        const eventual = await client.send(new GetCommand({ TableName: table, Key }));
        expect(eventual.Item?.v ?? 0).toBeLessThanOrEqual(v);
      }
      for (let tries = 1; ; tries += 1) {
        const { Item } = await client.send(new GetCommand({ TableName: table, Key }));
        if (Item?.v === 10) break;
        if (tries === TRIES) throw new Error('an eventual read never shows the write');
        await sleep(100);
      }
    });

    it('shows in its index soon what has both of its keys, and refuses to read it strongly', async () => {
      const { client, table } = await make();
      await client.send(new PutCommand({ TableName: table, Item: { pk: 'a', sk: 's', gsi1pk: 'g', gsi1sk: '2' } }));
      await client.send(new PutCommand({ TableName: table, Item: { pk: 'b', sk: 's', gsi1pk: 'g', gsi1sk: '1' } }));
      await client.send(new PutCommand({ TableName: table, Item: { pk: 'c', sk: 's', gsi1pk: 'g' } }));
      const input: QueryCommandInput = {
        TableName: table,
        IndexName: 'gsi1',
        KeyConditionExpression: 'gsi1pk = :g',
        ExpressionAttributeValues: { ':g': 'g' },
      };
      let found: unknown[] = [];
      for (let tries = 1; found.length < 2 && tries <= TRIES; tries += 1) {
        if (tries > 1) await sleep(100);
        found = (await queryAll(client, input)).flat().map(({ pk }) => pk);
      }
      expect(found).toEqual(['b', 'a']);
      expect((await failureOf(client.send(new QueryCommand({ ...input, ConsistentRead: true })))).name).toBe(
        'ValidationException',
      );
    });

    it('does all of a transaction or nothing, and names the reason of each of its items', async () => {
      const { client, table } = await make();
      const put = (pk: string, v: number) => ({
        Put: {
          TableName: table,
          Item: { pk, sk: 's', v },
          ConditionExpression: IS_ABSENT,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
        },
      });
      await client.send(new TransactWriteCommand({ TransactItems: [put('a', 1), put('b', 1)] }));
      const failure = await failureOf(
        client.send(new TransactWriteCommand({ TransactItems: [put('c', 2), put('b', 2), put('d', 2)] })),
      );
      expect(failure.name).toBe('TransactionCanceledException');
      const { CancellationReasons: reasons } = failure as unknown as {
        readonly CancellationReasons: readonly { readonly Code: string; readonly Item?: unknown }[];
      };
      expect(reasons.map(({ Code }) => Code)).toEqual(['None', 'ConditionalCheckFailed', 'None']);
      expect(reasons[1]?.Item).toMatchObject({ v: { N: '1' } });
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { pk: 'c', sk: 's' }, ConsistentRead: true }),
      );
      expect(Item).toBeUndefined();
    });

    it('does a transaction once that is sent again under its token', async () => {
      const { client, table } = await make();
      const count = (by: number) =>
        client.send(
          new TransactWriteCommand({
            ClientRequestToken: 'token-1',
            TransactItems: [
              {
                Update: {
                  TableName: table,
                  Key: { pk: 'p', sk: 's' },
                  UpdateExpression: 'ADD v :by',
                  ExpressionAttributeValues: { ':by': by },
                },
              },
            ],
          }),
        );
      await count(1);
      await count(1);
      const read = await client.send(
        new GetCommand({ TableName: table, Key: { pk: 'p', sk: 's' }, ConsistentRead: true }),
      );
      expect(read.Item?.v).toBe(1);
      expect((await failureOf(count(2))).name).toBe('IdempotentParameterMismatchException');
    });
  });
};
