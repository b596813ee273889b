import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import {
  type DeadLetter,
  type QueueDescription,
  sqsDeadLetters,
  toLetter,
} from '../../../lambdas/delivery/dead-letters.ts';
import { explainByStatus, listQueues, redrive, showMessages } from '../../../lambdas/delivery/redrive.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryDeadLetters } from '../../twins/memory-dead-letters.ts';
import { memoryDeliveryStore } from '../../twins/memory-delivery-store.ts';
import { jobOf } from './fake-adapter.ts';

const START = '2026-11-01T00:00:00.000Z';
const NETSUITE: QueueDescription = { name: 'netsuite', url: 'q', dlqUrl: 'dlq', runbook: 'runbook#netsuite' };

const letter = (n: number, errorClass: string): DeadLetter => ({
  messageId: `m-${n}`,
  subject: `d-${n}`,
  class: errorClass,
  code: 'CODE',
  message: `it was ${errorClass}`,
  since: `2026-10-31T23:${String(59 - n).padStart(2, '0')}:00.000Z`,
  correlationId: `c-${n}`,
  body: JSON.stringify(jobOf(`d-${n}`)),
});

const house = (letters: readonly DeadLetter[]) => {
  const clock = manualClock(START);
  const queues = memoryDeadLetters(clock.nowMillis);
  for (const each of letters) queues.put('dlq', each);
  const store = memoryDeliveryStore();
  const pauses: number[] = [];
  const ports = {
    queues,
    clock,
    audit: memoryAuditLog(clock),
    explain: explainByStatus(store),
    adapters: store,
    pause: async (millis: number) => {
      pauses.push(millis);
    },
  };
  return { ports, queues, store, pauses };
};

describe('looking at dead letters', () => {
  it('shows what, why and since when, oldest first, and takes nothing away', async () => {
    const { ports, queues } = house([letter(1, 'rejected'), letter(2, 'auth')]);
    const shown = await showMessages(ports, NETSUITE, 10);
    expect(shown.map(({ subject, class: why, since }) => [subject, why, since])).toEqual([
      ['d-2', 'auth', '2026-10-31T23:57:00.000Z'],
      ['d-1', 'rejected', '2026-10-31T23:58:00.000Z'],
    ]);
    expect(queues.visible('dlq')).toBe(2);
  });

  it('says that a vendor refuses our credentials, and that it takes them again', async () => {
    const { ports, store } = house([]);
    const refused = { state: 'auth', since: START, message: '401: Invalid login' } as const;
    await store.setAdapterState({ adapter: 'netsuite', ...refused });
    expect(await listQueues(ports, [NETSUITE])).toMatchObject([{ name: 'netsuite', signIn: refused }]);
    await store.setAdapterState({ adapter: 'netsuite', state: 'ok', since: START });
    expect((await listQueues(ports, [NETSUITE]))[0]?.signIn).toEqual({ state: 'ok', since: START });
  });

  it('lists depths and the age of the oldest', async () => {
    const { ports } = house([letter(1, 'rejected'), letter(2, 'auth')]);
    const failures = { name: 'async-failures', dlqUrl: 'other', runbook: 'runbook#async' };
    expect(await listQueues(ports, [NETSUITE, failures])).toEqual([
      { name: 'netsuite', depth: 0, dlqDepth: 2, oldestSeconds: 180, runbook: 'runbook#netsuite' },
      { name: 'async-failures', depth: 0, dlqDepth: 0, runbook: 'runbook#async' },
    ]);
  });

  it('finds the reason of a message that the queue gave up on in the journal', async () => {
    const { ports, store } = house([letter(1, 'unexplained')]);
    await store.begin(jobOf('d-1'), START, START);
    const lastError = { class: 'transient', code: 'HTTP_503', message: '503: no reason given' };
    await store.end(jobOf('d-1'), 1, { state: 'waiting', lastError }, START);
    expect(await showMessages(ports, NETSUITE, 10)).toMatchObject([lastError]);
  });

  it('reads a message as SQS gives it', () => {
    const sent = { MessageId: 'm', ReceiptHandle: 'r', Attributes: { SentTimestamp: String(Date.parse(START)) } };
    const event = { 'detail-type': 'signal.raised', detail: { id: 'sig-1', correlationId: 'c-9' } };
    expect(toLetter({ ...sent, Body: JSON.stringify(event) })).toMatchObject({
      subject: 'sig-1',
      class: 'unexplained',
      since: START,
      correlationId: 'c-9',
    });
    const told = { class: 'rejected', code: 'NOT_EQUAL', message: 'no', deliveryId: 'd-1', failedAt: START };
    const MessageAttributes = Object.fromEntries(
      Object.entries(told).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    );
    expect(toLetter({ ...sent, Body: 'no json', MessageAttributes })).toMatchObject({
      subject: 'd-1',
      class: 'rejected',
      code: 'NOT_EQUAL',
      body: 'no json',
    });
  });
});

