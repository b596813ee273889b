import { type ApiClient, allItems } from '../../ops/api-client.ts';
import { readTotals as readTotalsOf } from '../../ops/commands/ledger.ts';
import { outputOf } from '../../scripts/deploy/stacks.ts';
import { clock } from '../clock.ts';
import { connectCloud } from '../cloud.ts';
import { monthEdges } from '../generator/calendar.ts';
import type { Send } from '../generator/events.ts';
import type { GeneratedMonth } from '../generator/generate.ts';
import type { System } from '../system.ts';
import { type Checks, sameNumber, sumDecimals } from './checks.ts';
import type { People } from './people.ts';
import { until } from './progress.ts';
import { packLines, postEvents, putRecords } from './send.ts';

/** What came in and what became of it, as the operations API answers. */
export type UsageTotals = {
  readonly received: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly late: number;
  /** Received and not decided yet. */
  readonly waiting: number;
  readonly quarantined: Readonly<Record<string, number>>;
  readonly unattributed: readonly { readonly subject: string; readonly events: number; readonly firstSeen: string }[];
};

type Metered = {
  readonly meter: string;
  readonly quantity: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly daily?: readonly { readonly day: string; readonly value: string }[];
};

/** This subject's product still sends by HTTP; all others put packed records on the stream. */
const HTTP_SUBJECT = 'org-24';

const shifted = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** The UTC dates that hold every event of a month in every time zone, with its edges. */
export const around = (start: string, end: string): { start: string; end: string } => ({
  start: shifted(start, -2),
  end: shifted(end, 3),
});

/** The totals of everything that belongs to a period, whatever the zone. */
export const readTotals = (operator: ApiClient, start: string, end: string): Promise<UsageTotals> =>
  readTotalsOf<UsageTotals>(operator, around(start, end));

/** Sends a month: most of it packed on the stream, one subject over HTTP with an API key made for it. */
export const sendMonth = async (
  system: System,
  people: People,
  sends: readonly Send[],
  note: (text: string) => void,
): Promise<{ http: number; stream: number }> => {
  const { secret } = await people.operator.post<{ secret: string }>('/api-keys', {
    name: 'Larkspur platform',
    sources: ['//larkspur.example/platform'],
  });
  const overHttp = sends.filter((send) => send.subject === HTTP_SUBJECT);
  const onStream = sends.filter((send) => send.subject !== HTTP_SUBJECT);
  const records = packLines(onStream);
  const { kinesis } = connectCloud(system);
  await putRecords(kinesis, outputOf(system.outputs, 'StreamName'), records, (done) => {
    if (done === records.length)
      note(`${onStream.length.toLocaleString('en')} events in ${done} packed records on the stream`);
  });
  const received = await postEvents(system.apiBase, secret, overHttp);
  note(`${received.toLocaleString('en')} events by POST /v1/events`);
  return { http: received, stream: onStream.length };
};

/**
 * Waits until everything that was sent has been received and decided. Counting reads what ingest is just writing, on the
 * same two processors: so it is asked again when about half of the rest should be done.
 */
export const waitForLedger = async (people: People, start: string, end: string, sent: number): Promise<UsageTotals> => {
  const began = clock.nowMillis();
  let pause = 2_000;
  return until(
    `${sent} events to be in the ledger`,
    240,
    async () => {
      const totals = await readTotals(people.operator, start, end);
      const decided = totals.received - totals.waiting;
      const millisPerEvent = (clock.nowMillis() - began) / Math.max(decided, 1);
      pause = Math.min(10_000, Math.max(500, ((sent - decided) * millisPerEvent) / 2));
      return totals.received >= sent && totals.waiting === 0 ? totals : undefined;
    },
    () => pause,
  );
};

/** Compares what came in with what the generator sent. */
export const checkTotals = (checks: Checks, month: GeneratedMonth, totals: UsageTotals): void => {
  const { expected } = month;
  checks.equal('events received', expected.sent, totals.received);
  checks.equal('events accepted', expected.accepted, totals.accepted);
  checks.equal('events duplicate', expected.duplicate, totals.duplicate);
  checks.equal('events late', expected.late, totals.late);
  for (const [code, count] of Object.entries(expected.quarantined)) {
    checks.equal(`quarantined ${code}`, count, totals.quarantined[code] ?? 0);
  }
  checks.equal('kinds of quarantine', Object.keys(expected.quarantined).length, Object.keys(totals.quarantined).length);
  for (const [subject, count] of Object.entries(expected.unattributed)) {
    checks.equal(`unattributed ${subject}`, count, totals.unattributed.find((u) => u.subject === subject)?.events);
  }
  checks.equal('unattributed subjects', Object.keys(expected.unattributed).length, totals.unattributed.length);
};

