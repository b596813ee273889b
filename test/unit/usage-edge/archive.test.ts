import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { makeArchive, TooManyObjects } from '../../../lambdas/usage/archive/archive.ts';
import { archiveCounter, NotCountedYet, TooMuchToCount } from '../../../lambdas/usage/archive/archive-totals.ts';
import type { Line } from '../../../lambdas/usage/events/decode.ts';
import { quarantineEntry } from '../../../lambdas/usage/quarantine/quarantine.ts';
import { memoryArchiveObjects } from '../../twins/memory-archive-objects.ts';
import { memoryQuarantine } from '../../twins/memory-quarantine.ts';
import { eventText, linesOf } from './events.ts';

const line = (sequence: number, index: number, text: string, day = '05', shard = 'shardId-0'): Line => ({
  position: { stream: 'usage', shard, sequence: String(sequence), index },
  receivedAt: `2026-10-${day}T10:00:00.000Z`,
  encoding: 'utf8',
  line: text,
});
const setUp = () => {
  const objects = memoryArchiveObjects();
  return { objects, archive: makeArchive(objects) };
};

describe('archive', () => {
  it('writes one object per shard, and points at every line in the order given', async () => {
    const { objects, archive } = setUp();
    const lines = [line(7, 0, 'a'), line(3, 0, 'x', '05', 'shardId-1'), line(7, 1, 'b'), line(8, 0, 'ü')];
    const pointers = await archive.write(lines);
    expect([...objects.objects.keys()].sort()).toEqual([
      'events/usage/2026/10/05/shardId-0/7-8.ndjson.gz',
      'events/usage/2026/10/05/shardId-1/3-3.ndjson.gz',
    ]);
    const back = await Promise.all(pointers.map((pointer) => archive.line(pointer)));
    expect(back).toEqual(lines.map((each) => ({ format: 1, ...each })));
  });

  it('says so when a line is not there', async () => {
    const { archive } = setUp();
    const [pointer] = await archive.write([line(1, 0, 'a')]);
    await expect(archive.line({ key: pointer?.key ?? '', line: 9 })).rejects.toThrow('has no line 9');
  });

  it('gives each position once, however the objects overlap', async () => {
    const { archive } = setUp();
    const twelve = Array.from({ length: 12 }, (_, n) => line(n + 1, 0, `line ${n + 1}`, n < 6 ? '05' : '06'));
    for (const [from, to] of [
      [0, 4],
      [2, 8],
      [0, 2],
      [4, 9],
      [9, 12],
      [7, 12],
    ])
      await archive.write(twelve.slice(from, to));
    const texts = async (start: string, end: string) => (await linesOf(archive, start, end)).map((each) => each.line);
    expect(await texts('2026-10-05', '2026-10-07')).toEqual(twelve.map((each) => each.line));
    expect(await texts('2026-10-06', '2026-10-07')).toEqual(twelve.slice(6).map((each) => each.line));
    expect(await texts('2026-10-05', '2026-10-06')).toEqual(twelve.slice(0, 6).map((each) => each.line));
  });

  it('finds the lines of a batch that spans the days of an outage, and reads little of the days before', async () => {
    const { archive } = setUp();
    await archive.write([line(1, 0, 'long ago', '01')]);
    await archive.write([line(2, 0, 'before', '02'), line(3, 0, 'in between', '05'), line(4, 0, 'at last', '08')]);
    await archive.write([line(5, 0, 'after', '08')]);
    expect((await linesOf(archive, '2026-10-05', '2026-10-06')).map((each) => each.line)).toEqual(['in between']);
    expect((await linesOf(archive, '2026-10-08', '2026-10-09')).map((each) => each.line)).toEqual(['at last', 'after']);
    const names = (await archive.shards('2026-10-08', '2026-10-09', 9)).flat().map((key) => key.split('/').at(-1));
    expect(names).toEqual(['2-4.ndjson.gz', '5-5.ndjson.gz']);
    await expect(archive.shards('2026-10-08', '2026-10-09', 2)).rejects.toBeInstanceOf(TooManyObjects);
  });

  it('orders sequences as the numbers they are', async () => {
    const { archive } = setUp();
    for (const sequence of [10, 9, 100]) await archive.write([line(sequence, 0, `${sequence}`)]);
    const lines = await linesOf(archive, '2026-10-05', '2026-10-06');
    expect(lines.map((each) => each.line)).toEqual(['9', '10', '100']);
  });
});

