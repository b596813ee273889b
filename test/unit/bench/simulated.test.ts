import { expect, test } from 'vitest';
import { chance, zipf } from '../../../bench/ledger/chance.ts';
import { fulfils } from '../../../bench/ledger/counted-aws/expressions.ts';
import { tableRows } from '../../../bench/ledger/counted-aws/rows.ts';
import { updated } from '../../../bench/ledger/counted-aws/updates.ts';
import { plus, since, times, total } from '../../../bench/ledger/counted-aws/usage.ts';
import { usageCounter } from '../../../bench/ledger/counted-aws/usage-counter.ts';
import { virtualTime } from '../../../bench/ledger/counted-aws/virtual-time.ts';
import { wireItem } from '../../../bench/ledger/counted-aws/wire.ts';
import { lineOf } from '../../../bench/ledger/events.ts';
import { looksInMonth } from '../../../bench/ledger/looks-in-month.ts';
import { producers, REQUEST_EVENTS } from '../../../bench/ledger/producers.ts';
import { table } from '../../../bench/ledger/table.ts';
import { isMet, spread } from '../../../bench/ledger/targets.ts';
import { MONTHS, traffic } from '../../../bench/ledger/traffic.ts';
import { validate } from '../../../lambdas/usage/events/validate.ts';
import type { UsageEvent } from '../../../lambdas/usage/types.ts';

test('conditions are judged as DynamoDB does', () => {
  const item = wireItem({ pk: 'a', v: 3, at: '2026-10-01', note: { token: 't' }, tags: ['x'] });
  const values = wireItem({ ':three': 3, ':five': 5, ':t': 't', ':to': '2026-11-01', ':from': '2026-09-01' });
  const holds = (text: string): boolean => fulfils(text, item, { '#note': 'note', '#token': 'token' }, values);
  expect(holds('attribute_exists(pk) AND NOT attribute_exists(gone)')).toBe(true);
  expect(holds('attribute_not_exists(pk) OR v < :five')).toBe(true);
  expect(holds('(v = :five OR v = :three) AND #note.#token = :t')).toBe(true);
  expect(holds('at BETWEEN :from AND :to AND size(tags) < :three')).toBe(true);
  expect(holds('v IN (:five, :three)')).toBe(true);
  expect(holds('gone = :t')).toBe(false);
  expect(() => holds('v =')).not.toThrow();
  expect(() => holds('v ~ :five')).toThrow(SyntaxError);
});

test('updates change what they say and nothing else', () => {
  const item = wireItem({ pk: 'a', n: 1, gone: 'x', note: { token: 't' } });
  const values = wireItem({ ':two': 2, ':zero': 0, ':u': 'u' });
  const text =
    'SET #n = #n + :two, fresh = if_not_exists(fresh, :zero) - :two, note.token = :u REMOVE gone ADD hits :two';
  const expected = { pk: 'a', n: 3, fresh: -2, note: { token: 'u' }, hits: 2 };
  expect(updated(text, item, { '#n': 'n' }, values)).toEqual(wireItem(expected));
});

test('rows lie over a past, and hide what they replace', () => {
  const old = [
    { sk: 'a', json: '{}', bytes: 1 },
    { sk: 'b', json: '{}', bytes: 1 },
  ];
  const rows = tableRows({ range: () => old, get: (_, sk) => old.find((row) => row.sk === sk) });
  rows.put('p', 'b', wireItem({ x: 1 }));
  rows.put('p', 'c', wireItem({ x: 1 }));
  rows.remove('p', 'a');
  expect(rows.range('p', '', 'z').map(({ sk, bytes }) => [sk, bytes])).toEqual([
    ['b', 3],
    ['c', 3],
  ]);
  expect(rows.size()).toEqual({ rows: 2, bytes: 6 });
  rows.forget('p');
  expect(rows.range('p', '', 'z')).toEqual(old);
  expect(rows.size()).toEqual({ rows: 0, bytes: 0 });
});

