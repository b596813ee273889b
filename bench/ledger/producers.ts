import { makeLanes } from '../../emitter/lanes.ts';
import { lineOf } from '../../emitter/line.ts';
import type { UsageEvent } from '../../lambdas/usage/types.ts';
import type { PutRecord } from './counted-aws/services.ts';
import type { Sent } from './traffic.ts';

/** How lines reach us: packed by the emitter, one record per event, or by HTTP in hundreds. */
export type Way = 'packed' | 'single' | 'http';

/** What producers have at a second's end: records for the stream, or requests of so many lines each. */
export type Dispatch = { readonly records: readonly PutRecord[]; readonly requests: readonly (readonly Sent[])[] };

/** So many processes of the product send; each event comes from any of them. */
export const PRODUCERS = 4;
/** Events of a request. */
export const REQUEST_EVENTS = 100;

/** As the emitter has it by default (emitter/options.ts): packs end with the second, or at 256 KiB. */
const PACKS = { packEvents: 10_000, packBytes: 256 * 1024 };

/** A line that the emitter would refuse is sent as it is: some producer does not use it. */
const emitterLine = ({ subject, line }: Sent) => {
  const event = JSON.parse(line) as UsageEvent;
  return { ...lineOf(event), subject, text: line };
};

const packedProducer = () => {
  const lanes = makeLanes(PACKS, () => undefined);
  return (sent: readonly Sent[]): PutRecord[] => {
    for (const each of sent) lanes.add(emitterLine(each));
    lanes.hurry();
    const records: PutRecord[] = [];
    while (lanes.ready.size > 0) {
      for (const lane of [...lanes.ready]) {
        const { subject, data } = lanes.head(lane);
        records.push({ partitionKey: subject, data });
        lanes.depart(lane);
        lanes.arrive(lane);
      }
    }
    return records;
  };
};

/** The producers. Called once for each second with what is sent in it. */
export const producers = (way: Way): ((sent: readonly Sent[]) => Dispatch) => {
  if (way === 'single') {
    return (sent) => ({
      records: sent.map(({ subject, line }) => ({ partitionKey: subject, data: Buffer.from(line) })),
      requests: [],
    });
  }
  if (way === 'packed') {
    const all = Array.from({ length: PRODUCERS }, packedProducer);
    return (sent) => ({
      records: all.flatMap((produce, n) => produce(sent.filter((_, at) => at % PRODUCERS === n))),
      requests: [],
    });
  }
  const waiting: Sent[][] = Array.from({ length: PRODUCERS }, () => []);
  return (sent) => {
    const requests: Sent[][] = [];
    sent.forEach((each, at) => {
      const own = waiting[at % PRODUCERS];
      own?.push(each);
      if (own?.length === REQUEST_EVENTS) requests.push(own.splice(0));
    });
    return { records: [], requests };
  };
};
