import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, type Line } from '../../../lambdas/usage/events/decode.ts';
import { validate } from '../../../lambdas/usage/events/validate.ts';
import { packBySubject } from '../../../lambdas/usage/receive/receive-events.ts';
import { eventText, RECEIVED_AT, storageText } from '../../unit/usage-edge/events.ts';

const decoded = (data: Uint8Array): Line[] =>
  decode({ stream: 'usage', shard: 's', sequence: '1', data, receivedAt: RECEIVED_AT });
const bytesOf = (line: Line): string =>
  line.encoding === 'utf8' ? Buffer.from(line.line).toString('base64') : line.line;

const good = fc.integer({ min: 1, max: 9999 }).map((n) => eventText({ id: `e-${n}`, subject: `org-${n % 5}` }));
const badText = fc.constantFrom(
  '{',
  'null',
  '"x"',
  '7',
  '{}',
  eventText({ type: 'no' }),
  storageText('1.2345678901234567'),
);
const badBytes = fc.uint8Array({ minLength: 1, maxLength: 40 }).filter((bytes) => !bytes.includes(0x0a));
const piece = fc.oneof(
  good.map((text) => Buffer.from(text)),
  badText.map((text) => Buffer.from(text)),
  badBytes.map((bytes) => Buffer.from(bytes)),
);
const isBlank = (bytes: Buffer): boolean => bytes.toString('utf8').trim() === '';
/** A byte order mark at the start of a text is no part of it; decoding drops it. */
const isMarked = (bytes: Buffer): boolean => bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));

describe('decode ∘ pack', () => {
  it('gives back every line of a pack, whatever is in it, in order', () => {
    fc.assert(
      fc.property(fc.array(piece.filter((bytes) => !isBlank(bytes) && !isMarked(bytes))), (pieces) => {
        const packed = gzipSync(Buffer.concat(pieces.flatMap((bytes) => [bytes, Buffer.from('\n')])));
        const whole = Buffer.concat(pieces).toString('utf8');
        fc.pre(!whole.trimStart().startsWith('['));
        const lines = decoded(packed);
        expect(lines.map(bytesOf)).toEqual(pieces.map((bytes) => bytes.toString('base64')));
        expect(lines.map(({ position }) => position.index)).toEqual(pieces.map((_, n) => n));
      }),
    );
  });

  it('gives back every event that the API packs, once, with its subject', () => {
    const event = fc.record({ subject: fc.constantFrom('org-01', 'org-02', 'org-03'), n: fc.nat() });
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const packs = packBySubject(
          events.map(({ subject, n }) => ({ subject, line: eventText({ subject, id: `${n}` }) })),
        );
        const back = packs.flatMap(({ partitionKey, data }) =>
          decoded(data).map(({ line }) => ({ partitionKey, line })),
        );
        expect(back.map(({ line }) => line).sort()).toEqual(
          events.map(({ subject, n }) => eventText({ subject, id: `${n}` })).sort(),
        );
        for (const { partitionKey, line } of back) expect(line).toContain(`"subject":"${partitionKey}"`);
      }),
    );
  });

  it('judges every line of a mix of good and bad: none is lost, none throws', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(good, badText, fc.string())), (texts) => {
        for (const text of texts) {
          const verdict = validate(text, RECEIVED_AT, { horizonDays: 400 });
          expect(verdict.ok || verdict.rejection.message.length > 10).toBe(true);
        }
      }),
    );
  });
});
