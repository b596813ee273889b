import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyHashOf, idHashOf } from '../../../lambdas/usage/events/event-identity.ts';
import { firstInexactNumber, isExactNumber, rawNumbers } from '../../../lambdas/usage/events/raw-json.ts';
import { type Verdict, validate } from '../../../lambdas/usage/events/validate.ts';
import { cancellation, event, eventText, RECEIVED_AT } from '../../unit/usage-edge/events.ts';

const judge = (line: string): Verdict => validate(line, RECEIVED_AT, { horizonDays: 400 });

/** What a verdict says, whatever way led to it. */
const said = (verdict: Verdict): unknown => {
  if (!verdict.ok) return verdict.rejection;
  const { event: taken, unknown, schema, idHash, bodyHash, delayMillis } = verdict;
  expect([idHash, bodyHash]).toEqual([idHashOf(taken), bodyHashOf(taken)]);
  expect(delayMillis).toBe(Date.parse(taken.recordedtime ?? RECEIVED_AT) - Date.parse(taken.time));
  return { taken, unknown, address: `${schema.type}/${schema.version}`, idHash, bodyHash };
};

/** The same JSON, written in full escapes and with spaces: no short cut is open to it. */
const laboured = (line: string): string =>
  line.replaceAll(/"((?:[^"\\]|\\.)*)"/g, (_, inner: string) => {
    const first = inner.charCodeAt(0);
    return inner === '' || inner.startsWith('\\')
      ? ` "${inner}" `
      : ` "\\u${first.toString(16).padStart(4, '0')}${inner.slice(1)}" `;
  });

const odd = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.constantFrom(
    '',
    '#',
    ' ',
    'SUBJECTS',
    'ü',
    '\u007f',
    'x'.repeat(300),
    'x'.repeat(1100),
    null,
    true,
    0,
    -0,
    [],
    {},
  ),
  fc.constantFrom('1.0', 'org-01', '2026-10-05T09:30:00Z', '2026-10-05T11:30:00.5+02:00', 'application/json', 'b-1'),
);
const NAMES = [
  ...['specversion', 'id', 'source', 'type', 'subject', 'time', 'dataschema', 'data', 'recordedtime', 'data_base64'],
  ...['datacontenttype', 'replaces', 'replacestime', 'backfill', 'releasedfrom', 'traceparent'],
];
const changes = fc.oneof(
  fc.constant({}),
  fc.dictionary(fc.constantFrom(...NAMES), fc.option(odd, { nil: undefined }), { maxKeys: 2 }),
);
const anyEvent = fc
  .tuple(
    fc.constantFrom(event(), cancellation(), event({ recordedtime: RECEIVED_AT, traceparent: '00-ab-cd-01' })),
    changes,
  )
  .map(([base, changed]) => JSON.stringify({ ...base, ...changed }));

/** Numbers as people and machines write them, many of them with more digits than a float has. */
const digits = fc.stringMatching(/^(0|[1-9]\d{0,20})$/);
const written = fc.oneof(
  fc.integer({ min: -5000, max: 5000 }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc
    .tuple(
      fc.constantFrom('', '-'),
      digits,
      fc.stringMatching(/^(\.\d{1,20})?$/),
      fc.stringMatching(/^([eE][+-]?\d{1,3})?$/),
    )
    .map((parts) => parts.join('')),
);

describe('judging a line', () => {
  it('says the same however the line is written', () => {
    fc.assert(
      fc.property(anyEvent, (line) => {
        expect(said(judge(laboured(line)))).toEqual(said(judge(line)));
      }),
      { numRuns: 3_000 },
    );
  });

  it('finds in an usual envelope what it finds in an unusual one', () => {
    const stated = (line: string): string => line.replace('{', '{"datacontenttype":"application/json",');
    fc.assert(
      fc.property(anyEvent, (line) => {
        fc.pre(!line.includes('"datacontenttype"'));
        const [short, long] = [judge(line), judge(stated(line))];
        expect(short.ok).toBe(long.ok);
        if (!short.ok) expect(short).toEqual(long);
      }),
      { numRuns: 3_000 },
    );
  });

  it('refuses exactly the lines in which a number is written with more than a float carries', () => {
    const around = fc.constantFrom(
      '',
      ' ',
      '  ',
      ',"more":1',
      ',"gb":"1"',
      ',"t":1e3,"u":[2.5,1000]',
      ',"n":0.3,"n":"x"',
    );
    const clock = fc.constantFrom('2026-10-05T09:30:00.000Z', '2026-10-05T09:30:00Z', '2026-10-05T11:30:00.000+02:00');
    fc.assert(
      fc.property(written, written, around, clock, (first, second, more, time) => {
        const line = eventText({ time, sequence: 0, data: { count: 12, endpoint: 'read', x: 0 } })
          .replace('"sequence":0', `"sequence":${second}`)
          .replace('"x":0', `"x":${first}${more}`);
        const isExact = [...rawNumbers(line)].every(({ text }) => isExactNumber(text));
        const verdict = judge(line);
        expect(verdict.ok ? 'taken' : verdict.rejection.code).toBe(isExact ? 'taken' : 'NUMBER_PRECISION');
      }),
      { numRuns: 5_000 },
    );
  });

  it('is not fooled by lengths that cancel each other out', () => {
    // Each is as long as its event must be, though one number says more than a float carries.
    const cases: readonly (readonly [string, string])[] = [
      ['12345678901234.5', '12345678901234.50001'],
      ['0.5', '0.50000000000000001'],
      ['3', '3.0000000000000001'],
    ];
    for (const [short, long] of cases) {
      for (const filler of ['100000000000000000000', '1000000000', '0.000001', '0.001']) {
        const brief = Number(filler).toExponential().replace('+', '');
        const line = eventText({ data: { count: 12, endpoint: 'read', a: 0, b: 0 } })
          .replace('"a":0', `"a":${long}`)
          .replace(
            '"b":0',
            `"b":${brief}${' '.repeat(Math.max(0, filler.length - brief.length - long.length + short.length))}`,
          );
        expect(judge(line)).toMatchObject({ rejection: { code: 'NUMBER_PRECISION' } });
      }
      const cutTime = eventText({ time: '2026-10-05T09:30:00Z', data: { count: 12, endpoint: 'read', a: 0 } });
      expect(judge(cutTime.replace('"a":0', `"a":${long}`))).toMatchObject({ rejection: { code: 'NUMBER_PRECISION' } });
    }
  });

  it('never misses an inexact number by its cheap look first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('', ' ', '\n'), written), { minLength: 1, maxLength: 4 }),
        (all) => {
          const line = `{"id":"1234567890123456789e4","list":[${all.map(([space, text]) => space + text).join(',')}]}`;
          const first = [...rawNumbers(line)].find(({ text }) => !isExactNumber(text));
          expect(firstInexactNumber(line)).toEqual(first);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
