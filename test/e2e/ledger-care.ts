import { expect } from 'vitest';
import { clock } from '../../local/clock.ts';
import { type People, signEverybodyIn } from '../../local/demo/people.ts';
import { until } from '../../local/demo/progress.ts';
import type { System } from '../../local/system.ts';
import { type Job, waitForJob } from '../../ops/jobs.ts';

/** What the care of the ledger is tried with: somebody's API key, and what happens on a day of this month. */
export type Care = {
  readonly people: People;
  readonly system: System;
  readonly secret: string;
  /** The first second of the UTC day on which all happens. */
  readonly day: string;
};

const SOURCE = '//larkspur.example/care';
const SUBJECT = 'org-01';
const ACCOUNT = 'acct-01';
const TYPE = 'com.larkspur.api.requests';

type Line = Readonly<Record<string, unknown>>;

const lineOf = (id: string, time: string, count: number | string, more: Line = {}): Line => ({
  specversion: '1.0',
  source: SOURCE,
  id,
  type: TYPE,
  subject: SUBJECT,
  time,
  dataschema: `https://schemas.larkspur.example/${TYPE}/2`,
  data: { count, endpoint: 'write' },
  ...more,
});

/** A time of the day, `minutes` after its noon in UTC: the same date in every zone that accounts have. */
const at = ({ day }: Care, minutes: number): string =>
  new Date(Date.parse(day) + (720 + minutes) * 60_000).toISOString();

