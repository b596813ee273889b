import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../lambdas/platform/canonical-json.ts';
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
  return { taken, unknown: unknown.toSorted(), address: `${schema.type}/${schema.version}`, idHash, bodyHash };
};

/** The same JSON, written in full escapes and with spaces: no short cut is open to it. */
const laboured = (line: string): string =>
  line.replaceAll(/"((?:[^"\\]|\\.)*)"/g, (_, inner: string) => {
    const first = inner.charCodeAt(0);
    return inner === '' || inner.startsWith('\\')
      ? ` "${inner}" `
      : ` "\\u${first.toString(16).padStart(4, '0')}${inner.slice(1)}" `;
  });

/** JSON without spaces, names in order but for one level, where they stand the other way round. */
const turned = (value: unknown, level: number): string => {
  if (Array.isArray(value)) return `[${value.map((inner) => turned(inner, level - 1)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const written = level === 1 ? fields.toReversed() : fields;
  return `{${written.map(([name, inner]) => `${JSON.stringify(name)}:${turned(inner, level - 1)}`).join(',')}}`;
};

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

  it('says the same of a line with its names in order and without spaces, which it takes for the text that it is', () => {
    const name = fc.constantFrom('a', 'b', '1', '02', '10', '9', '__proto__', 'é', '~', 'count', 'A');
    const inner = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 2 },
        fc.constantFrom('x', '', true, false, null, 0, -1, 12.5, 1000, 0.001, 1e21, -0, 'ü'),
        fc.array(tie('any'), { maxLength: 2 }),
        fc.array(fc.tuple(name, tie('any')), { maxLength: 4 }).map((fields) => Object.fromEntries(fields)),
      ),
    })).any;
    const more = fc.array(fc.tuple(name, inner), { maxLength: 4 }).map((fields) => Object.fromEntries(fields));
    const times = fc.constantFrom('2026-10-05T09:30:00.000Z', '2026-10-05T09:30:00Z', 'noon');
    const recorded = fc.constantFrom(undefined, RECEIVED_AT, '2026-10-05T10:00:00Z');
    fc.assert(
      fc.property(more, more, times, recorded, (extensions, fields, time, recordedtime) => {
        const data = { ...fields, count: 12, endpoint: 'read' };
        const sent = { ...extensions, ...event({ time, recordedtime, data }) };
        const [line, ordered] = [JSON.stringify(sent), canonicalJson(sent)];
        expect(said(judge(ordered))).toEqual(said(judge(line)));
        expect(said(judge(laboured(ordered)))).toEqual(said(judge(line)));
        // As long as that, and in another order at one level only.
        for (const level of [1, 2]) expect(said(judge(turned(sent, level)))).toEqual(said(judge(line)));
        const twice = ordered.replace('"data":{', '"data":{"zz":1,').replace('"count":12', '"count":12,"zz":1');
        expect(said(judge(laboured(twice)))).toEqual(said(judge(twice)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is not fooled by names that an object puts first, wherever they were written', () => {
    const ordered = canonicalJson(event({ 1: 'a', 9: 'b', data: { 1: 'a', 9: 'b', count: 12, endpoint: 'read' } }));
    const members = '"1":"a","9":"b"';
    for (const line of [
      ordered.replace(members, '"9":"b","1":"a"'),
      ordered.replace(/(.*)"1":"a","9":"b"/, '$1"9":"b","1":"a"'),
    ]) {
      expect(line).not.toBe(ordered);
      expect(said(judge(line))).toEqual(said(judge(laboured(ordered))));
    }
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
      fc.property(written, written, around, clock, fc.boolean(), (first, second, more, time, inOrder) => {
        const sent = event({ time, sequence: 0, data: { count: 12, endpoint: 'read', x: 0 } });
        const line = (inOrder ? canonicalJson(sent) : JSON.stringify(sent))
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
        const base = canonicalJson(event({ data: { a: 0, b: 0, count: 12, endpoint: 'read' } }));
        const line = base
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
