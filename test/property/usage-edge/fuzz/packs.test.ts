import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../../lambdas/platform/problem.ts';
import { makeIngest } from '../../../../lambdas/usage/ingest/ingest.ts';
import { receiveEvents } from '../../../../lambdas/usage/receive/receive-events.ts';
import type { PackedRecord } from '../../../../lambdas/usage/receive/usage-stream.ts';
import { type Chance, chance } from '../../../simulation/chance.ts';
import { eventText } from '../../../unit/usage-edge/events.ts';
import { ingestFixture, SETTINGS } from '../../../unit/usage-edge/ingest-fixture.ts';
import { recordOf } from './harness.ts';
import { bytesLine, goodLine, restructuredLine, strangeLine } from './hostile.ts';

const MEGABYTE = 1024 * 1024;

/** Small records that unpack to much: each is kept as it came, or line by line, and nothing takes long. */
const BOMBS: readonly (readonly [string, Uint8Array])[] = [
  ['nothing but zeros, beyond all measure', gzipSync(Buffer.alloc(64 * MEGABYTE))],
  ['one endless line', gzipSync(Buffer.alloc(16 * MEGABYTE, 'x'))],
  ['one endless number', gzipSync(Buffer.alloc(8 * MEGABYTE, '9'))],
  ['brackets that never close', gzipSync(Buffer.alloc(16 * MEGABYTE, '['))],
  ['objects in objects', gzipSync('{"a":'.repeat(2_000_000))],
  ['a batch of millions of numbers', gzipSync(`[${'7,'.repeat(2_000_000)}7]`)],
  ['a batch of one endless string', gzipSync(JSON.stringify(['\n'.repeat(4_000_000)]))],
  ['blank lines', gzipSync(Buffer.alloc(16 * MEGABYTE, '\n'))],
  ['lines of one character', gzipSync('7\n'.repeat(4_000_000))],
  ['gzip in gzip', gzipSync(gzipSync(gzipSync(Buffer.alloc(MEGABYTE))))],
];

/** A pack as it may arrive when something on the way was wrong. */
const brokenPack = (source: Chance): Uint8Array => {
  const lines = Array.from({ length: 1 + source.below(8) }, () =>
    source.happens(0.5) ? goodLine(source) : restructuredLine(source),
  );
  const body = source.happens(0.3) ? `[${lines.join(source.pick([',', ',\n', ' , ']))}]` : lines.join('\n');
  const whole = Buffer.from(source.happens(0.7) ? gzipSync(body) : body);
  switch (source.below(5)) {
    case 0:
      return whole.subarray(0, source.below(whole.length + 1));
    case 1:
      return Buffer.concat([whole, bytesLine(source)]);
    case 2:
      whole[source.below(whole.length)] = source.below(256);
      return whole;
    case 3:
      return Buffer.concat([whole, whole]);
    default:
      return whole;
  }
};

describe('records of the stream', () => {
  it.each(BOMBS)('of %s cost no more than they may', async (_, data) => {
    const { ports, quarantine } = ingestFixture();
    const summary = await makeIngest(ports, SETTINGS)({ Records: [recordOf(1, data)] });
    expect(summary.accepted).toBe(0);
    expect(quarantine.entries.size).toBe(summary.received);
    for (const { code } of quarantine.entries.values())
      expect(['BAD_ENCODING', 'TOO_LARGE', 'NOT_JSON']).toContain(code);
  });

  it('that are cut, joined or damaged lose nothing and hold nobody up', async () => {
    const source = chance(6);
    for (let batch = 0; batch < 100; batch += 1) {
      const { ports, quarantine } = ingestFixture();
      const records = Array.from({ length: 20 }, (_, n) => recordOf(n + 1, brokenPack(source)));
      const good = recordOf(99, gzipSync(eventText({ id: 'after-all' })));
      const summary = await makeIngest(ports, SETTINGS)({ Records: [...records, good] });
      const quarantined = Object.values(summary.quarantined).reduce((sum, n) => sum + n, 0);
      expect(summary.accepted + summary.duplicate + quarantined).toBe(summary.received);
      expect(summary.accepted).toBeGreaterThan(0);
      expect(quarantine.entries.size).toBe(quarantined);
      expect(summary.quarantined).not.toHaveProperty('UNFORESEEN');
    }
  });
});

describe('requests to the API', () => {
  it('of any content are refused as a whole by a problem, or answered event by event', async () => {
    const source = chance(7);
    let [received, rejected, problems] = [0, 0, 0];
    for (let request = 0; request < 1_500; request += 1) {
      const put: PackedRecord[] = [];
      const stream = { put: async (records: readonly PackedRecord[]) => void put.push(...records) };
      const texts = Array.from({ length: source.below(12) }, () =>
        source.happens(0.9) ? restructuredLine(source) : strangeLine(source),
      );
      const single = source.happens(0.2);
      const body = Buffer.from(single ? (texts[0] ?? '') : `[${texts.join(',')}]`);
      const [packed, contentType] = source.happens(0.3)
        ? [gzipSync(source.happens(0.5) ? texts.join('\n') : body), 'application/gzip']
        : [body, 'application/json'];
      try {
        const results = await receiveEvents(
          {
            contentType,
            body: source.happens(0.1) ? packed.subarray(1) : packed,
            sources: ['//larkspur.example/platform'],
          },
          stream,
        );
        const durable = put.flatMap(({ data }) => gunzipSync(data).toString().trimEnd().split('\n'));
        const good = results.filter(({ status }) => status === 'received');
        expect(durable).toHaveLength(good.length);
        for (const line of durable) expect(() => JSON.parse(line) as unknown).not.toThrow();
        for (const each of results) if (each.status === 'rejected' && each.message.length < 15) expect.fail(each.code);
        received += good.length;
        rejected += results.length - good.length;
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        expect([400, 413, 415]).toContain(error.problem.status);
        expect(put).toEqual([]);
        problems += 1;
      }
    }
    expect(Math.min(received, rejected, problems)).toBeGreaterThan(300);
  });
});
