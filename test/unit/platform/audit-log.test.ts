import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AuditEntry, dynamoAuditLog, firstBroken, nextEntry } from '../../../lambdas/platform/audit-log.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';

const record = (target: string) => ({ actor: 'ada', action: 'manifest.approve', target, details: { amount: '1.00' } });
const chain = (length: number): AuditEntry[] => {
  const entries: AuditEntry[] = [];
  for (let n = 0; n < length; n += 1)
    entries.push(nextEntry(entries.at(-1), record(`m-${n}`), '2026-11-01T00:00:00.000Z'));
  return entries;
};

describe('the chain of audit entries', () => {
  it('is whole as it was written, also from the middle on', () => {
    const entries = chain(4);
    expect(firstBroken(entries)).toBeUndefined();
    expect(firstBroken(entries.slice(2), entries[1])).toBeUndefined();
    expect(entries[0]?.previousHash).toBe('0'.repeat(64));
  });

  it.each<[string, (entries: AuditEntry[]) => AuditEntry[], number]>([
    ['changed', (all) => all.map((entry, n) => (n === 1 ? { ...entry, actor: 'eve' } : entry)), 1],
    ['left out', (all) => all.filter((_, n) => n !== 1), 1],
    ['moved', (all) => [all[0], all[2], all[1], all[3]].filter((entry) => entry !== undefined), 1],
    [
      'written anew',
      (all) => all.map((entry, n) => (n === 1 ? nextEntry(all[0], record('other'), entry.at) : entry)),
      2,
    ],
  ])('shows an entry that was %s', (_, tamper, at) => {
    const tampered = tamper(chain(4));
    expect(firstBroken(tampered)).toBe(tampered[at]);
  });
});

describe('the audit log in DynamoDB', () => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
  const dynamo = mockClient(client);
  const log = dynamoAuditLog(client, 'audit', manualClock('2026-11-01T00:00:00.000Z'));
  const cancelled = (...codes: readonly string[]): Error =>
    Object.assign(new Error('cancelled'), {
      name: 'TransactionCanceledException',
      CancellationReasons: codes.map((Code) => ({ Code })),
    });
  const decision = { Put: { TableName: 'other', Item: { pk: 'x' } } };
  beforeEach(() => dynamo.reset());

  it('writes the entry after the last one, in one transaction with the decision it tells of', async () => {
    const [head] = chain(1);
    dynamo.on(QueryCommand).resolves({ Items: [{ entry: head }] });
    dynamo.on(TransactWriteCommand).resolves({});
    const entry = await log.append(record('m-1'), [decision]);
    expect(entry).toMatchObject({ sequence: 2, previousHash: head?.hash });
    const [put, also] = dynamo.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems ?? [];
    expect(put?.Put).toMatchObject({
      Item: { pk: 'AUDIT', sk: '000000000002', entry },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    expect(also).toEqual(decision);
  });

  it('takes the next number when another writer was faster', async () => {
    const [first, second] = chain(2);
    dynamo
      .on(QueryCommand)
      .resolvesOnce({ Items: [{ entry: first }] })
      .resolves({ Items: [{ entry: second }] });
    dynamo.on(TransactWriteCommand).rejectsOnce(cancelled('ConditionalCheckFailed', 'None')).resolves({});
    expect((await log.append(record('m'), [decision])).sequence).toBe(3);
  });

  it('does not repeat a decision that was refused', async () => {
    dynamo.on(QueryCommand).resolves({ Items: [] });
    dynamo.on(TransactWriteCommand).rejects(cancelled('None', 'ConditionalCheckFailed'));
    await expect(log.append(record('m'), [decision])).rejects.toThrow('cancelled');
    expect(dynamo.commandCalls(TransactWriteCommand)).toHaveLength(1);
  });
});
