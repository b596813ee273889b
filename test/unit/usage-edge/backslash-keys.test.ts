import { describe, expect, it } from 'vitest';
import { decode } from '../../../lambdas/usage/events/decode.ts';
import { readEnvelope } from '../../../lambdas/usage/events/envelope.ts';
import { withoutBackslashKeys } from '../../../lambdas/usage/events/raw-json.ts';

const lineWith = (data: string): string =>
  `{"specversion":"1.0","id":"e-1","source":"//s","type":"t","subject":"org-01","time":"2026-10-05T00:00:00Z","dataschema":"x","data":${data}}`;

describe('keys that begin with a backslash', () => {
  it('are found wherever they stand, and nothing else is', () => {
    const mended = [
      ['{"\\\\":1}', '{"x\\\\":1}'],
      ['{ "a":1 , "\\u005Cb" : {"\\\\u0041":2}}', '{ "a":1 , "x\\u005Cb" : {"x\\\\u0041":2}}'],
    ];
    for (const [text = '', safe] of mended) expect(withoutBackslashKeys(text)).toBe(safe);
    const left = [
      '{"a\\\\":1}',
      '{"a":"\\\\b"}',
      '["a","\\\\b"]',
      '{"a":"{\\"\\\\\\\\\\":1}"}',
      '{"\\u6570":1}',
      '{"\\n":1}',
    ];
    for (const text of left) expect(withoutBackslashKeys(text)).toBe(text);
  });

  it('are refused before the parser sees them, so that no other line is read wrongly afterwards', () => {
    const hostile = ['{"\\\\":1}', '{"\\\\u0041":1}', '{"\\u005c":1}', '{"a":1,"\\\\":[{"\\\\u":0}]}'];
    const good: [string, unknown][] = [
      ['{"\\u6570":1}', { 数: 1 }],
      ['{"\\u0001":1}', { '\u0001': 1 }],
      ['{"\\u0041bcdef":1}', { Abcdef: 1 }],
      ['{"a":1,"\\u00e9":[{"\\u0041\\u0042":0}]}', { a: 1, é: [{ AB: 0 }] }],
    ];
    for (let round = 0; round < 300; round += 1) {
      for (const [n, data] of hostile.entries()) {
        const refused = readEnvelope(lineWith(data));
        expect(refused).toMatchObject({ rejection: { code: 'NOT_CLOUDEVENT', eventId: 'e-1' } });
        // In a batch its neighbours are told apart all the same.
        const [text, meant] = good[n] ?? ['{}', {}];
        const batch = `[${lineWith(data)},${lineWith(text)}]`;
        const lines = decode({
          stream: 's',
          shard: 'x',
          sequence: '1',
          data: Buffer.from(batch),
          receivedAt: '2026-10-05T00:00:01.000Z',
        });
        expect(lines.map(({ line }) => line)).toEqual([lineWith(data), lineWith(text)]);
        expect(readEnvelope(lines[1]?.line ?? '')).toMatchObject({ event: { data: meant } });
      }
    }
  });
});
