import { describe, expect, it } from 'vitest';
import { rejectEncoding } from '../../../lambdas/usage/events/rejection.ts';
import { validate } from '../../../lambdas/usage/events/validate.ts';
import { QUARANTINE_CODES } from '../../../lambdas/usage/quarantine/quarantine.ts';
import { event, eventText, RECEIVED_AT, storageText } from './events.ts';

const LIMITS = { horizonDays: 400 };
const long = 'x'.repeat(64 * 1024);
const base = 'https://schemas.larkspur.example';

type Case = readonly [code: string, path: string, message: string, line: string];

const without = (name: string): string => eventText({ [name]: undefined });

const CASES: readonly Case[] = [
  ['TOO_LARGE', '', 'The line has 65819 bytes; at most 65536 are taken: split the event.', eventText({ note: long })],
  ['NOT_JSON', '', 'The line is not JSON (at position 1): send one complete JSON object per line.', '{nope'],
  [
    'NOT_JSON',
    '',
    'The line is not JSON (at position 266): send one complete JSON object per line.',
    eventText().slice(0, -7),
  ],
  ['NOT_CLOUDEVENT', '', 'The line must be a JSON object: one CloudEvent.', '[1]'],
  ['NOT_CLOUDEVENT', '', 'The line must be a JSON object: one CloudEvent.', 'null'],
  [
    'NOT_CLOUDEVENT',
    '/specversion',
    'The attribute specversion must be "1.0" (CloudEvents 1.0).',
    eventText({ specversion: '0.3' }),
  ],
  ...['id', 'source', 'type', 'subject', 'time', 'dataschema'].map(
    (name): Case => [
      'NOT_CLOUDEVENT',
      `/${name}`,
      `The attribute ${name} is missing: every usage event carries it.`,
      without(name),
    ],
  ),
  ['NOT_CLOUDEVENT', '/id', 'The attribute id must be a text that is not empty.', eventText({ id: 7 })],
  [
    'NOT_CLOUDEVENT',
    '/subject',
    'The attribute subject may have at most 128 characters.',
    eventText({ subject: 's'.repeat(129) }),
  ],
  [
    'NOT_CLOUDEVENT',
    '/subject',
    'The subject may hold no "#", spaces or control characters, and not be SUBJECTS.',
    eventText({ subject: 'a#b' }),
  ],
  [
    'NOT_CLOUDEVENT',
    '/subject',
    'The subject may hold no "#", spaces or control characters, and not be SUBJECTS.',
    eventText({ subject: 'SUBJECTS' }),
  ],
  ['NOT_CLOUDEVENT', '/recordedtime', 'The attribute recordedtime must be a text.', eventText({ recordedtime: 1 })],
  ['NOT_CLOUDEVENT', '/data', 'The attribute data must be a JSON object.', eventText({ data: 'x' })],
  ['NOT_CLOUDEVENT', '/data', 'The attribute data must be a JSON object.', without('data')],
  [
    'NOT_CLOUDEVENT',
    '/data_base64',
    'Send the data as JSON in data, not in data_base64.',
    eventText({ data_base64: 'eA==' }),
  ],
  [
    'NOT_CLOUDEVENT',
    '/datacontenttype',
    'The data must be application/json.',
    eventText({ datacontenttype: 'text/xml' }),
  ],
  [
    'UNKNOWN_TYPE',
    '/type',
    'No schema is registered for the type com.larkspur.printer.jammed: register it in catalog/schemas, or mend the type.',
    eventText({ type: 'com.larkspur.printer.jammed' }),
  ],
  [
    'UNKNOWN_VERSION',
    '/dataschema',
    `${base}/com.larkspur.api.requests/9 is no version of com.larkspur.api.requests; known are ${base}/com.larkspur.api.requests/1, ${base}/com.larkspur.api.requests/2.`,
    eventText({ dataschema: `${base}/com.larkspur.api.requests/9` }),
  ],
  [
    'UNKNOWN_VERSION',
    '/dataschema',
    `${base}/com.larkspur.seats.changed/1 is no version of com.larkspur.api.requests; known are ${base}/com.larkspur.api.requests/1, ${base}/com.larkspur.api.requests/2.`,
    eventText({ dataschema: `${base}/com.larkspur.seats.changed/1` }),
  ],
  [
    'UNKNOWN_VERSION',
    '/dataschema',
    `toString is no version of com.larkspur.api.requests; known are ${base}/com.larkspur.api.requests/1, ${base}/com.larkspur.api.requests/2.`,
    eventText({ dataschema: 'toString' }),
  ],
  [
    'SCHEMA',
    '/data/count',
    'the field count is missing: the schema requires it (com.larkspur.api.requests version 2).',
    eventText({ data: { endpoint: 'read' } }),
  ],
  [
    'SCHEMA',
    '/data/count',
    '-3 must be at least 1 (com.larkspur.api.requests version 2).',
    eventText({ data: { count: -3, endpoint: 'read' } }),
  ],
  [
    'SCHEMA',
    '/data/count',
    '1.5 must be of type integer (com.larkspur.api.requests version 2).',
    eventText({ data: { count: 1.5, endpoint: 'read' } }),
  ],
  [
    'SCHEMA',
    '/data/endpoint',
    '"delete" must be one of read, write, search (com.larkspur.api.requests version 2).',
    eventText({ data: { count: 1, endpoint: 'delete' } }),
  ],
  [
    'SCHEMA',
    '/data/gb',
    'true must be of type string or number (com.larkspur.storage.sampled version 1).',
    storageText('true'),
  ],
  [
    'SCHEMA',
    '/data/gb',
    '"1e3" must match ^\\d{1,20}(\\.\\d{1,12})?$ (com.larkspur.storage.sampled version 1).',
    storageText('"1e3"'),
  ],
  [
    'NUMBER_PRECISION',
    '/data/gb',
    '12.345678901234567 has more than 15 significant digits, or is out of range: send it as a decimal string.',
    storageText('12.345678901234567'),
  ],
  [
    'NUMBER_PRECISION',
    '/data/gb',
    '1e300 has more than 15 significant digits, or is out of range: send it as a decimal string.',
    storageText('1e300'),
  ],
  [
    'NUMBER_PRECISION',
    '/data/more/1/a~1b',
    '1234567890123456 has more than 15 significant digits, or is out of range: send it as a decimal string.',
    eventText().replace('"count":12', '"count":12,"more":["x,y",{"a/b":1234567890123456}]'),
  ],
  [
    'BAD_TIME',
    '/time',
    'yesterday is no RFC 3339 time with a zone, like 2026-10-01T09:30:00Z.',
    eventText({ time: 'yesterday' }),
  ],
  [
    'BAD_TIME',
    '/time',
    '2026-02-30T00:00:00Z is no RFC 3339 time with a zone, like 2026-10-01T09:30:00Z.',
    eventText({ time: '2026-02-30T00:00:00Z' }),
  ],
  [
    'BAD_TIME',
    '/time',
    '2026-10-05T09:30:00 is no RFC 3339 time with a zone, like 2026-10-01T09:30:00Z.',
    eventText({ time: '2026-10-05T09:30:00' }),
  ],
  [
    'BAD_TIME',
    '/recordedtime',
    'noon is no RFC 3339 time with a zone, like 2026-10-01T09:30:00Z.',
    eventText({ recordedtime: 'noon' }),
  ],
  [
    'IN_FUTURE',
    '/time',
    "2026-10-05T10:05:00.001Z is more than 5 minutes after the arrival at 2026-10-05T10:00:00.000Z: set the producer's clock.",
    eventText({ time: '2026-10-05T10:05:00.001Z' }),
  ],
  [
    'TOO_OLD',
    '/time',
    '2025-08-31T09:59:59.999Z is more than 400 days before the arrival at 2026-10-05T10:00:00.000Z: such usage is adjusted by hand.',
    eventText({ time: '2025-08-31T09:59:59.999Z' }),
  ],
];

