import { usageCounter } from './counted-aws/usage-counter.ts';
import { producers } from './producers.ts';
import { LARGEST_BATCH, type StreamBatch, usageStream } from './stream.ts';
import { MONTHS, traffic } from './traffic.ts';
import { BEGIN } from './world.ts';

/** Of these the first is looked at. */
const SHARDS = 2;

/**
 * The batches of one shard of the large month, one for each message that asks. Started by memory.ts as a process of its own:
 * making events takes more memory than taking them.
 */
function* batches(): Generator<StreamBatch> {
  const source = traffic({ ...MONTHS.large, duplicates: 0 });
  const stream = usageStream(SHARDS, { windowSeconds: 60, ...LARGEST_BATCH }, usageCounter());
  const send = producers('packed');
  for (let second = 0; ; second += 1) {
    const at = BEGIN + (second + 1) * 1000;
    const { records } = send(source.second(at - 1000, false));
    yield* [...stream.put(records, at), ...stream.due(at)].filter(({ shard }) => shard === 0);
  }
}

const made = batches();
process.on('message', () => process.send?.(made.next().value));
