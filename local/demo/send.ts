import { gzipSync } from 'node:zlib';
import { type KinesisClient, PutRecordsCommand, type PutRecordsRequestEntry } from '@aws-sdk/client-kinesis';
import type { Send } from '../generator/events.ts';

/** Lines that were sent within one window travel together; so many lines make a window. */
const WINDOW = 25_000;
const LINES_PER_RECORD = 400;
/** Kinesis takes at most 500 records or 5 MB in one call. */
const RECORDS_PER_CALL = 400;

/**
 * Packs lines as the product's services would: by subject, in their order, gzip of newline-separated events. The
 * partition key is the subject, so the order per subject is kept.
 */
export const packLines = (sends: readonly Send[]): PutRecordsRequestEntry[] => {
  const records: PutRecordsRequestEntry[] = [];
  for (let from = 0; from < sends.length; from += WINDOW) {
    const bySubject = Map.groupBy(sends.slice(from, from + WINDOW), (send) => send.subject);
    for (const [subject, own] of bySubject) {
      for (let at = 0; at < own.length; at += LINES_PER_RECORD) {
        const lines = own.slice(at, at + LINES_PER_RECORD).map((send) => Buffer.from(send.line));
        const body = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
        records.push({ Data: gzipSync(body), PartitionKey: subject });
      }
    }
  }
  return records;
};

/** Puts records on the stream, sending again only what was not taken. @throws if something is not taken in 5 tries. */
export const putRecords = async (
  kinesis: KinesisClient,
  stream: string,
  records: readonly PutRecordsRequestEntry[],
  sent: (records: number) => void,
): Promise<void> => {
  for (let from = 0; from < records.length; from += RECORDS_PER_CALL) {
    let open = records.slice(from, from + RECORDS_PER_CALL);
    for (let tries = 1; open.length > 0; tries += 1) {
      if (tries > 5) throw new Error(`${open.length} records were not taken by the stream in 5 tries`);
      const { Records = [] } = await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records: open }));
      open = open.filter((_, n) => Records[n]?.ErrorCode !== undefined);
    }
    sent(Math.min(from + RECORDS_PER_CALL, records.length));
  }
};

type PostAnswer = { readonly results: readonly { readonly status: string; readonly code?: string }[] };

/** Sends lines by `POST /v1/events` in batches. Answers how many were received. @throws if one was rejected. */
export const postEvents = async (apiBase: string, apiKey: string, sends: readonly Send[]): Promise<number> => {
  let received = 0;
  for (let from = 0; from < sends.length; from += 500) {
    const batch = sends.slice(from, from + 500).map((send) => Buffer.from(send.line).toString('utf8'));
    const response = await fetch(`${apiBase}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents-batch+json', 'x-api-key': apiKey },
      body: `[${batch.join(',')}]`,
      signal: AbortSignal.timeout(60_000),
    });
    if (response.status !== 202)
      throw new Error(`POST /v1/events answered ${response.status}: ${await response.text()}`);
    const { results } = (await response.json()) as PostAnswer;
    const rejected = results.find((result) => result.status !== 'received');
    if (rejected) throw new Error(`POST /v1/events rejected an event: ${rejected.code}`);
    received += results.length;
  }
  return received;
};
