import type { KinesisRecord } from '../../lambdas/usage/events/decode.ts';
import type { Outcome } from './sandboxes.ts';
import type { Platform } from './stage.ts';
import type { Shard, SimRecord } from './stream.ts';

/** What reads the shards of a stream and invokes a function with their batches. */
export type EventSource = {
  /** A record came into a shard. */
  arrived(shard: Shard): void;
  /** Batches handed to the function. */
  deliveries(): number;
  /** From now on every batch that was done is done. */
  calm(): void;
};

const MOST_RECORDS = 8;
const BATCHING_WINDOW_MILLIS = 60_000;

const asLambdaHasIt = (stream: string, { shard, sequence, data, arrivedAt }: SimRecord): KinesisRecord => ({
  eventID: `${shard}:${sequence}`,
  eventSourceARN: `arn:aws:kinesis:us-east-1:000000000000:stream/${stream}`,
  kinesis: {
    sequenceNumber: sequence,
    data: Buffer.from(data).toString('base64'),
    approximateArrivalTimestamp: arrivedAt / 1000,
  },
});

/**
 * An event source mapping at its worst. In each shard batches follow each other, whatever becomes of the shard's parents;
 * a batch that failed comes again whole, in parts or cut otherwise, one that was done may come again, and sometimes two
 * consumers read one shard.
 */
export const eventSource = (
  { stage, dice, rates, faults, stream }: Platform & { readonly stream: string },
  invoke: (records: readonly KinesisRecord[]) => Promise<Outcome<unknown>>,
): EventSource => {
  const consumers = new Map<Shard, { at: number; isBusy: boolean }>();
  let [deliveries, isCalm] = [0, false];
  const strikes = (kind: 'redelivered' | 'bisected' | 'doubleConsumer'): boolean => {
    if (isCalm || !dice.happens(rates[kind])) return false;
    faults[kind] += 1;
    return true;
  };

  /** Takes batches from a place on until the shard has no more, or `most` were taken; answers where it ended. */
  const consume = async (shard: Shard, from: number, most = Number.POSITIVE_INFINITY): Promise<number> => {
    let at = from;
    let size: number | undefined;
    for (let taken = 0; at < shard.records.length && taken < most; taken += 1) {
      const batch = shard.records.slice(at, at + (size ?? 1 + dice.below(MOST_RECORDS)));
      deliveries += 1;
      const { status } = await invoke(batch.map((record) => asLambdaHasIt(stream, record)));
      size = undefined;
      if (status !== 'done') {
        faults.redelivered += 1;
        if (strikes('bisected')) size = Math.ceil(batch.length / 2);
        else if (dice.happens(0.7)) size = batch.length;
      } else if (strikes('redelivered')) at = Math.max(0, at - dice.below(3));
      else at += batch.length;
    }
    return at;
  };
  const start = async (shard: Shard, own: { at: number; isBusy: boolean }): Promise<void> => {
    own.isBusy = true;
    await stage.turn();
    if (strikes('doubleConsumer')) void consume(shard, dice.below(shard.records.length), 1 + dice.below(3));
    own.at = await consume(shard, own.at);
    own.isBusy = false;
  };

  return {
    arrived: (shard) => {
      const own = consumers.get(shard) ?? { at: 0, isBusy: false };
      consumers.set(shard, own);
      if (own.isBusy) return;
      own.isBusy = true;
      stage.at(stage.clock.nowMillis() + dice.pick([0, 0, dice.below(BATCHING_WINDOW_MILLIS)]), () => {
        void start(shard, own);
      });
    },
    deliveries: () => deliveries,
    calm: () => {
      isCalm = true;
    },
  };
};
