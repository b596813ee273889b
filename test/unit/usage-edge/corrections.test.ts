import { describe, expect, it } from 'vitest';
import { canonicalUsage } from '../../../lambdas/usage/events/canonical-usage.ts';
import { CANCELLATION_TYPE } from '../../../lambdas/usage/events/corrections.ts';
import { bodyHashOf, idHashOf } from '../../../lambdas/usage/events/event-identity.ts';
import { eventTypes } from '../../../lambdas/usage/events/schemas.ts';
import { validate } from '../../../lambdas/usage/events/validate.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { cancellation, event, eventText, RECEIVED_AT } from './events.ts';

const SOURCE = '//larkspur.example/platform';
const judge = (line: string) => validate(line, RECEIVED_AT, { horizonDays: 400 });

/** A line as ingest takes it. */
const taken = (line: string): CanonicalUsage => {
  const verdict = judge(line);
  if (!verdict.ok) throw new Error(verdict.rejection.message);
  const position = { stream: 'usage', shard: 's', sequence: '1', index: 0 };
  return canonicalUsage(verdict, { position, pointer: { key: 'k', line: 0 } }, 6);
};

const slot = (start: string) => ({ subject: 'org-01', start });

describe('a cancellation', () => {
  it('names an event of its own source, in the slot of its time', () => {
    expect(taken(JSON.stringify(cancellation({ data: { id: 'e-9' } })))).toMatchObject({
      kind: 'cancellation',
      idHash: idHashOf({ source: SOURCE, id: 'c-1' }),
      slot: slot('2026-10-05T09:30:00.000Z'),
      cancels: { idHash: idHashOf({ source: SOURCE, id: 'e-9' }), slot: slot('2026-10-05T09:30:00.000Z') },
    });
  });

  it('may name an event of another source, even one with its own id', () => {
    const { cancels } = taken(JSON.stringify(cancellation({ data: { id: 'c-1', source: '//other' } })));
    expect(cancels?.idHash).toBe(idHashOf({ source: '//other', id: 'c-1' }));
  });

  it('is no usage: no meter can be made over it', () => {
    expect(eventTypes).not.toContain(CANCELLATION_TYPE);
    expect(eventTypes).toContain('com.larkspur.api.requests');
  });

  it.each([
    ['no id', { data: {} }, 'SCHEMA', '/data/id'],
    ['a reason as long as a letter', { data: { id: 'e', reason: 'x'.repeat(1001) } }, 'SCHEMA', '/data/reason'],
    ['a source that is no text', { data: { id: 'e', source: null } }, 'SCHEMA', '/data/source'],
    ['its own id', { data: { id: 'c-1' } }, 'NOT_CLOUDEVENT', '/data/id'],
    ['its own id and source', { data: { id: 'c-1', source: SOURCE } }, 'NOT_CLOUDEVENT', '/data/id'],
    ['replaces', { replaces: 'e-9' }, 'NOT_CLOUDEVENT', '/replaces'],
    [
      'another version',
      { dataschema: 'https://schemas.meterbridge.dev/meterbridge.cancellation/2' },
      'UNKNOWN_VERSION',
    ],
    ['a time before the horizon', { time: '2025-08-31T09:59:59.999Z' }, 'TOO_OLD', '/time'],
    ['a time to come', { time: '2026-10-05T10:05:00.001Z' }, 'IN_FUTURE', '/time'],
  ])('is refused with %s', (_, changes, code, path = '/dataschema') => {
    expect(judge(JSON.stringify(cancellation(changes)))).toMatchObject({ ok: false, rejection: { code, path } });
  });
});

