import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { env } from '../../../lambdas/platform/env.ts';
import { eventBridgePublisher } from '../../../lambdas/platform/event-publisher.ts';
import { countingIds, systemIds } from '../../../lambdas/platform/ids.ts';

const client = new EventBridgeClient({ region: 'us-east-1' });
const bus = mockClient(client);
const publisher = eventBridgePublisher(client, 'meterbridge-dev');
const settled = (n: number) => ({ id: `s-${n}`, subject: `org-${n}`, days: ['2026-10-01'], correlationId: 'c' });

beforeEach(() => bus.reset());

describe('domain events', () => {
  it('go to the bus ten at a time, in order', async () => {
    bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [] });
    await publisher.publish(
      'usage.settled',
      Array.from({ length: 23 }, (_, n) => settled(n)),
    );
    const batches = bus.commandCalls(PutEventsCommand).map((call) => call.args[0].input.Entries ?? []);
    expect(batches.map((batch) => batch.length)).toEqual([10, 10, 3]);
    expect(batches[2]?.[2]).toEqual({
      EventBusName: 'meterbridge-dev',
      Source: 'meterbridge',
      DetailType: 'usage.settled',
      Detail: JSON.stringify(settled(22)),
    });
  });

  it('fail when one was not taken, naming why, so that the caller repeats them', async () => {
    bus.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [{ EventId: '1' }, { ErrorCode: 'Throttled' }] });
    await expect(publisher.publish('usage.settled', [settled(1), settled(2)])).rejects.toThrow(
      '1 of 2 usage.settled events were not taken: Throttled',
    );
  });
});

describe('what a function takes from outside', () => {
  it('is named when it is missing', () => {
    expect(() => env('SURELY_NOT_SET')).toThrow('environment variable SURELY_NOT_SET is not set');
  });

  it('are ids that never repeat, or count up in tests', () => {
    expect(systemIds.next()).not.toBe(systemIds.next());
    expect(systemIds.secret(32)).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const ids = countingIds('run');
    expect([ids.next(), ids.secret(8), ids.next()]).toEqual(['run-1', 'run-2', 'run-3']);
  });
});
