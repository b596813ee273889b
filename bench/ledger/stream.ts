import { createHash } from 'node:crypto';
import { prod } from '../../lib/config/prod.ts';
import type { PutRecord } from './counted-aws/services.ts';
import type { Usage } from './counted-aws/usage.ts';

/** A batch that the stream hands to the consumer of a shard. */
export type StreamBatch = {
  readonly shard: number;
  /** When it is handed over, in milliseconds since 1970. */
  readonly at: number;
  /** The event of the call, as Lambda makes it. */
  readonly event: { readonly Records: readonly unknown[] };
};

/** When a shard's batch is handed over (limits of Lambda's event source): its window is over, or it is full. */
export type BatchSettings = {
  readonly windowSeconds: number;
  readonly batchRecords: number;
  /** Bytes of a call's event: 6 MB, the records in base64. */
  readonly batchBytes: number;
};

/** The batches of production, which are the largest that Lambda takes. */
export const LARGEST_BATCH = { batchRecords: prod.ingest.batchSize, batchBytes: 6 * 1024 * 1024 } as const;

type Waiting = { bytes: number; since: number; records: { readonly record: PutRecord; readonly at: number }[] };

const KB = 1024;
const GB = 1024 ** 3;
/** What a record takes in the event beside its data: names, ids, ARNs. */
const RECORD_BYTES = 400;

/** The shard of a partition key: Kinesis spreads its MD5 evenly. */
export const shardOf = (partitionKey: string, shards: number): number =>
  Math.floor((createHash('md5').update(partitionKey).digest().readUInt32BE(0) / 2 ** 32) * shards);

/**
 * A stream: counts what is put (for both ways in which Kinesis is billed) and hands out batches.
 * `kinesis.put-unit`: begun 25 KB per record. `kinesis.on-demand.in`: GB with each record rounded up to 1 KB.
 */
export const usageStream = (shards: number, settings: BatchSettings, usage: Usage) => {
  const waiting: Waiting[] = Array.from({ length: shards }, () => ({ bytes: 0, since: Infinity, records: [] }));
  let sequence = 0n;

  const eventOf = (shard: number, records: Waiting['records']): StreamBatch['event'] => ({
    Records: records.map(({ record, at }) => {
      sequence += 1n;
      const sequenceNumber = `4966${String(shard).padStart(4, '0')}${String(sequence).padStart(48, '0')}`;
      return {
        eventID: `shardId-${String(shard).padStart(12, '0')}:${sequenceNumber}`,
        eventSourceARN: 'arn:aws:kinesis:us-east-1:111122223333:stream/meterbridge-prod-usage',
        kinesis: {
          sequenceNumber,
          partitionKey: record.partitionKey,
          data: Buffer.from(record.data).toString('base64'),
          approximateArrivalTimestamp: at / 1000,
        },
      };
    }),
  });
  const handOver = (shard: number, at: number): StreamBatch => {
    const own = waiting[shard];
    if (own === undefined) throw new RangeError(`there is no shard ${shard}`);
    const batch = { shard, at, event: eventOf(shard, own.records) };
    Object.assign(own, { bytes: 0, since: Infinity, records: [] });
    return batch;
  };

  return {
    /** Takes records; answers the batches that became full by them. */
    put: (records: readonly PutRecord[], at: number): StreamBatch[] =>
      records.flatMap((record) => {
        const { length } = record.data;
        usage.add('kinesis.records', 1, 'stream');
        usage.add('kinesis.bytes', length, 'stream');
        usage.add('kinesis.put-unit', Math.ceil(length / (25 * KB)), 'stream');
        usage.add('kinesis.on-demand.in', (Math.ceil(length / KB) * KB) / GB, 'stream');
        usage.add('kinesis.on-demand.out', length / GB, 'stream');
        const shard = shardOf(record.partitionKey, shards);
        const own = waiting[shard];
        if (own === undefined) return [];
        const bytes = Math.ceil(length / 3) * 4 + RECORD_BYTES;
        const full = own.records.length === settings.batchRecords || own.bytes + bytes > settings.batchBytes;
        const batches = full ? [handOver(shard, at)] : [];
        own.records.push({ record, at });
        own.bytes += bytes;
        own.since = Math.min(own.since, at);
        return batches;
      }),
    /** The batches whose window is over. */
    due: (at: number): StreamBatch[] =>
      waiting.flatMap(({ since }, shard) => (at - since >= settings.windowSeconds * 1000 ? [handOver(shard, at)] : [])),
  };
};