describe('validate', () => {
  it.each(CASES)('%s at "%s": %s', (code, path, message, line) => {
    const verdict = validate(line, RECEIVED_AT, LIMITS);
    expect(verdict).toMatchObject({ ok: false, rejection: { code, path, message } });
  });

  it('has a case for every code that a text can have', () => {
    const tested = new Set(CASES.map(([code]) => code));
    const elsewhere = ['BAD_ENCODING', 'UNKNOWN_BACKFILL', 'BACKFILL_NOT_OPEN', 'CONFLICT', 'UNFORESEEN'];
    expect(QUARANTINE_CODES.filter((code) => !tested.has(code))).toEqual(elsewhere);
  });

  it('refuses a line that is nested so deep that walking over it would fail', () => {
    const deep = (levels: number) =>
      eventText({ data: { count: 1, endpoint: 'read', x: 0 } }).replace(
        '"x":0',
        `"x":${'['.repeat(levels)}${']'.repeat(levels)}`,
      );
    expect(validate(deep(15_000), RECEIVED_AT, LIMITS)).toMatchObject({
      ok: false,
      rejection: { code: 'TOO_LARGE', message: 'The line is nested more than 32 deep: flatten its data.' },
    });
    expect(validate(deep(30), RECEIVED_AT, LIMITS)).toMatchObject({ ok: true });
  });

  it('refuses a subject with half a character in it', () => {
    expect(validate(eventText({ subject: 'org-\ud800' }), RECEIVED_AT, LIMITS)).toMatchObject({
      ok: false,
      rejection: { code: 'NOT_CLOUDEVENT', path: '/subject' },
    });
  });

  it('says what was wrong with bytes that are no text', () => {
    expect(rejectEncoding('it is not UTF-8')).toEqual({
      code: 'BAD_ENCODING',
      path: '',
      message: 'The line cannot be read: it is not UTF-8. Send UTF-8 JSON, packed with gzip or plain.',
    });
  });

  it('names subject and id where the line has them, so that a person finds it', () => {
    const verdict = validate(eventText({ data: {} }), RECEIVED_AT, LIMITS);
    expect(verdict).toMatchObject({ rejection: { subject: 'org-01', eventId: 'e-1' } });
  });

  it.each([
    ['five minutes ahead', { time: '2026-10-05T10:05:00.000Z' }],
    ['exactly at the horizon', { time: '2025-08-31T10:00:00.000Z' }],
  ])('takes an event %s', (_, changes) => {
    expect(validate(eventText(changes), RECEIVED_AT, LIMITS).ok).toBe(true);
  });

  it.each(['0.123456789012345', '1.50000000000000000000', '"12.345678901234567"', '1e3', '123456789012345000000'])(
    'takes the number %s',
    (text) => {
      const verdict = validate(storageText(text), RECEIVED_AT, LIMITS);
      expect(verdict.ok ? 'ok' : verdict.rejection.code).toBe(text.startsWith('"') ? 'SCHEMA' : 'ok');
    },
  );

  it('normalises the times and leaves everything else as it was sent', () => {
    const sent = event({ time: '2026-10-05T11:30:00.1239+02:00', recordedtime: '2026-10-05T09:30:01Z', extra: 1 });
    const verdict = validate(JSON.stringify(sent), RECEIVED_AT, LIMITS);
    expect(verdict).toMatchObject({
      ok: true,
      event: { ...sent, time: '2026-10-05T09:30:00.123Z', recordedtime: '2026-10-05T09:30:01.000Z' },
    });
  });

  it('keeps fields that the schema does not know, and names them', () => {
    const verdict = validate(eventText({ data: { count: 1, endpoint: 'read', colour: 'red' } }), RECEIVED_AT, LIMITS);
    expect(verdict).toMatchObject({ ok: true, unknown: ['colour'], event: { data: { colour: 'red' } } });
  });
});
