import type { Chance } from '../../../simulation/chance.ts';
import { cancellation, event } from '../../../unit/usage-edge/events.ts';

/** What producers get wrong, and what somebody would send who means harm. Seeded: a seed is always the same lines. */

const base = 'https://schemas.larkspur.example';
const ofType = (type: string, version: number, data: Record<string, unknown>) =>
  event({ type: `com.larkspur.${type}`, dataschema: `${base}/com.larkspur.${type}/${version}`, data });

/** Good lines of every type and form. */
const GOOD: readonly (readonly [string, Record<string, unknown>])[] = Object.entries({
  calls: ofType('api.requests', 2, { count: 12, endpoint: 'read' }),
  old: ofType('api.requests', 1, { calls: 3, path: '/search/a' }),
  storage: ofType('storage.sampled', 1, { gb: '118.25' }),
  gigabytes: ofType('storage.sampled', 1, { gb: 118.25 }),
  summaries: ofType('ai.summaries', 1, { summaries: 3, model: 'standard' }),
  user: ofType('user.active', 1, { userId: 'u-4711' }),
  seats: ofType('seats.changed', 1, { seats: 25, note: { nested: [1, { deep: 'ü' }] } }),
  late: event({
    recordedtime: '2026-10-05T09:30:01.5Z',
    time: '2026-10-04T11:30:00+02:00',
    traceparent: '00-ab-cd-01',
  }),
  cancel: cancellation({ data: { id: 'e-9', source: '//other', reason: 'load test' } }),
  replace: event({ replaces: 'e-9', replacestime: '2026-10-04T00:00:00Z' }),
  backfill: event({ backfill: 'b-7' }),
});

/** Values that stand where others are expected. Texts of JSON, so that numbers say what no value can. */
const VALUES = [
  ...['null', 'true', 'false', '0', '-0', '-1', '1e400', '-1e400', '1e-400', '5e-324', '1E+5', '1000', '0.001', '1e15'],
  ...[
    '9007199254740993',
    '0.1234567890123456',
    '123456789012345678901234567890',
    '1.0000000000000000000',
    'NaN',
    'Infinity',
  ],
  ...[
    '-Infinity',
    'undefined',
    '0x10',
    '01',
    '+1',
    '.5',
    '5.',
    '"',
    "'x'",
    '""',
    '" "',
    '"\\u0000"',
    '"\\ud800"',
    '"\\udc00x"',
  ],
  ...[
    '"__proto__"',
    '"constructor"',
    '"SUBJECTS"',
    '"a#b"',
    '"a b"',
    '"\\"\\\\"',
    '[]',
    '{}',
    '[[]]',
    '{"":{}}',
    '"\u2028"',
  ],
  ...[
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"toString":1}',
    '{"length":-1}',
  ],
  ...[
    '"2026-02-30T00:00:00Z"',
    '"2026-10-05T25:00:00Z"',
    '"2026-10-05"',
    '"9999-12-31T23:59:59Z"',
    '"0000-01-01T00:00:00Z"',
  ],
  ...['"2026-10-05T09:30:00.123456789+14:00"', '"2026-10-05T09:30:60Z"', '"275760-09-13T00:00:00Z"', '1791192600000'],
] as const;

const NAMES = [
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'toJSON',
    '',
    '0',
    '10',
    'length',
    'data_base64',
  ],
  ...['specversion', 'id', 'source', 'type', 'subject', 'time', 'dataschema', 'data', 'recordedtime', 'replaces'],
  ...[
    'replacestime',
    'backfill',
    'releasedfrom',
    'datacontenttype',
    'count',
    'endpoint',
    'gb',
    '\\u0063ount',
    '\\u005f_proto__',
  ],
] as const;

/** What is long or deep. Each is made when it is asked for: some are as large as a line may be, or larger. */
const LARGE: readonly ((chance: Chance) => string)[] = [
  (chance) => '['.repeat(chance.pick([1, 31, 32, 33, 5_000])),
  (chance) => `${'['.repeat(40)}${']'.repeat(chance.below(41))}`,
  (chance) => `${'{"a":'.repeat(chance.pick([31, 33, 3_000]))}1`,
  (chance) => `"${'x'.repeat(chance.pick([257, 1_025, 60_000, 65_536, 70_000]))}"`,
  (chance) => `{"${'k'.repeat(chance.pick([300, 20_000]))}":1}`,
  (chance) => `[${'0,'.repeat(chance.pick([10, 20_000]))}0]`,
  (chance) => '9'.repeat(chance.pick([16, 400, 5_000])),
  (chance) => `0.${'0'.repeat(chance.pick([20, 400]))}1`,
  () => `{${Array.from({ length: 2_000 }, (_, n) => `"k${n}":${n}`).join(',')}}`,
  (chance) => `"${'\\u00e9'.repeat(chance.pick([5, 9_000]))}"`,
];