describe('archive totals', () => {
  const clock = manualClock('2026-10-09T00:00:00.000Z');
  const PERIOD = { start: '2026-10-01', end: '2026-10-06', today: '2026-10-09', deadline: clock.nowMillis() };

  it('count distinct lines by the time of their event, repeats, and the quarantined since the period began', async () => {
    const { archive } = setUp();
    const quarantine = memoryQuarantine();
    const lines = [
      line(1, 0, eventText({ id: 'a' })),
      line(1, 1, eventText({ id: 'a', recordedtime: '2026-10-05T09:59:00Z' })),
      line(1, 2, eventText({ id: 'a', data: { count: 13, endpoint: 'read' } })),
      line(1, 3, eventText({ id: 'a', time: '2026-10-05T09:45:00Z' })),
      line(1, 4, '{nope'),
      line(1, 5, eventText({ id: 'other period', time: '2026-10-06T00:00:00Z' })),
      line(1, 6, eventText({ id: 'before', time: '2026-09-30T23:59:59Z' })),
      line(9, 0, eventText({ id: 'arrived after the period' }), '08'),
    ];
    const pointers = await archive.write(lines.slice(0, 7));
    await archive.write(lines);
    const bad = (n: number, code: 'CONFLICT' | 'NOT_JSON') => {
      const [of, at] = [lines[n], pointers[n]];
      if (of === undefined || at === undefined) throw new Error('no such line');
      return quarantineEntry(of, at, { code, path: '', message: 'wrong' });
    };
    await quarantine.put([bad(2, 'CONFLICT'), bad(4, 'NOT_JSON')]);
    const count = archiveCounter(archive, quarantine, clock);
    const expected = {
      received: 6,
      duplicate: 1,
      quarantined: { CONFLICT: 1, NOT_JSON: 1 },
      released: 0,
      writtenOff: 0,
      expected: new Map([['org-01#2026-10-05', 3]]),
      elsewhere: 0,
    };
    expect(await count(PERIOD)).toEqual(expected);
    expect(await count(PERIOD)).toEqual(expected);
  });

  it('count what is not decided yet as received, and as nothing else', async () => {
    const { archive } = setUp();
    await archive.write([
      line(1, 0, '{nope'),
      line(1, 1, eventText({ id: 'a' })),
      line(1, 2, eventText({ id: 'a', data: { count: 13, endpoint: 'read' } })),
    ]);
    const count = archiveCounter(archive, memoryQuarantine(), clock);
    expect(await count(PERIOD)).toMatchObject({ received: 3, duplicate: 0, quarantined: {} });
  });

  it('do not wait for ever for what arrived before a period with a time in it', async () => {
    const { archive } = setUp();
    const quarantine = memoryQuarantine();
    // On 30 September, for October: refused, since it is of the future.
    const early: Line = { ...line(1, 0, eventText({ id: 'early' })), receivedAt: '2026-09-30T23:00:00.000Z' };
    const [pointer] = await archive.write([early]);
    const rejection = { code: 'IN_FUTURE', path: '/time', message: 'wrong' } as const;
    if (pointer) await quarantine.put([quarantineEntry(early, pointer, rejection)]);
    const count = archiveCounter(archive, quarantine, clock);
    expect(await count(PERIOD)).toMatchObject({ received: 0, duplicate: 0, quarantined: {}, expected: new Map() });
    const september = { ...PERIOD, start: '2026-09-01', end: '2026-10-01' };
    expect(await count(september)).toMatchObject({ received: 1, quarantined: { IN_FUTURE: 1 } });
  });

  it('are bounded in lines, objects and time, and go on from what was read', async () => {
    const { archive } = setUp();
    for (let n = 1; n <= 40; n += 1) await archive.write([line(n, 0, eventText({ id: `e-${n}` }))]);
    const counter = (limits: { objects: number; lines: number }) =>
      archiveCounter(archive, memoryQuarantine(), clock, limits);
    await expect(counter({ objects: 100, lines: 39 })(PERIOD)).rejects.toBeInstanceOf(TooMuchToCount);
    await expect(counter({ objects: 39, lines: 100 })(PERIOD)).rejects.toBeInstanceOf(TooManyObjects);
    const slow = {
      ...archive,
      read: (key: string) => {
        clock.advance(1_000);
        return archive.read(key);
      },
    };
    const count = archiveCounter(slow, memoryQuarantine(), clock);
    const ask = () => count({ ...PERIOD, deadline: clock.nowMillis() + 25_000 });
    await expect(ask()).rejects.toBeInstanceOf(NotCountedYet);
    expect(await ask()).toMatchObject({ received: 40 });
  });
});
