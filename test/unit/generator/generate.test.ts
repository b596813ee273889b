import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Send } from '../../../local/generator/events.ts';
import { type GeneratedMonth, generateMonth } from '../../../local/generator/generate.ts';
import { apportion } from '../../../local/generator/usage-events.ts';
import { readCatalogFiles } from '../../../ops/catalog-files.ts';

const catalog = readCatalogFiles('catalog', '2026-10');
const make = (seed: number, events = 6_000): GeneratedMonth =>
  generateMonth({ month: '2026-10', seed, events, catalog });

const digest = (sends: readonly Send[]): string => {
  const hash = createHash('sha256');
  for (const send of sends) hash.update(send.line).update('\n');
  return hash.digest('hex');
};

type Line = {
  id: string;
  subject: string;
  time: string;
  recordedtime: string;
  dataschema: string;
  data: Record<string, unknown>;
};
const parsed = (month: GeneratedMonth): Line[] =>
  month.sends
    .filter((send) => !send.intent.startsWith('malformed'))
    .map((send) => JSON.parse(Buffer.from(send.line).toString('utf8')) as Line);

describe('the generator of a month', () => {
  const month = make(7);

  it('makes the same lines from the same seed, and others from another', () => {
    expect(digest(make(7).sends)).toBe(digest(month.sends));
    expect(digest(make(8).sends)).not.toBe(digest(month.sends));
  });

  it('sends exactly what it says it sends', () => {
    const intents = Map.groupBy(month.sends, (send) => send.intent.split(':')[0] ?? '');
    const { expected } = month;
    expect(month.sends).toHaveLength(expected.sent);
    expect(intents.get('duplicate')).toHaveLength(60);
    expect(expected.duplicate).toBe(60);
    expect(intents.get('late')).toHaveLength(120);
    expect(expected.late).toBe(120);
    expect(intents.get('malformed')).toHaveLength(40);
    expect(intents.get('conflict')).toHaveLength(3);
    expect(intents.get('same-id-other-time')).toHaveLength(1);
    const quarantined = Object.values(expected.quarantined).reduce((a, b) => a + b, 0);
    expect(expected.accepted + expected.duplicate + quarantined).toBe(expected.sent);
  });

  it('counts as late what was recorded more than a day after it happened, each distinct event once', () => {
    const seen = new Set<string>();
    const late = parsed(month).filter((line) => {
      const key = `${line.id}@${line.time}`;
      const first = !seen.has(key);
      seen.add(key);
      return first && Date.parse(line.recordedtime) - Date.parse(line.time) > 86_400_000;
    });
    expect(late).toHaveLength(month.expected.late);
    expect(seen.size).toBe(month.expected.accepted);
  });

  it('sums up the calls of an account as its own lines do', () => {
    const subjects = catalog
      .filter((f) => f.kind === 'attribution' && f.body.account === 'acct-13')
      .map((f) => f.body.subject);
    expect(subjects.length).toBeGreaterThan(0);
    const unique = new Map(
      parsed(month)
        .filter((l) => subjects.includes(l.subject))
        .map((l) => [l.id, l]),
    );
    const total = [...unique.values()].reduce(
      (sum, l) => sum + (typeof l.data.count === 'number' ? l.data.count : 0),
      0,
    );
    const expected = Object.values(month.expected.usage['acct-13']?.apiCalls ?? {}).reduce((a, b) => a + b, 0);
    // One event of 7 calls lies a second before the month, one on its end: both are sent, neither is in it.
    expect(total - expected).toBe(14);
  });

  it('lets the use of one account drop by more than half and keeps the others', () => {
    const daily = (account: string, days: readonly string[]): number => {
      const subjects = catalog
        .filter((f) => f.kind === 'attribution' && f.body.account === account)
        .map((f) => f.body.subject);
      return parsed(month)
        .filter((l) => subjects.includes(l.subject) && days.includes(l.time.slice(0, 10)))
        .reduce((sum, l) => sum + (typeof l.data.count === 'number' ? l.data.count : 0), 0);
    };
    const before = ['2026-10-13', '2026-10-14', '2026-10-15'];
    const after = ['2026-10-27', '2026-10-28', '2026-10-29'];
    expect(daily('acct-05', after) * 2).toBeLessThan(daily('acct-05', before));
    expect(daily('acct-01', after) * 2).toBeGreaterThan(daily('acct-01', before));
  });

  it('refuses a month too small for its standing events', () => {
    expect(() => make(1, 4_999)).toThrow('a month needs at least 5,000 events, not 4999');
  });
});

describe('apportion', () => {
  it('gives parts that sum to the whole', () => {
    expect(apportion(10, [1, 1, 1])).toEqual([4, 3, 3]);
    expect(apportion(0, [2, 1])).toEqual([0, 0]);
  });
});
