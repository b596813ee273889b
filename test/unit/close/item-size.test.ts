import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, BatchWriteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import type { SlimLine } from '../../../lambdas/close/records.ts';
import { dynamoDocuments } from '../../../lambdas/close/store/dynamo-documents.ts';
import { financeTable } from '../../../lambdas/close/store/table.ts';
import { dynamoDeliveryStore } from '../../../lambdas/delivery/delivery-store.ts';

/** DynamoDB takes 400 KB in one item. */
const MOST = 400_000;

describe('a document of ten thousand lines', () => {
  it('is written in items that DynamoDB takes', async () => {
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
    const mock = mockClient(client);
    mock.on(BatchWriteCommand).resolves({}).on(PutCommand).resolves({});
    const lines = Array.from(
      { length: 10_000 },
      (_, n): SlimLine => ({
        lineId: `ln-${n.toString().padStart(24, '0')}`,
        product: 'api-calls',
        description: `API calls above 20,000 (endpoint ${'x'.repeat(200)})`,
        quantity: '123456.789',
        unit: 'call',
        amount: '1234.50',
        account: 'acct-01',
        revenue: Array.from({ length: n % 13 }, (_, month) => ({
          recognition: 'as-used',
          from: `2026-${(month + 1).toString().padStart(2, '0')}-01`,
          through: `2026-${(month + 1).toString().padStart(2, '0')}-28`,
          quantity: '10288.065',
          amount: '102.88',
        })),
      }),
    );
    const document = { documentId: 'mb-1', closeId: 'close-20261001-20261101-1', account: 'acct-01', lines };
    const stored = { format: 1 as const, document: document as never, bodyKey: 'k', bodyHash: 'h' };
    await dynamoDocuments(financeTable(client, 'finance')).putDocument(stored, []);
    const items = [
      ...mock.commandCalls(PutCommand).map(({ args }) => args[0].input.Item),
      ...mock
        .commandCalls(BatchWriteCommand)
        .flatMap(({ args }) => Object.values(args[0].input.RequestItems ?? {}).flat())
        .map((request) => request.PutRequest?.Item),
    ];
    const sizes = items.map((item) => Buffer.byteLength(JSON.stringify(item)));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(MOST);
    expect(Math.max(...sizes)).toBeLessThan(MOST);
  });
});

describe('a table that is throttled', () => {
  it('is asked again, for what it did not take, and given up with an error that says so', async () => {
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
    const mock = mockClient(client);
    const left = { finance: [{ PutRequest: { Item: { pk: 'b', sk: 'b' } } }] };
    mock.on(BatchWriteCommand).resolvesOnce({ UnprocessedItems: left }).resolves({});
    const table = financeTable(client, 'finance');
    const items = ['a', 'b'].map((key) => ({ pk: key, sk: key }));
    await table.putAll(items);
    expect(mock.commandCalls(BatchWriteCommand).map(({ args }) => args[0].input.RequestItems?.finance?.length)).toEqual(
      [2, 1],
    );

    mock.reset();
    mock.on(BatchGetCommand).resolves({ UnprocessedKeys: { delivery: { Keys: [{ pk: 'a' }] } } });
    const statuses = dynamoDeliveryStore(client, 'delivery').statuses('netsuite', ['a']);
    await expect(statuses).rejects.toThrow('1 statuses of delivery could not be read');
  }, 10_000);
});
