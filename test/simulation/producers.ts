import { gunzipSync, gzipSync } from 'node:zlib';
import { receiveEvents } from '../../lambdas/usage/receive/receive-events.ts';
import { StreamBusy } from '../../lambdas/usage/receive/usage-stream.ts';
import { SOURCE, SOURCES } from './events.ts';
import type { Platform } from './stage.ts';
import type { SimStream } from './stream.ts';
import type { Delivery, SentLine } from './traffic.ts';

/** A line that is in the stream: where, since when, and what was sent. */
export type Arrival = { readonly position: string; readonly arrivedAt: number; readonly sent: SentLine };

/** What producers did. */
export type Producers = {
  /** Sends a delivery now; over HTTP, again until it was taken. */
  send(delivery: Delivery): void;
  readonly arrivals: readonly Arrival[];
  /** Events sent over HTTP, and those rejected there. */
  readonly http: { sent: number; received: number; rejected: number };
};

const LINE_FEED = Buffer.from('\n');
const joined = (lines: readonly SentLine[]): Buffer =>
  Buffer.concat(lines.flatMap(({ bytes }) => [Buffer.from(bytes), LINE_FEED]));
const arrayOf = (lines: readonly SentLine[]): Buffer =>
  Buffer.from(`[${lines.map(({ bytes }) => Buffer.from(bytes).toString()).join(',\n')}]`);

/** What HTTP refuses at the door: lines that are no CloudEvents, or too large. */
const REJECTED: ReadonlySet<SentLine['expect']> = new Set(['NOT_CLOUDEVENT', 'TOO_LARGE']);

const BROKEN_PACK: SentLine = { bytes: Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x01]), expect: 'BAD_ENCODING' };

export const makeProducers = ({ stage, dice, rates, faults }: Platform, stream: SimStream): Producers => {
  const arrivals: Arrival[] = [];
  const http = { sent: 0, received: 0, rejected: 0 };
  const put = (partitionKey: string, data: Uint8Array, lines: readonly SentLine[]): void => {
    const arrivedAt = stage.clock.nowMillis();
    const { shard, sequence } = stream.put(partitionKey, data, arrivedAt);
    arrivals.push(
      ...lines.map((sent, index) => ({ position: `${stream.name}/${shard}/${sequence}/${index}`, arrivedAt, sent })),
    );
  };
  const post = async (lines: readonly SentLine[]): Promise<void> => {
    const byText = new Map(lines.map((line) => [Buffer.from(line.bytes).toString(), line]));
    const usageStream: Parameters<typeof receiveEvents>[1] = {
      put: async (records) => {
        for (const { partitionKey, data } of records) {
          if (dice.happens(rates.throttled)) {
            faults.throttled += 1;
            throw new StreamBusy('some records were refused');
          }
          const texts = gunzipSync(data).toString().split('\n').slice(0, -1);
          put(
            partitionKey,
            data,
            texts.map((text) => byText.get(text) ?? { bytes: Buffer.from(text), expect: 'UNFORESEEN' }),
          );
        }
      },
    };
    const request = { contentType: 'application/cloudevents-batch+json', body: arrayOf(lines), sources: SOURCES };
    http.sent += lines.length;
    const results = await receiveEvents(request, usageStream);
    for (const { index, status } of results) {
      const isExpected = REJECTED.has(lines[index]?.expect ?? 'event') === (status === 'rejected');
      if (!isExpected) throw new Error(`line ${index} was ${status} over HTTP`);
      http[status] += 1;
    }
    if (results.length !== lines.length) throw new Error('not every event has a result');
  };
  const postUntilTaken = async (lines: readonly SentLine[]): Promise<void> => {
    try {
      await post(lines);
    } catch (error) {
      if (!(error instanceof StreamBusy)) throw error;
      http.sent -= lines.length;
      stage.at(stage.clock.nowMillis() + dice.below(5_000), () => void postUntilTaken(lines));
    }
  };

  return {
    arrivals,
    http,
    send: ({ partitionKey, form, lines }) => {
      const [only] = lines;
      if (form === 'http') void postUntilTaken(lines);
      else if (form === 'plain' && only !== undefined) put(partitionKey, only.bytes, lines);
      else if (form === 'array') put(partitionKey, arrayOf(lines), lines);
      else put(partitionKey, gzipSync(form === 'pack' ? joined(lines) : arrayOf(lines)), lines);
      // Records that hold nothing, or nothing that can be read.
      if (dice.happens(0.01)) put(SOURCE, gzipSync(''), []);
      if (dice.happens(0.02)) put(SOURCE, BROKEN_PACK.bytes, [BROKEN_PACK]);
    },
  };
};