describe('redrive', () => {
  const many = Array.from({ length: 25 }, (_, n) => letter(n, n % 2 === 0 ? 'auth' : 'rejected'));

  it('previews without moving or telling', async () => {
    const { ports, queues } = house(many);
    const result = await redrive(ports, NETSUITE, { filter: { class: 'auth' }, preview: true }, 'olga');
    expect(result).toEqual({ matched: 13, moved: 0, left: 25 });
    expect([queues.visible('dlq'), queues.content('q')]).toEqual([25, []]);
    expect(await ports.audit.list(0, 10)).toEqual([]);
  });

  it('moves what matches, gives back the rest, and tells who, what and why', async () => {
    const { ports, queues } = house(many);
    const result = await redrive(ports, NETSUITE, { filter: { class: 'auth' }, preview: false }, 'olga');
    expect(result).toEqual({ matched: 13, moved: 13, left: 12, auditSequence: 1 });
    expect(queues.content('q').every(({ class: why }) => why === 'auth')).toBe(true);
    expect(queues.visible('dlq')).toBe(12);
    expect(await ports.audit.list(0, 10)).toMatchObject([
      { actor: 'olga', action: 'queue.redrive', target: 'netsuite', details: { filter: { class: 'auth' } } },
    ]);
  });

  it('finds by text, moves at most so many, so many a second', async () => {
    const { ports, queues, pauses } = house(many);
    const result = await redrive(
      ports,
      NETSUITE,
      { filter: { contains: 'd-1' }, limit: 3, perSecond: 4, preview: false },
      'olga',
    );
    expect(result).toMatchObject({ moved: 3, left: 22 });
    expect(pauses).toEqual([250, 250]);
    expect(queues.content('q').map(({ subject }) => subject)).toEqual(['d-1', 'd-10', 'd-11']);
  });

  it('keeps a message in both queues rather than in none when it dies between', async () => {
    const { ports, queues } = house([letter(1, 'auth'), letter(2, 'auth')]);
    const dying = {
      ...ports,
      queues: {
        ...queues,
        delete: async () => {
          throw new Error('the process died');
        },
      },
    };
    await expect(redrive(dying, NETSUITE, { preview: false }, 'olga')).rejects.toThrow('died');
    expect(queues.content('dlq')).toHaveLength(2);
    expect(queues.content('q')).toHaveLength(1);
    expect(await redrive(ports, NETSUITE, { preview: false }, 'olga')).toMatchObject({ moved: 2, left: 0 });
  });

  it('writes no audit entry when nothing matches, and refuses a queue without a source', async () => {
    const { ports } = house([letter(1, 'auth')]);
    const none = await redrive(ports, NETSUITE, { filter: { class: 'rejected' }, preview: false }, 'olga');
    expect(none).toEqual({ matched: 0, moved: 0, left: 1 });
    expect(await ports.audit.list(0, 10)).toEqual([]);
    const { url: _, ...failures } = NETSUITE;
    await expect(redrive(ports, failures, { preview: false }, 'olga')).rejects.toThrow(/dead letters only/);
  });
});

describe('the queue service', () => {
  it('is asked on all its servers', async () => {
    const sqs = mockClient(SQSClient);
    sqs.on(ReceiveMessageCommand).resolves({});
    expect(await sqsDeadLetters(new SQSClient({})).take('dlq', 5)).toEqual([]);
    expect(sqs.commandCalls(ReceiveMessageCommand)[0]?.args[0].input).toMatchObject({
      WaitTimeSeconds: 1,
      VisibilityTimeout: 5,
    });
  });
});
