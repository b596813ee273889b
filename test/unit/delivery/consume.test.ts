import { describe, expect, it } from 'vitest';
import { adapterHealth } from '../../../lambdas/delivery/adapter-health.ts';
import { consume, type DeadReason, type QueueMessage } from '../../../lambdas/delivery/consume.ts';
import { netSuiteJobOf } from '../../../lambdas/delivery/netsuite/netsuite-job.ts';
import { breaker } from '../../../lambdas/delivery/retry.ts';
import type { AdapterClient } from '../../../lambdas/delivery/types.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { memoryDeliveryStore } from '../../twins/memory-delivery-store.ts';
import { memoryPayloads } from '../../twins/memory-payloads.ts';
import { failure, fakeAdapter, jobOf } from './fake-adapter.ts';

const START = '2026-11-01T00:00:00.000Z';

const message = (id: string, receiveCount = 1, body = JSON.stringify(jobOf(id))): QueueMessage => ({
  messageId: `m-${id}`,
  receipt: `r-${id}`,
  body,
  receiveCount,
});

const consumer = (client: AdapterClient, concurrency = 2) => {
  const clock = manualClock(START);
  const store = memoryDeliveryStore();
  const payloads = memoryPayloads();
  payloads.put(jobOf('any').payloadKey, '{}');
  const postponed: Record<string, number> = {};
  const buried: Record<string, DeadReason> = {};
  const broken: string[] = [];
  const ports = {
    store,
    client,
    payloads,
    clock,
    concurrency,
    health: adapterHealth(store, clock),
    breaker: breaker(clock, 3, 30_000),
    queue: {
      postpone: async ({ messageId }: QueueMessage, seconds: number) => {
        postponed[messageId] = seconds;
      },
      bury: async ({ messageId }: QueueMessage, reason: DeadReason) => {
        buried[messageId] = reason;
      },
    },
    observe: {
      ended: () => undefined,
      undeliverable: () => undefined,
      broke: ({ messageId }: QueueMessage) => {
        broken.push(messageId);
      },
    },
    jobOf: async (body: string) => netSuiteJobOf(body),
  };
  const run = (messages: readonly QueueMessage[], millisLeft = 30_000) =>
    consume(ports, messages, clock.nowMillis() + millisLeft);
  return { ...ports, run, postponed, buried, broken };
};

describe('consume', () => {
  it('acknowledges what is done or parked', async () => {
    const { run, postponed, buried } = consumer(
      fakeAdapter({ creates: [{ outcome: 'posted', vendorId: '1' }, failure('closed-period')] }),
      1,
    );
    expect(await run([message('a'), message('b')])).toEqual([]);
    expect([postponed, buried]).toEqual([{}, {}]);
  });

  it('lets one message fail without the others', async () => {
    const { run, postponed } = consumer(fakeAdapter({ creates: [failure('transient')] }), 1);
    expect(await run([message('a'), message('b')])).toEqual(['m-a']);
    expect(Object.keys(postponed)).toEqual(['m-a']);
  });

  it('buries what was rejected, with class, code, sentence and ids', async () => {
    const { run, buried } = consumer(fakeAdapter({ creates: [failure('rejected')] }));
    expect(await run([message('a')])).toEqual([]);
    expect(buried['m-a']).toEqual({
      class: 'rejected',
      code: 'CODE_rejected',
      message: 'it was rejected',
      failedAt: START,
      deliveryId: 'a',
      correlationId: 'c-a',
    });
  });

  it('buries a message that is no job', async () => {
    const { run, buried } = consumer(fakeAdapter({}));
    expect(await run([message('a', 1, 'not json'), message('b', 1, '{"format":1}')])).toEqual([]);
    expect(buried['m-a']).toMatchObject({ code: 'BAD_MESSAGE', message: 'the message is not JSON' });
    expect(buried['m-b']?.message).toMatch(/not a delivery job/);
  });

  it('tries refused credentials again once, then lays the message down for the people who mend them', async () => {
    const refused = fakeAdapter({ lookups: Array.from({ length: 4 }, () => failure('auth')) });
    const { run, postponed, buried } = consumer(refused);
    expect(await run([message('a', 1)])).toEqual(['m-a']);
    expect(postponed['m-a']).toBeGreaterThan(1);
    expect(await run([message('a', 2)])).toEqual([]);
    expect(buried['m-a']).toMatchObject({ class: 'auth' });
  });

  it('stops calling a vendor that is down, and tries it again after a pause', async () => {
    const down = fakeAdapter({ creates: Array.from({ length: 3 }, () => failure('transient')) });
    const { run, postponed, clock } = consumer(down, 1);
    expect(await run(['a', 'b', 'c', 'd'].map((id) => message(id)))).toEqual(['m-a', 'm-b', 'm-c', 'm-d']);
    expect(down.calls.filter((call) => call === 'create')).toHaveLength(3);
    expect(postponed['m-d']).toBe(30);
    clock.advance(30_000);
    expect(await run([message('d', 2)])).toEqual([]);
  });

  it('begins nothing that it has no time for', async () => {
    const adapter = fakeAdapter({});
    const { run, postponed } = consumer(adapter);
    expect(await run([message('a')], 2_000)).toEqual(['m-a']);
    expect([adapter.calls, postponed]).toEqual([[], { 'm-a': 1 }]);
  });

  it('waits as long as another worker may live', async () => {
    const { run, postponed, store } = consumer(fakeAdapter({}));
    await store.begin(jobOf('a'), START, '2026-11-01T00:00:20.000Z');
    expect(await run([message('a')])).toEqual(['m-a']);
    expect(postponed['m-a']).toBe(20);
  });

  it('gives a message back when a dependency of ours fails', async () => {
    const parts = consumer(fakeAdapter({}));
    parts.store.begin = async () => {
      throw new Error('the table is not there');
    };
    expect(await parts.run([message('a')])).toEqual(['m-a']);
    expect(parts.broken).toEqual(['m-a']);
  });

  it('has at most so many deliveries under way at once', async () => {
    let [now, peak] = [0, 0];
    const slow: AdapterClient = {
      ...fakeAdapter({}),
      create: async () => {
        now += 1;
        peak = Math.max(peak, now);
        await new Promise((resolve) => setImmediate(resolve));
        now -= 1;
        return { outcome: 'posted', vendorId: '1' };
      },
    };
    await consumer(slow, 3).run(Array.from({ length: 12 }, (_, n) => message(`d-${n}`)));
    expect(peak).toBe(3);
  });

  it('waits the longer, while the breaker is open, the more often it has waited', async () => {
    const { run, postponed, breaker: opened } = consumer(fakeAdapter({}));
    for (let n = 0; n < 3; n += 1) opened.failed();
    await run([message('a', 1), message('b', 9)]);
    expect(postponed['m-a']).toBe(30);
    expect(postponed['m-b']).toBeGreaterThanOrEqual(128);
  });
});
