import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { Outcome, Transport, TransportLimits } from './types.ts';

/** What is needed of Kinesis: one call of PutRecords. */
export type PutRecords = (
  input: {
    readonly StreamName: string;
    readonly Records: { readonly PartitionKey: string; readonly Data: Uint8Array }[];
  },
  signal: AbortSignal,
) => Promise<{
  readonly Records?:
    | readonly {
        readonly SequenceNumber?: string | undefined;
        readonly ErrorCode?: string | undefined;
        readonly ErrorMessage?: string | undefined;
      }[]
    | undefined;
}>;

/**
 * One call takes 500 records and 5 MiB, partition keys included; one record 1 MiB. A pack stays below that even if gzip
 * makes it no smaller.
 */
const LIMITS: TransportLimits = {
  packEvents: 10_000,
  packBytes: 900 * 1024,
  callPacks: 500,
  callEvents: Number.POSITIVE_INFINITY,
  callBytes: 5 * 1024 * 1024,
  callRawBytes: Number.POSITIVE_INFINITY,
};

/**
 * Straight into the usage stream, one record per pack, the subject as partition key. Give the client an HTTP/1.1 handler
 * (`new NodeHttpHandler()`) and `maxAttempts: 1`: the emitter tries again by itself, and only what was not taken.
 */
export const kinesisTransport = (streamName: string, putRecords: PutRecords): Transport => ({
  limits: LIMITS,
  send: async (packs, signal) => {
    const { Records = [] } = await putRecords(
      { StreamName: streamName, Records: packs.map(({ subject, data }) => ({ PartitionKey: subject, Data: data })) },
      signal,
    );
    return packs.map((_, n): Outcome => {
      const { SequenceNumber, ErrorCode = 'no sequence number', ErrorMessage = '' } = Records[n] ?? {};
      // An entry without a sequence number is not in the stream, whatever else the answer says.
      return SequenceNumber === undefined
        ? { status: 'again', reason: `${ErrorCode} ${ErrorMessage}`.trim() }
        : { status: 'delivered' };
    });
  },
});

/** The call by the AWS SDK's client. */
export const putRecordsBy =
  (client: KinesisClient): PutRecords =>
  (input, abortSignal) =>
    client.send(new PutRecordsCommand(input), { abortSignal });