const send = async ({ system, secret }: Care, ...lines: readonly Line[]): Promise<void> => {
  const response = await fetch(`${system.apiBase}/events`, {
    method: 'POST',
    headers: { 'x-api-key': secret, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(lines),
  });
  const { results } = (await response.json()) as { results: { status: string }[] };
  expect(results.map(({ status }) => status)).toEqual(lines.map(() => 'received'));
};

/** What became of an event, as its sender sees it. */
const askedByKey = async ({ system, secret }: Care, id: string, time: string): Promise<Line> => {
  const query = new URLSearchParams({ source: SOURCE, subject: SUBJECT, time });
  const response = await fetch(`${system.apiBase}/events/${id}?${query}`, { headers: { 'x-api-key': secret } });
  expect(response.status).toBe(200);
  return (await response.json()) as Line;
};

/** The account's calls to `write` on the day. */
const calls = async ({ people, day }: Care): Promise<number> => {
  const date = day.slice(0, 10);
  const end = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
  type Answer = { usage: { dimensions: Record<string, string>; quantity: string }[] };
  const query = { start: date, end, meter: 'api_calls' };
  const { usage } = await people.success.get<Answer>(`/accounts/${ACCOUNT}/usage`, query);
  return Number(usage.find(({ dimensions }) => dimensions.endpoint === 'write')?.quantity ?? 0);
};

const untilCalls = (care: Care, wanted: number): Promise<true> =>
  until(`${wanted} calls of ${ACCOUNT}`, 40, async () => ((await calls(care)) === wanted ? true : undefined));

/** Everybody signed in, a key of an own source, and the UTC day before this one. */
export const makeCare = async (system: System): Promise<Care> => {
  const people = await signEverybodyIn(system);
  const { secret } = await people.operator.post<{ secret: string }>('/api-keys', { name: 'Care', sources: [SOURCE] });
  const dayBefore = new Date(clock.nowMillis() - 86_400_000).toISOString().slice(0, 10);
  return { people, system, secret, day: `${dayBefore}T00:00:00.000Z` };
};

/** Counts an event, takes it back, and puts another in the place of a third. */
export const cancelAndReplace = async (care: Care): Promise<void> => {
  const { operator } = care.people;
  const before = await calls(care);
  await send(care, lineOf('c-1', at(care, 60), 10), lineOf('c-2', at(care, 61), 20), lineOf('c-3', at(care, 62), 300));
  await untilCalls(care, before + 330);
  const reason = 'A test sent it.';
  await operator.post('/usage/cancellations', {
    events: [{ subject: SUBJECT, source: SOURCE, id: 'c-1', time: at(care, 60) }],
    reason,
  });
  await send(care, lineOf('c-4', at(care, 95), 4_000, { replaces: 'c-2', replacestime: at(care, 61) }));
  await untilCalls(care, before + 4_300);
  expect(await askedByKey(care, 'c-1', at(care, 60))).toMatchObject({ places: [{ state: 'cancelled' }] });
  expect(await askedByKey(care, 'c-2', at(care, 61))).toMatchObject({ cancelledBy: [{ kind: 'replacement' }] });
  expect(await askedByKey(care, 'c-3', at(care, 62))).toMatchObject({ places: [{ state: 'counted' }] });
};

/** Loads a backfill, sees what it would change, closes it, and reverts it. */
export const backfill = async (care: Care): Promise<void> => {
  const { operator } = care.people;
  const before = await calls(care);
  type Backfill = { readonly backfillId: string; readonly state: string };
  const { backfillId } = await operator.post<Backfill>('/backfills', { reason: 'The gateway lost an hour.' });
  await send(care, lineOf('b-0', at(care, 121), 5, { backfill: backfillId }));
  await operator.post(`/backfills/${backfillId}/lines`, {
    lines: [
      JSON.stringify(lineOf('b-1', at(care, 120), 50_000, { backfill: backfillId })),
      // One that counts already is taken back by the backfill.
      JSON.stringify({
        ...lineOf('b-2', at(care, 62), 1, { backfill: backfillId }),
        type: 'meterbridge.cancellation',
        dataschema: 'https://schemas.meterbridge.dev/meterbridge.cancellation/1',
        data: { id: 'c-3', reason: 'It was sent twice.' },
      }),
    ],
  });
  await until('the lines of the backfill', 40, async () => {
    const asked = { source: SOURCE, subject: SUBJECT };
    const found = await Promise.all([
      askedByKey(care, 'b-0', at(care, 121)),
      operator.get<Line>('/ledger/events', { ...asked, id: 'b-1', time: at(care, 120) }),
      operator.get<Line>('/ledger/events', { ...asked, id: 'b-2', time: at(care, 62) }),
    ]);
    return found.every(({ places }) => (places as unknown[]).length === 1) ? true : undefined;
  });
  expect(await calls(care)).toBe(before);
  const work = async (step: 'seal' | 'close' | 'revert', body: object = {}): Promise<void> => {
    await waitForJob(operator, await operator.post<Job>(`/backfills/${backfillId}/${step}`, body));
  };
  await work('seal');
  const { items } = await operator.get<{ items: Line[] }>(`/backfills/${backfillId}/changes`);
  expect(items).toMatchObject([{ account: ACCOUNT, meter: 'api_calls' }]);
  expect(await calls(care)).toBe(before);
  await work('close');
  expect(await calls(care)).toBe(before + 50_005 - 300);
  await work('revert', { reason: 'It was the wrong hour.' });
  expect(await calls(care)).toBe(before);
};

/** Edits a line in quarantine, releases it, and finds it counted. */
export const release = async (care: Care): Promise<void> => {
  const { operator } = care.people;
  const before = await calls(care);
  await send(care, lineOf('q-1', at(care, 180), 'seven'));
  type Entry = { readonly id: string; readonly eventId?: string; readonly state: string };
  const entry = await until('the line in quarantine', 40, async () => {
    const { items } = await operator.get<{ items: Entry[] }>('/quarantine', { code: 'SCHEMA', state: 'waiting' });
    return items.find(({ eventId }) => eventId === 'q-1');
  });
  const body = JSON.stringify(lineOf('q-1', at(care, 180), 7));
  await operator.post(`/quarantine/${entry.id}/release`, { body, note: 'A word for a number.' });
  await untilCalls(care, before + 7);
  const { entry: after } = await operator.get<{ entry: Entry }>(`/quarantine/${entry.id}`);
  expect(after.state).toBe('released');
};

/** Walks the ledger, signs its root, verifies, and makes the day again from the archive. */
export const prove = async (care: Care): Promise<void> => {
  const { operator } = care.people;
  const start = care.day.slice(0, 10);
  const end = new Date(Date.parse(care.day) + 86_400_000).toISOString().slice(0, 10);
  await waitForJob(operator, await operator.post<Job>('/ledger/walks', { through: end }));
  const roots = await operator.get<Line>('/ledger/roots/verification');
  expect(roots).toMatchObject({ faults: [], newest: { number: expect.any(Number) } });
  expect(await operator.get('/ledger/verification', { start, end })).toMatchObject({ broken: [] });
  const asked = await operator.post<Job<Line>>('/ledger/rebuilds', { start, end, subject: SUBJECT });
  const rebuilt = await waitForJob(operator, asked);
  expect(rebuilt).toMatchObject({ different: 0, differences: [], slots: expect.any(Number) });
  expect(Number(rebuilt.slots)).toBeGreaterThan(3);
};
