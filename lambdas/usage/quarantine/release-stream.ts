import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { kinesisPlacing } from '../receive/usage-stream.ts';
import type { Position } from '../types.ts';
import type { StreamLine } from './release-line.ts';

/** Puts lines on the usage stream, each as a record of its own, and answers where they lie. @throws if not all are there. */
export type LineStream = { put(lines: readonly StreamLine[]): Promise<readonly Position[]> };

/** The usage stream in Kinesis; `pause` waits so many milliseconds. */
export const kinesisLines = (
  client: KinesisClient,
  stream: string,
  pause: (millis: number) => Promise<unknown>,
): LineStream => {
  const place = kinesisPlacing(client, stream, pause);
  return {
    put: async (lines) => {
      const placed = await place(lines.map(({ partitionKey, line }) => ({ partitionKey, data: Buffer.from(line) })));
      return placed.map(({ shard, sequence }) => ({ stream, shard, sequence, index: 0 }));
    },
  };
};