const hostileValue = (chance: Chance): string =>
  chance.happens(0.02) ? chance.pick(LARGE)(chance) : chance.pick(VALUES);
const hostileName = (chance: Chance): string =>
  chance.happens(0.01) ? 'n'.repeat(chance.pick([100, 10_000])) : chance.pick(NAMES);

/** A good line; each has an id of its own now and then, so that some are new and some come again. */
export const goodLine = (chance: Chance): string => {
  const [, good] = chance.pick(GOOD);
  const subject = `org-0${chance.below(5)}`;
  return JSON.stringify({ ...good, id: `e-${chance.below(2_000)}`, subject });
};

/** Replaces a value, adds a member, doubles or renames one: the line stays JSON where the piece put in is. */
const restructured = (line: string, chance: Chance): string => {
  const members = [...line.matchAll(/"([^"\\]*)":("[^"\\]*"|-?[\d.]+|\{|\[)/g)];
  const member = chance.pick(members);
  const [whole, name = '', value = ''] = member;
  const [start, end] = [member.index, member.index + whole.length];
  const put = (text: string): string => line.slice(0, start) + text + line.slice(end);
  const opens = value === '{' || value === '[';
  switch (chance.below(6)) {
    case 0:
      return opens ? put(`"${hostileName(chance)}":${value}`) : put(`"${name}":${hostileValue(chance)}`);
    case 1:
      return put(`"${hostileName(chance)}":${hostileValue(chance)},${whole}`);
    case 2:
      return put(`${whole.replace(value, opens ? hostileValue(chance) : value)},${whole}`);
    case 3:
      return put(`"${hostileName(chance)}":${value}`);
    case 4:
      return put(` "${name}" :\t${value}`);
    default:
      return put(`"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}":${value}`);
  }
};

const PIECES = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\\',
  '\u0000',
  '\u001f',
  ' ',
  '\ufeff',
  '\r',
  'e',
  '-',
  '9',
  '.',
  'ü',
  '\ud83d\ude00',
];

/** Cuts, doubles, moves or exchanges a piece of text. */
const mangled = (line: string, chance: Chance): string => {
  const [at, to] = [chance.below(line.length + 1), chance.below(line.length + 1)].sort((a, b) => a - b) as [
    number,
    number,
  ];
  switch (chance.below(6)) {
    case 0:
      return line.slice(0, at);
    case 1:
      return line.slice(0, at) + line.slice(Math.min(to, at + 1 + chance.below(12)));
    case 2:
      return line.slice(0, to) + line.slice(at);
    case 3:
      return line.slice(0, at) + chance.pick(PIECES) + line.slice(at);
    case 4:
      return line.slice(0, at) + chance.pick(PIECES) + line.slice(at + 1);
    default:
      return line.slice(at) + line.slice(0, at);
  }
};

/** A good line, changed a few times in ways that JSON survives, mostly. */
export const restructuredLine = (chance: Chance): string => {
  let line = goodLine(chance);
  for (let n = chance.below(3); n >= 0; n -= 1) if (/"[^"\\]*":["\d{[-]/.test(line)) line = restructured(line, chance);
  return line;
};

/** A good line, changed a few times in ways that nothing survives. */
export const mangledLine = (chance: Chance): string => {
  let line = goodLine(chance);
  for (let n = chance.below(4); n >= 0; n -= 1) line = mangled(line, chance);
  return line;
};

/** Whatever else could stand on a line. */
export const strangeLine = (chance: Chance): string => {
  switch (chance.below(5)) {
    case 0:
      return hostileValue(chance);
    case 1:
      return `{"${hostileName(chance)}":${hostileValue(chance)},"${hostileName(chance)}":${hostileValue(chance)}}`;
    case 2:
      return Array.from({ length: chance.below(40) }, () => chance.pick(PIECES)).join('');
    case 3:
      return `${chance.pick(PIECES)}${goodLine(chance)}${chance.pick(PIECES)}`;
    default:
      return goodLine(chance).replace('"data":{', `"data":{"${hostileName(chance)}":${hostileValue(chance)},`);
  }
};

/** A line of bytes that may be no text: cut in the middle of a character, or with bytes changed. */
export const bytesLine = (chance: Chance): Uint8Array => {
  const bytes = Buffer.from(
    chance.happens(0.5) ? strangeLine(chance) : goodLine(chance).replace('read', '\u00fc\u20ac\ud83d\ude00'),
  );
  if (chance.happens(0.3)) return bytes.subarray(0, chance.below(bytes.length + 1));
  for (let n = chance.below(4); n > 0 && bytes.length > 0; n -= 1)
    bytes[chance.below(bytes.length)] = chance.below(256);
  return bytes;
};
