import { describe, expect, it } from 'vitest';
import { makeArchive } from '../../../lambdas/usage/archive.ts';
import { archiveCounter } from '../../../lambdas/usage/archive-totals.ts';
import type { Line } from '../../../lambdas/usage/decode.ts';
import { quarantineEntry } from '../../../lambdas/usage/quarantine.ts';
import { memoryArchiveObjects } from '../../twins/memory-archive-objects.ts';
import { memoryQuarantine } from '../../twins/memory-quarantine.ts';
import { all, eventText } from './events.ts';

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
    const texts = async (start: string, end: string) =>
      (await all(archive.lines(start, end))).map((each) => each.line.line);
    expect(await texts('2026-10-05', '2026-10-07')).toEqual(twelve.map((each) => each.line));
    expect(await texts('2026-10-06', '2026-10-07')).toEqual(twelve.slice(6).map((each) => each.line));
    expect(await texts('2026-10-05', '2026-10-06')).toEqual(twelve.slice(0, 6).map((each) => each.line));
  });

  it('orders sequences as the numbers they are', async () => {
    const { archive } = setUp();
    for (const sequence of [10, 9, 100]) await archive.write([line(sequence, 0, `${sequence}`)]);
    const lines = await all(archive.lines('2026-10-05', '2026-10-06'));
    expect(lines.map((each) => each.line.line)).toEqual(['9', '10', '100']);
  });
});

describe('archive totals', () => {
  const PERIOD = { start: '2026-10-01', end: '2026-10-06', today: '2026-10-09' };

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
    const count = archiveCounter(archive, quarantine);
    const expected = { received: 6, duplicate: 1, quarantined: { CONFLICT: 1, NOT_JSON: 1 } };
    const events = new Map([['org-01#2026-10-05', 3]]);
    expect(await count(PERIOD)).toEqual({ ...expected, expected: events });
    expect(await count(PERIOD)).toEqual({ ...expected, expected: events });
  });

  it('count what is not decided yet as received, and as nothing else', async () => {
    const { archive } = setUp();
    await archive.write([
      line(1, 0, '{nope'),
      line(1, 1, eventText({ id: 'a' })),
      line(1, 2, eventText({ id: 'a', data: { count: 13, endpoint: 'read' } })),
    ]);
    const count = archiveCounter(archive, memoryQuarantine());
    expect(await count(PERIOD)).toMatchObject({ received: 3, duplicate: 0, quarantined: {} });
  });
});
