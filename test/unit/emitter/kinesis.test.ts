import { gzipSync } from 'node:zlib';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createEmitter } from '../../../emitter/emitter.ts';
import { kinesisTransport, putRecordsBy } from '../../../emitter/kinesis.ts';
import type { Pack, UsageEvent } from '../../../emitter/types.ts';
import { decode } from '../../../lambdas/usage/events/decode.ts';
import { validate } from '../../../lambdas/usage/events/validate.ts';
import { RECEIVED_AT } from '../usage-edge/events.ts';
import { eventOf, told } from './far-side.ts';
import { virtualTime } from './virtual-time.ts';

const packOf = (subject: string): Pack => ({ subject, data: gzipSync('{}\n'), events: 1, rawBytes: 3 });
const never = new AbortController().signal;

describe('the Kinesis transport', () => {
  it('puts one record per pack, by subject, and tells what was not taken', async () => {
    const kinesis = mockClient(KinesisClient);
    kinesis.on(PutRecordsCommand).resolves({
      FailedRecordCount: 1,
      Records: [
        { SequenceNumber: '1', ShardId: 's' },
        { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'Rate exceeded for shard s.' },
      ],
    });
    const transport = kinesisTransport('usage', putRecordsBy(new KinesisClient({ region: 'us-east-1' })));
    const packs = ['a', 'b', 'c'].map(packOf);
    expect(await transport.send(packs, never)).toEqual([
      { status: 'delivered' },
      { status: 'again', reason: 'ProvisionedThroughputExceededException Rate exceeded for shard s.' },
      { status: 'again', reason: 'no sequence number' },
    ]);
    expect(kinesis.commandCalls(PutRecordsCommand)[0]?.args[0].input).toEqual({
      StreamName: 'usage',
      Records: packs.map(({ subject, data }) => ({ PartitionKey: subject, Data: data })),
    });
  });

  it('carries events that ingest reads as they were emitted, subject by subject in order', async () => {
    const records: { subject: string; data: Uint8Array }[] = [];
    const clock = virtualTime();
    const transport = kinesisTransport('usage', async ({ Records }) => {
      records.push(...Records.map(({ PartitionKey, Data }) => ({ subject: PartitionKey, data: Data })));
      return { Records: Records.map((_, n) => ({ SequenceNumber: String(n) })) };
    });
    const emitter = createEmitter({ transport, clock, packBytes: 2_000, onUndelivered: told().onUndelivered });
    const events: UsageEvent[] = Array.from({ length: 60 }, (_, n) =>
      eventOf(`org-${n % 3}`, n, { data: { count: n + 1, endpoint: 'read', note: 'ä\n\u2028🍏"' } }),
    );
    for (const event of events) await emitter.emit(event);
    await emitter.close();
    const lines = records.flatMap(({ subject, data }, n) =>
      decode({ stream: 'usage', shard: 's', sequence: String(n), data, receivedAt: RECEIVED_AT }).map((line) => ({
        subject,
        line,
      })),
    );
    expect(records.length).toBeGreaterThan(3);
    for (const { subject, line } of lines) {
      expect(validate(line.line, RECEIVED_AT, { horizonDays: 400 })).toMatchObject({ ok: true, event: { subject } });
    }
    for (const subject of ['org-0', 'org-1', 'org-2']) {
      const own = lines.filter((line) => line.subject === subject);
      expect(own.map(({ line }) => JSON.parse(line.line))).toEqual(events.filter((event) => event.subject === subject));
    }
  });
});
