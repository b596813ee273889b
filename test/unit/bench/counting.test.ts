import { describe, expect, test } from 'vitest';
import { dollars, PRICES } from '../../../bench/ledger/bill.ts';
import { keptByTheHour, scaledBurst } from '../../../bench/ledger/capacity.ts';
import { countedDynamo } from '../../../bench/ledger/counted-aws/dynamodb.ts';
import { itemBytes, readUnits, writeUnits } from '../../../bench/ledger/counted-aws/item-size.ts';
import { total } from '../../../bench/ledger/counted-aws/usage.ts';
import { usageCounter } from '../../../bench/ledger/counted-aws/usage-counter.ts';
import { wireItem } from '../../../bench/ledger/counted-aws/wire.ts';
import { shardOf, usageStream } from '../../../bench/ledger/stream.ts';

/** A table and what was counted at it. */
const table = () => {
  const usage = usageCounter();
  const dynamo = countedDynamo(usage, (cause) => cause);
  const units = (line: 'read' | 'write'): number => total(usage.counted(), `dynamodb.${line}`);
  /** An item of exactly so many bytes: `pk` and `sk` with one letter each take 6, `b` 1. */
  const item = (bytes: number, pk = 'a', sk = 'a') => wireItem({ pk, sk, b: Buffer.alloc(bytes - 7) });
  const put = (bytes: number, more: object = {}) =>
    dynamo.call('PutItem', { TableName: 't', Item: item(bytes), ...more });
  return { dynamo, units, item, put };
};

describe('sizes of items', () => {
  test('names and values by their types', () => {
    expect(itemBytes(wireItem({ pk: 'subject', n: 12345, s: 'é' }))).toBe(2 + 7 + (1 + 3 + 1) + (1 + 2));
    expect(itemBytes(wireItem({ n: -1, t: true, l: ['a', 'b'] }))).toBe(1 + 3 + (1 + 1) + (1 + 3 + 4));
    expect(itemBytes({ b: { B: Buffer.alloc(10).toString('base64') }, m: { M: { x: { S: 'yz' } } } })).toBe(11 + 8);
  });

  test('each begun KB of a write, each begun 4 KB of a read, half if it may be stale', () => {
    expect([1, 1024, 1025, 2048].map(writeUnits)).toEqual([1, 1, 2, 2]);
    expect([0, 4096, 4198].map((bytes) => readUnits(bytes, true))).toEqual([1, 1, 2]);
    expect(readUnits(4198, false)).toBe(1);
  });
});

describe('units of requests', () => {
  test('a write is charged for the whole item', () => {
    const { put, units, dynamo } = table();
    put(1500);
    expect(units('write')).toBe(2);
    const Key = wireItem({ pk: 'a', sk: 'a' });
    dynamo.call('UpdateItem', {
      TableName: 't',
      Key,
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: wireItem({ ':one': 1 }),
    });
    expect(units('write')).toBe(4);
    dynamo.call('DeleteItem', { TableName: 't', Key });
    expect(units('write')).toBe(6);
  });

  test('a refused condition is charged for the larger item, and changes nothing', () => {
    const { put, units, dynamo } = table();
    put(3000);
    const { error, body } = put(500, { ConditionExpression: 'attribute_not_exists(pk)' });
    expect(error).toBe('ConditionalCheckFailedException');
    expect(body).toHaveProperty('Item.pk.S', 'a');
    expect(units('write')).toBe(3 + 3);
    dynamo.call('GetItem', { TableName: 't', Key: wireItem({ pk: 'a', sk: 'a' }), ConsistentRead: true });
    expect(units('read')).toBe(1);
  });

  test('a query is charged for what it reads, summed up before rounding, page by page', () => {
    const { dynamo, item, units } = table();
    for (const sk of ['a', 'b', 'c']) dynamo.call('PutItem', { TableName: 't', Item: item(1500, 'a', sk) });
    const query = {
      TableName: 't',
      ConsistentRead: true,
      ExpressionAttributeValues: wireItem({ ':pk': 'a', ':b': 'b' }),
    };
    const { body } = dynamo.call('Query', { ...query, KeyConditionExpression: 'pk = :pk' });
    expect(body).toMatchObject({ Count: 3 });
    expect(units('read')).toBe(2);
    const above = dynamo.call('Query', { ...query, KeyConditionExpression: 'pk = :pk AND sk > :b' });
    expect(above.body).toMatchObject({ Count: 1 });
    expect(units('read')).toBe(3);
    for (const sk of ['d', 'e', 'f', 'g']) dynamo.call('PutItem', { TableName: 't', Item: item(400_000, 'a', sk) });
    const first = dynamo.call('Query', { ...query, KeyConditionExpression: 'pk = :pk' });
    expect(first.body).toHaveProperty('LastEvaluatedKey.sk.S', 'f');
  });

  test('a missing item costs a read unit, an index its own write', () => {
    const { dynamo, units } = table();
    dynamo.call('GetItem', { TableName: 't', Key: wireItem({ pk: 'no', sk: 'no' }), ConsistentRead: true });
    expect(units('read')).toBe(1);
    dynamo.call('PutItem', { TableName: 't', Item: wireItem({ pk: 'a', sk: 'a', gsi1pk: 'x', gsi1sk: 'y' }) });
    expect(units('write')).toBe(2);
  });

  test('a transaction costs twice, also when it is cancelled, and once per token', () => {
    const { dynamo, item, units } = table();
    const part = (sk: string) => ({
      Put: { TableName: 't', Item: item(100, 'a', sk), ConditionExpression: 'attribute_not_exists(pk)' },
    });
    const two = { TableName: '', TransactItems: [part('a'), part('b')], ClientRequestToken: 'one' };
    expect(dynamo.call('TransactWriteItems', two).error).toBeUndefined();
    expect(units('write')).toBe(4);
    expect(dynamo.call('TransactWriteItems', two).error).toBeUndefined();
    expect(units('write')).toBe(4);
    const again = dynamo.call('TransactWriteItems', { TableName: '', TransactItems: [part('b'), part('c')] });
    expect(again.error).toBe('TransactionCanceledException');
    expect(units('write')).toBe(8);
    dynamo.call('GetItem', { TableName: 't', Key: wireItem({ pk: 'a', sk: 'c' }) });
    expect(dynamo.table('t').get('a', 'c')).toBeUndefined();
  });
});

