import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { portionsOf } from '../../platform/portions.ts';

/** A record for the stream: gzip of newline-separated events of one subject. */
export type PackedRecord = { readonly partitionKey: string; readonly data: Uint8Array };

/** Puts records into the usage stream. When `put` returns, all of them are durable. @throws {StreamBusy} if not all are. */
export type UsageStream = { put(records: readonly PackedRecord[]): Promise<void> };

/** The stream did not take everything in time. What it took may be sent again: repeats are not counted twice. */
export class StreamBusy extends Error {
  override readonly name = 'StreamBusy';
}

/** One call takes at most 500 records and 5 MiB. */
const MAX_RECORDS = 500;
const MAX_BYTES = 4.5 * 1024 * 1024;
/** Tries for the records that were refused; with the pauses they end within a second. */
const TRIES = 5;
const PAUSE_MILLIS = 50;

const batchesOf = (records: readonly PackedRecord[]): PackedRecord[][] =>
  portionsOf(records, {
    bytes: MAX_BYTES,
    count: MAX_RECORDS,
    sizeOf: ({ data, partitionKey }) => data.length + partitionKey.length,
  });

/** Where a record lies in the stream. */
export type PlacedRecord = { readonly shard: string; readonly sequence: string };

/**
 * Puts records into a Kinesis stream and answers where each lies. A call may take some records and refuse others; only the
 * refused ones are tried again, after a pause that doubles (`pause` waits so many milliseconds).
 * @throws {StreamBusy} if the stream does not take all of them.
 */
export const kinesisPlacing =
  (client: KinesisClient, stream: string, pause: (millis: number) => Promise<unknown>) =>
  async (records: readonly PackedRecord[]): Promise<PlacedRecord[]> => {
    const placed = new Map<PackedRecord, PlacedRecord>();
    for (const batch of batchesOf(records)) {
      let open: PackedRecord[] = batch;
      for (let tries = 1; open.length > 0; tries += 1) {
        const { Records = [] } = await client.send(
          new PutRecordsCommand({
            StreamName: stream,
            Records: open.map(({ partitionKey, data }) => ({ PartitionKey: partitionKey, Data: data })),
          }),
        );
        open.forEach((record, n) => {
          const { SequenceNumber: sequence, ShardId: shard = '' } = Records[n] ?? {};
          // An entry without a sequence number is not in the stream, whatever else the answer says.
          if (sequence !== undefined) placed.set(record, { shard, sequence });
        });
        open = open.filter((record) => !placed.has(record));
        if (open.length === 0) break;
        if (tries === TRIES)
          throw new StreamBusy(`${open.length} of ${records.length} records were refused ${TRIES} times`);
        await pause(PAUSE_MILLIS * 2 ** (tries - 1));
      }
    }
    return records.flatMap((record) => placed.get(record) ?? []);
  };

/** The usage stream in Kinesis. */
export const kinesisStream = (
  client: KinesisClient,
  stream: string,
  pause: (millis: number) => Promise<unknown>,
): UsageStream => {
  const place = kinesisPlacing(client, stream, pause);
  return {
    put: async (records) => {
      await place(records);
    },
  };
};