/** Every account's usage of the period, by account. */
export const readUsage = async (people: People, month: GeneratedMonth): Promise<Map<string, Metered[]>> => {
  const accounts = await allItems<{ account: string }>(people.success, '/accounts');
  const usage = new Map<string, Metered[]>();
  for (const { account: id } of accounts) {
    const period = month.expected.usage[id]?.period ?? {
      start: monthEdges(month.month).first,
      end: monthEdges(month.month).end,
    };
    const answer = await people.success.get<{ usage: Metered[] }>(`/accounts/${id}/usage`, {
      start: period.start,
      end: period.end,
    });
    usage.set(id, answer.usage);
  }
  return usage;
};

const pick = (usage: readonly Metered[], meter: string, dimension?: string, value?: string): string =>
  sumDecimals(
    usage
      .filter((m) => m.meter === meter && (dimension === undefined || m.dimensions[dimension] === value))
      .map((m) => m.quantity),
  );

/** Compares every account's usage per meter with the generator's own count. Answers the sum per meter. */
export const checkUsage = (
  checks: Checks,
  month: GeneratedMonth,
  usage: ReadonlyMap<string, readonly Metered[]>,
): void => {
  checks.equal('accounts', Object.keys(month.expected.usage).length, usage.size);
  for (const [account, expected] of Object.entries(month.expected.usage)) {
    const actual = usage.get(account) ?? [];
    for (const [endpoint, calls] of Object.entries(expected.apiCalls)) {
      checks.equal(`${account} api_calls ${endpoint}`, calls, pick(actual, 'api_calls', 'endpoint', endpoint));
    }
    for (const [model, summaries] of Object.entries(expected.aiSummaries)) {
      checks.equal(`${account} ai_summaries ${model}`, summaries, pick(actual, 'ai_summaries', 'model', model));
    }
    checks.equal(`${account} active_users`, expected.activeUsers, pick(actual, 'active_users'));
    const storage = pick(actual, 'storage');
    checks.equal(
      `${account} storage`,
      expected.storageGb,
      sameNumber(storage, expected.storageGb) ? expected.storageGb : storage,
    );
    const seats = actual.find((m) => m.meter === 'licensed_seats')?.daily ?? [];
    const text = (days: readonly (readonly [string, string | number])[]): string =>
      days.map(([d, v]) => `${d}=${v}`).join(' ');
    const kept = seats.filter(({ day }) => expected.seatsByDay[day] !== undefined);
    checks.equal(
      `${account} licensed_seats`,
      text(Object.entries(expected.seatsByDay)),
      text(kept.map(({ day, value }) => [day, value])),
    );
  }
};

/** The generator's own sums over all accounts, per meter, for the summary. */
export const sumsPerMeter = (
  month: GeneratedMonth,
  usage: ReadonlyMap<string, readonly Metered[]>,
): { meter: string; generator: string; meterbridge: string }[] => {
  const all = Object.values(month.expected.usage);
  const numbers = (record: Readonly<Record<string, number>>): string[] => Object.values(record).map(String);
  const lastSeats = (days: Readonly<Record<string, number>>): string => String(Object.values(days).at(-1) ?? 0);
  const own: Readonly<Record<string, string[]>> = {
    api_calls: all.flatMap((u) => numbers(u.apiCalls)),
    ai_summaries: all.flatMap((u) => numbers(u.aiSummaries)),
    active_users: all.map((u) => String(u.activeUsers)),
    storage: all.map((u) => u.storageGb),
    licensed_seats: all.map((u) => lastSeats(u.seatsByDay)),
  };
  return Object.entries(own).map(([meter, generated]) => ({
    meter,
    generator: sumDecimals(generated),
    meterbridge: sumDecimals(
      [...usage.values()]
        .flat()
        .filter((m) => m.meter === meter)
        .map((m) => m.quantity),
    ),
  }));
};