describe('the stream', () => {
  const settings = { windowSeconds: 10, batchRecords: 3, batchBytes: 1_000_000 };
  const record = (bytes: number) => ({ partitionKey: 'org-1', data: Buffer.alloc(bytes) });

  test('a record is charged by begun 25 KB, and on demand by begun KB', () => {
    const usage = usageCounter();
    usageStream(1, settings, usage).put([record(1), record(25 * 1024), record(25 * 1024 + 1)], 0);
    expect(total(usage.counted(), 'kinesis.put-unit')).toBe(1 + 1 + 2);
    expect(total(usage.counted(), 'kinesis.on-demand.in') * 1024 ** 2).toBeCloseTo(1 + 25 + 26, 6);
  });

  test('a batch is handed over when its window is over or it is full', () => {
    const stream = usageStream(1, settings, usageCounter());
    expect(stream.put([record(1), record(1), record(1)], 0)).toEqual([]);
    expect(stream.put([record(1)], 1_000).map(({ event }) => event.Records.length)).toEqual([3]);
    expect(stream.due(10_999)).toEqual([]);
    expect(stream.due(11_000).map(({ event }) => event.Records.length)).toEqual([1]);
    expect(stream.due(60_000)).toEqual([]);
  });

  test('a key always goes to the same shard, and keys to all', () => {
    const shards = Array.from({ length: 200 }, (_, n) => shardOf(`org-${n}`, 4));
    expect(new Set(shards)).toEqual(new Set([0, 1, 2, 3]));
    expect(shardOf('org-7', 4)).toBe(shardOf('org-7', 4));
  });
});

test('prices are dollars per so many', () => {
  expect(dollars('dynamodb.write', 1_000_000)).toBeCloseTo(0.625, 10);
  expect(dollars('s3.put', 1)).toBeCloseTo(0.000005, 12);
  expect(() => dollars('nothing', 1)).toThrow(RangeError);
  for (const { source, date } of PRICES.values()) expect([source, date].every((text) => text.length > 3)).toBe(true);
});

describe('a burst on a table that is kept by the hour', () => {
  test('goes on with what is saved up', () => {
    // 7 used of 10 kept: 3,000 are saved up within five minutes.
    expect(scaledBurst(3_000, 7)).toEqual({ seconds: 0, unitHours: 0 });
  });

  test('then as fast as the table is used beside it', () => {
    // 540 at 3 a second, before the table would scale.
    expect(scaledBurst(3_540, 7)).toEqual({ seconds: 180, unitHours: 0 });
  });

  test('and faster as the table scales to 10 / 0.7 after three minutes, which it keeps for fifteen more', () => {
    const { seconds, unitHours } = scaledBurst(3_540 + 100, 7);
    const [scaled, further] = [10 / 0.7, 100 / (10 / 0.7 - 7)];
    expect(seconds).toBeCloseTo(180 + further, 9);
    expect(unitHours).toBeCloseTo(((scaled - 10) * (further + 900)) / 3_600, 9);
  });

  test('is paid beside what is used steadily, with the function that waits', () => {
    // 7 writes a second for 30 days, and 3,540 more at once each night.
    const counted = { 'dynamodb.write': { steadily: 7 * 2_592_000, sweeps: 3_540 * 30, quarantine: 5 } };
    const kept = keptByTheHour(counted, [{ cause: 'sweeps', kind: 'write', units: 3_540, memoryMegabytes: 1_024 }]);
    expect(kept['dynamodb.write']).toEqual({ quarantine: 5 });
    expect(kept['dynamodb.write-unit-hour']?.steadily).toBeCloseTo(10 * 720, 6);
    expect(kept['dynamodb.write-unit-hour']?.sweeps).toBeCloseTo(0, 6);
    expect(kept['lambda.arm64']).toEqual({ 'waiting for capacity': 30 * 180 });
  });
});
