import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode, recordOf } from '../../../lambdas/usage/events/decode.ts';
import { eventText, RECEIVED_AT } from './events.ts';

const record = (data: Uint8Array | string) => ({
  stream: 'usage',
  shard: 'shardId-000000000000',
  sequence: '49',
  data: typeof data === 'string' ? Buffer.from(data) : data,
  receivedAt: RECEIVED_AT,
});
const linesOf = (data: Uint8Array | string) => decode(record(data)).map(({ line }) => line);

describe('decode', () => {
  it('takes one plain event as one line', () => {
    expect(decode(record(eventText()))).toEqual([
      {
        position: { stream: 'usage', shard: 'shardId-000000000000', sequence: '49', index: 0 },
        receivedAt: RECEIVED_AT,
        encoding: 'utf8',
        line: eventText(),
      },
    ]);
  });

  it('takes a CloudEvents batch apart without touching its elements', () => {
    const first = '{"a": 1.50, "b":"],[{\\"" }';
    expect(linesOf(` [ ${first} ,\n{"n":[1,[2]]}, 7 ]`)).toEqual([first, '{"n":[1,[2]]}', '7']);
    expect(linesOf(gzipSync(`[${first},{}]`))).toEqual([first, '{}']);
    expect(linesOf('[]')).toEqual([]);
  });

  it('takes a pack apart line by line, and counts only lines that hold something', () => {
    const lines = decode(record(gzipSync('{"a":1}\n\n  \r\n{"b":2}\r\n')));
    expect(lines.map(({ position, line }) => [position.index, line.trim()])).toEqual([
      [0, '{"a":1}'],
      [1, '{"b":2}'],
    ]);
  });

  it('keeps a line that is not UTF-8 whole, and the good ones beside it', () => {
    const bad = Buffer.from([0x7b, 0xff, 0x7d]);
    const packed = gzipSync(Buffer.concat([Buffer.from('{"a":1}\n'), bad, Buffer.from('\n{"b":2}')]));
    expect(decode(record(packed)).map(({ encoding, line }) => [encoding, line])).toEqual([
      ['utf8', '{"a":1}'],
      ['base64', bad.toString('base64')],
      ['utf8', '{"b":2}'],
    ]);
  });

  it('unpacks a pack of several members, of which only the last says its size', () => {
    const long = Array.from({ length: 3_000 }, (_, n) => `{"n":${n}}`);
    const members = Buffer.concat([gzipSync(`${long.join('\n')}\n`), gzipSync('{"last":1}')]);
    expect(linesOf(members)).toEqual([...long, '{"last":1}']);
  });

  it('keeps a pack that cannot be unpacked whole', () => {
    const cut = gzipSync(eventText()).subarray(0, 40);
    expect(decode(record(cut))).toMatchObject([
      { encoding: 'base64', line: cut.toString('base64'), broken: expect.stringContaining('cannot be unpacked') },
    ]);
  });

  it('keeps a pack of more lines than one run can judge whole', () => {
    const flood = gzipSync('{}\n'.repeat(50_001));
    expect(decode(record(flood))).toMatchObject([{ encoding: 'base64', broken: 'it holds more than 50000 lines' }]);
    expect(linesOf(gzipSync('{}\n'.repeat(50_000)))).toHaveLength(50_000);
  });

  it('keeps a pack that inflates beyond all measure whole, unopened', () => {
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024));
    expect(decode(record(bomb))).toMatchObject([{ encoding: 'base64', line: bomb.toString('base64') }]);
  });

  it('opens no pack of millions of brackets or elements, and keeps it whole', () => {
    const brackets = gzipSync('['.repeat(4_000_000));
    expect(decode(record(brackets))).toMatchObject([{ encoding: 'utf8', line: '['.repeat(4_000_000) }]);
    const elements = gzipSync(`[${'7,'.repeat(60_000)}7]`);
    expect(decode(record(elements))).toMatchObject([{ broken: 'it holds more than 50000 lines' }]);
  });

  it('takes a byte order mark off a pack, a batch, an event and a line', () => {
    const mark = '\ufeff';
    expect(linesOf(`${mark}{"a":1}`)).toEqual(['{"a":1}']);
    expect(linesOf(`${mark}[{"a":1}]`)).toEqual(['{"a":1}']);
    expect(linesOf(gzipSync(`${mark}[{"a":1}]`))).toEqual(['{"a":1}']);
    expect(linesOf(gzipSync(`${mark}{"a":1}\n${mark}{"b":2}\n${mark}`))).toEqual(['{"a":1}', '{"b":2}']);
  });

  it('keeps what starts like a batch but is none as one line', () => {
    expect(linesOf('[{"a":1},')).toEqual(['[{"a":1},']);
  });

  it('reads a record as Lambda delivers it', () => {
    const read = recordOf({
      eventID: 'shardId-000000000007:4964',
      eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/usage',
      kinesis: { sequenceNumber: '4964', data: 'e30=', approximateArrivalTimestamp: 1_791_194_400.123 },
    });
    expect(read).toEqual({
      stream: 'usage',
      shard: 'shardId-000000000007',
      sequence: '4964',
      data: Buffer.from('{}'),
      receivedAt: '2026-10-05T10:00:00.123Z',
    });
  });
});