describe('a replacement', () => {
  it('cancels the event it names, at its own time or the time it states', () => {
    const replaced = idHashOf({ source: SOURCE, id: 'e-9' });
    expect(taken(eventText({ replaces: 'e-9' }))).toMatchObject({
      kind: 'usage',
      slot: slot('2026-10-05T09:30:00.000Z'),
      cancels: { idHash: replaced, slot: slot('2026-10-05T09:30:00.000Z') },
    });
    expect(taken(eventText({ replaces: 'e-9', replacestime: '2026-10-04T02:14:59+02:00' }))).toMatchObject({
      slot: slot('2026-10-05T09:30:00.000Z'),
      cancels: { idHash: replaced, slot: slot('2026-10-04T00:00:00.000Z') },
      event: { replacestime: '2026-10-04T00:14:59.000Z' },
    });
  });

  it('is the same event however its times are written', () => {
    const [a, b] = ['2026-10-04T02:14:59+02:00', '2026-10-04T00:14:59Z'].map(
      (replacestime) => taken(eventText({ replaces: 'e-9', replacestime })).bodyHash,
    );
    expect(a).toBe(b);
  });

  it.each([
    [
      'itself',
      { replaces: 'e-1' },
      'NOT_CLOUDEVENT',
      '/replaces',
      'An event cannot replace itself: send the new one under an id of its own.',
    ],
    [
      'a number',
      { replaces: 7 },
      'NOT_CLOUDEVENT',
      '/replaces',
      'The attribute replaces must be a text that is not empty: leave it out instead.',
    ],
    [
      'nothing',
      { replaces: '' },
      'NOT_CLOUDEVENT',
      '/replaces',
      'The attribute replaces must be a text that is not empty: leave it out instead.',
    ],
    [
      'an endless id',
      { replaces: 'x'.repeat(257) },
      'NOT_CLOUDEVENT',
      '/replaces',
      'The attribute replaces may have at most 256 characters.',
    ],
    [
      'what it does not name',
      { replacestime: '2026-10-04T00:00:00Z' },
      'NOT_CLOUDEVENT',
      '/replacestime',
      'The attribute replacestime says nothing without replaces: add replaces.',
    ],
    [
      'at a time that is none',
      { replaces: 'e-9', replacestime: 'noon' },
      'BAD_TIME',
      '/replacestime',
      'noon is no RFC 3339 time with a zone, like 2026-10-01T09:30:00Z.',
    ],
    [
      'at a time to come',
      { replaces: 'e-9', replacestime: '2026-10-06T00:00:00Z' },
      'IN_FUTURE',
      '/replacestime',
      "2026-10-06T00:00:00Z is more than 5 minutes after the arrival at 2026-10-05T10:00:00.000Z: set the producer's clock.",
    ],
    [
      'beyond the horizon',
      { replaces: 'e-9', replacestime: '2025-01-01T00:00:00Z' },
      'TOO_OLD',
      '/replacestime',
      '2025-01-01T00:00:00Z is more than 400 days before the arrival at 2026-10-05T10:00:00.000Z: such usage is adjusted by hand.',
    ],
  ])('is refused if it replaces %s', (_, changes, code, path, message) => {
    expect(judge(eventText(changes))).toMatchObject({ ok: false, rejection: { code, path, message } });
  });
});

describe('an event of a backfill', () => {
  it('goes to the overlay of the backfill, and so does what it cancels', () => {
    const overlay = 'backfill-7.b_2';
    expect(taken(eventText({ backfill: overlay })).slot).toEqual({ ...slot('2026-10-05T09:30:00.000Z'), overlay });
    for (const line of [
      eventText({ backfill: overlay, replaces: 'e-9' }),
      JSON.stringify(cancellation({ backfill: overlay })),
    ]) {
      expect(taken(line).cancels?.slot).toEqual({ ...slot('2026-10-05T09:30:00.000Z'), overlay });
    }
  });

  it.each(['', 7, 'a~b', 'a#b', 'a b', '-a', 'x'.repeat(65), 'ü'])('is refused with the name %j', (backfill) => {
    expect(judge(eventText({ backfill }))).toMatchObject({
      ok: false,
      rejection: { code: 'NOT_CLOUDEVENT', path: '/backfill' },
    });
  });
});

describe('a released line', () => {
  it('is the same event as if it had come right at once', () => {
    const line = eventText({ releasedfrom: 'q-0123456789abcdef01234567', recordedtime: '2026-10-05T09:31:00Z' });
    expect(taken(line).bodyHash).toBe(bodyHashOf(event()));
    expect(taken(eventText({ backfill: 'b' })).bodyHash).not.toBe(bodyHashOf(event()));
  });

  it('is refused if it names no entry of the quarantine', () => {
    expect(judge(eventText({ releasedfrom: 'q 1' }))).toMatchObject({
      ok: false,
      rejection: { code: 'NOT_CLOUDEVENT', path: '/releasedfrom' },
    });
  });
});
