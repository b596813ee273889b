import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aboutLine } from '../../../lambdas/usage/quarantine/about-line.ts';
import { quarantineEntry, summaryOf } from '../../../lambdas/usage/quarantine/quarantine.ts';
import {
  decodeEntry,
  decodeSummary,
  encodeEntry,
  partitionsOf,
  referencesOf,
} from '../../../lambdas/usage/quarantine/quarantine-item.ts';
import type { QuarantineEntry } from '../../../lambdas/usage/types.ts';
import { eventText } from './events.ts';

type Golden = {
  readonly items: readonly (Record<string, unknown> & { readonly gsi1pk: string })[];
  readonly entries: readonly QuarantineEntry[];
};

/** What was written once must stay readable: these files are never changed, a new format gets a new one. */
const golden = (format: number): Golden =>
  JSON.parse(readFileSync(new URL(`golden/quarantine-${format}.json`, import.meta.url), 'utf8')) as Golden;

describe.each([1, 2])('an entry of format %i', (format) => {
  const { items, entries } = golden(format);

  it('is read, whole and as lists show it', () => {
    expect(items.map(decodeEntry)).toEqual(entries);
    expect(items.map(decodeSummary)).toEqual(entries.map(summaryOf));
  });

  it('is found in the partition where a decision looks for it', () => {
    for (const [n, entry] of entries.entries()) {
      expect(partitionsOf(entry.id, entry.state)).toContain(items[n]?.gsi1pk);
    }
  });
});

it('is written as it always was', () => {
  const { items, entries } = golden(2);
  expect(entries.map(encodeEntry)).toEqual(items);
});

it('says so when it has a format that is not known', () => {
  expect(() => decodeEntry({ format: 3 })).toThrow('has format 3');
  expect(() => decodeSummary({ format: 3 })).toThrow('has format 3');
});

describe('what a line says of itself', () => {
  it('is told as far as it can be read', () => {
    expect(aboutLine(eventText({ releasedfrom: 'q-4793023996b5eee908c1396f', time: 7 }))).toEqual({
      subject: 'org-01',
      eventId: 'e-1',
      type: 'com.larkspur.api.requests',
      source: '//larkspur.example/platform',
      dataschema: 'https://schemas.larkspur.example/com.larkspur.api.requests/2',
      releasedFrom: 'q-4793023996b5eee908c1396f',
    });
    expect(aboutLine('{"id":"x')).toEqual({});
    expect(aboutLine('7')).toEqual({});
    expect(aboutLine('{"releasedfrom":"RELEASED#x","__proto__":{"subject":"y"}}')).toEqual({});
    expect(aboutLine('['.repeat(200_000))).toEqual({});
  });

  it('can always be stored, whatever it is', () => {
    const hostile = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('\ud800'), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(hostile, hostile, hostile, fc.nat(300), (subject, id, note, times) => {
        const text = JSON.stringify({ subject, id, source: note.repeat(times), type: id });
        const line = {
          position: { stream: 's', shard: '0', sequence: '1', index: 0 },
          receivedAt: '2026-10-05T10:00:00.000Z',
          encoding: 'utf8' as const,
          line: text,
        };
        const rejection = { code: 'SCHEMA' as const, path: `/${subject}`, message: note, subject, eventId: id };
        const entry = quarantineEntry(line, { key: 'k', line: 0 }, rejection);
        const stored = [encodeEntry(entry), ...referencesOf(entry)];
        for (const [, value] of strings(stored)) expect(value.isWellFormed()).toBe(true);
        expect(decodeEntry(encodeEntry(entry))).toEqual(entry);
      }),
    );
  });
});

const strings = (value: unknown, path = ''): [string, string][] =>
  typeof value === 'string'
    ? [[path, value]]
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, inner]) => strings(inner, `${path}/${name}`))
      : [];