test('waiting takes no time here, and as long as the longest of those who wait together', async () => {
  const time = virtualTime(1_000);
  const { result, waited } = await time.run(async () => {
    await Promise.all([5, 25, 5].map((millis) => time.wait(millis)));
    await time.wait(10);
    return 'done';
  });
  expect([result, waited, time.nowMillis()]).toEqual(['done', 35, 1_035]);
  await expect(time.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('counts are kept by cause, and can be added, subtracted and scaled', async () => {
  const usage = usageCounter();
  await usage.because('a', async () => usage.add('x', 1));
  const before = usage.counted();
  await Promise.all([
    usage.because('a', async () => usage.add('x', 2)),
    usage.because('b', async () => usage.add('y', 3)),
  ]);
  expect(since(before, usage.counted())).toMatchObject({ x: { a: 2 }, y: { b: 3 } });
  expect(total(plus(before, times(before, 4)), 'x')).toBe(5);
});

test('the largest account of two thousand has a sixth of everything', () => {
  const sizes = zipf(2_000, 1.1);
  expect(sizes.share(0)).toBeCloseTo(0.169, 3);
  const random = chance(1);
  const draws = Array.from({ length: 20_000 }, () => sizes.draw(random));
  expect(draws.filter((rank) => rank === 0).length / draws.length).toBeCloseTo(0.169, 1);
});

test('what is sent is valid but for the few bad lines, and repeats come later', () => {
  const source = traffic({ ...MONTHS.growing, eventsPerSecond: 200, bad: 0.01 });
  const now = Date.parse('2026-11-15T12:00:00.000Z');
  const sent = Array.from({ length: 60 }, (_, n) => source.second(now + n * 1000, true)).flat();
  const verdicts = sent.map(({ line }) => validate(line, new Date(now + 60_000).toISOString(), { horizonDays: 400 }));
  const bad = verdicts.filter(({ ok }) => !ok).length / sent.length;
  expect(bad).toBeGreaterThan(0.003);
  expect(bad).toBeLessThan(0.02);
  const ids = sent.map(({ line }) => (JSON.parse(line) as UsageEvent).id);
  expect(new Set(ids).size).toBeLessThan(ids.length);
  for (const { known, line } of sent) if (known) expect(lineOf(known)).toBe(line);
});

test('producers lose nothing and repeat nothing', () => {
  const source = traffic(MONTHS.large);
  const sent = source.second(Date.parse('2026-11-15T12:00:00.000Z'), true);
  const single = producers('single')(sent).records;
  expect(single).toHaveLength(sent.length);
  expect(producers('packed')(sent).records.length).toBeLessThan(sent.length / 1.5);
  const requests = producers('http')(sent).requests;
  expect(requests.every((request) => request.length === REQUEST_EVENTS)).toBe(true);
  expect(requests).toHaveLength(8);
});

test('tables are aligned, targets judged at their limit', () => {
  expect(table(['a', 'b'], [['x', { value: 1234.5, decimals: 1 }]])).toBe('  a        b\n  ─  ───────\n  x  1,234.5');
  expect(isMet({ says: '', unit: '', decimals: 0, limit: 1, is: 1 })).toBe(true);
  expect(spread([2, 2.2, 2.1])).toBeCloseTo(10, 6);
});

test('a limit is looked at when its rule says so, and by each new worker', () => {
  const limit = { id: 'l', plan: 'p', meter: 'calls', quantity: '1000000', thresholds: [80, 100] };
  const [hour, never] = [3_600, Number.POSITIVE_INFINITY];
  // 259,200 of 800,000 in the month: nothing but the age of what was read brings a look, four a day.
  expect(looksInMonth(limit, 0.1, 10, never)).toBe(120);
  expect(looksInMonth(limit, 0.1, 10, 3 * hour)).toBe(240);
  // At 90 % in the end: the nearer to 80 %, the more often.
  expect(looksInMonth(limit, 0.35, 10, never)).toBeGreaterThan(150);
});
