import type { UsageEvent } from '../../lambdas/usage/types.ts';
import { LIMIT_EDGE, LIMIT_PERIODS, LIMITS, SEARCHES_CHANGE, SUBJECTS } from './company.ts';

/** Counts events anew, by other means than the ledger: whole numbers, bigint, no states. */
export type Expected = {
  readonly meter: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly quantity: string;
  readonly daily?: readonly { readonly day: string; readonly value: string }[];
};

/** A quotient with 12 decimals, halves to even. For whole numbers not below 0. */
export const quotient = (numerator: bigint, denominator: bigint): string => {
  const scaled = numerator * 10n ** 12n;
  let units = scaled / denominator;
  const twice = (scaled % denominator) * 2n;
  if (twice > denominator || (twice === denominator && units % 2n === 1n)) units += 1n;
  const digits = units.toString().padStart(13, '0');
  const text = `${digits.slice(0, -12)}.${digits.slice(-12)}`;
  return text.replace(/\.?0+$/, '');
};

type Sample = { readonly at: number; readonly tie: string; readonly value: bigint };

const samples = (events: readonly UsageEvent[], field: string, tie: (event: UsageEvent) => string): Sample[] =>
  events
    .map((event) => ({ at: Date.parse(event.time), tie: tie(event), value: BigInt(String(event.data[field])) }))
    .sort((a, b) => a.at - b.at || (a.tie < b.tie ? -1 : 1));

/** Millisecond by millisecond would be the definition; from sample to sample is the same. */
const area = (values: readonly Sample[], from: number, to: number): bigint => {
  let total = 0n;
  for (const [n, { at, value }] of values.entries()) {
    const until = values[n + 1]?.at ?? to;
    total += value * BigInt(until - Math.max(at, from));
  }
  return total;
};

type Call = { readonly time: string; readonly endpoint: string; readonly count: bigint };

/** An `api.requests` event, of either version of its schema. */
const callOf = ({ time, data }: UsageEvent): Call => {
  const path = String(data.path ?? `/${String(data.endpoint)}`);
  const endpoint = ['search', 'write'].find((name) => path.startsWith(`/${name}`)) ?? 'read';
  return { time, endpoint, count: BigInt(String(data.count ?? data.calls)) };
};

/** Reads count as searches after a change; in a corrected meter writes counted as such before it. */
const isSearch = ({ time, endpoint }: Call, isCorrected: boolean): boolean => {
  const isAfter = Date.parse(time) >= Date.parse(SEARCHES_CHANGE);
  return endpoint === 'search' || (isAfter ? endpoint === 'read' : isCorrected && endpoint === 'write');
};

const total = (calls: readonly Call[]): bigint => calls.reduce((sum, { count }) => sum + count, 0n);

/** The kind of an event, e.g. `user.active`. */
const kindOf = ({ type }: UsageEvent): string => type.replace('com.larkspur.', '');

const counts = (calls: readonly Call[]): bigint[] =>
  calls.map(({ count }) => count).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

const apiUsage = (calls: readonly Call[], hasNewMeters: boolean): Expected[] => {
  if (calls.length === 0) return [];
  const all = counts(calls);
  const searches = calls.filter((call) => isSearch(call, hasNewMeters));
  const writes = counts(calls.filter(({ endpoint }) => endpoint === 'write'));
  const one = (meter: string, quantity: bigint | string | undefined): Expected => ({
    meter,
    dimensions: {},
    quantity: String(quantity),
  });
  return [
    one('average', quotient(total(calls), BigInt(calls.length))),
    one('largest', all.at(-1)),
    one('requests', BigInt(calls.length)),
    one('smallest', all[0]),
    ...(searches.length > 0 ? [one('searches', total(searches))] : []),
    ...(hasNewMeters ? [one('endpoints', String(new Set(calls.map(({ endpoint }) => endpoint)).size))] : []),
    ...(hasNewMeters && writes.length > 0 ? [one('writes', writes.at(-1))] : []),
    ...[...Map.groupBy(calls, ({ endpoint }) => endpoint)].map(([endpoint, own]) => ({
      ...one('calls', total(own)),
      dimensions: { endpoint },
    })),
  ];
};

/**
 * The usage of events of one account in an interval: `dayEnds` are its local days with the instants at which they end;
 * `tie` orders samples of one time; `hasNewMeters`: also of the meters that were published in the run.
 */
export const expectedUsage = (
  events: readonly UsageEvent[],
  { from, to }: { readonly from: string; readonly to: string },
  dayEnds: readonly { readonly day: string; readonly end: string }[],
  tie: (event: UsageEvent) => string,
  hasNewMeters: boolean,
): Expected[] => {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const own = events.filter(({ time }) => Date.parse(time) >= start && Date.parse(time) < end);
  const ofKind = (kind: string) => own.filter((event) => kindOf(event) === kind);
  const bySubject = (kind: string) => [...Map.groupBy(ofKind(kind), ({ subject }) => subject).values()];
  const expected = apiUsage(ofKind('api.requests').map(callOf), hasNewMeters);
  const users = ofKind('user.active').map(({ data }) => String(data.userId));
  if (users.length > 0) expected.push({ meter: 'users', dimensions: {}, quantity: String(new Set(users).size) });
  const storage = bySubject('storage.sampled');
  if (storage.length > 0) {
    const all = storage.reduce((sum, mine) => sum + area(samples(mine, 'gb', tie), start, end), 0n);
    expected.push({ meter: 'storage', dimensions: {}, quantity: quotient(all, BigInt(end - start)) });
  }
  const seats = bySubject('seats.changed').map((mine) => samples(mine, 'seats', tie));
  if (seats.length > 0) {
    const daily = dayEnds.map(({ day, end: dayEnd }) => {
      const values = seats.map((mine) => mine.findLast(({ at }) => at < Date.parse(dayEnd))?.value ?? 0n);
      return { day, value: String(values.reduce((sum, value) => sum + value, 0n)) };
    });
    expected.push({ meter: 'seats', dimensions: {}, quantity: daily.at(-1)?.value ?? '0', daily });
  }
  return expected.sort((a, b) =>
    JSON.stringify([a.meter, a.dimensions]) < JSON.stringify([b.meter, b.dimensions]) ? -1 : 1,
  );
};

const periodOf = ({ time }: UsageEvent): string => LIMIT_PERIODS[Date.parse(time) < Date.parse(LIMIT_EDGE) ? 0 : 1];

/** The limit and period that an event counts for, as `<limit>/<period>`; `undefined` for none. */
export const limitKeyOf = (event: UsageEvent): string | undefined => {
  const limit = LIMITS.find(({ kind }) => kind === kindOf(event));
  return limit === undefined || !SUBJECTS.includes(event.subject) ? undefined : `${limit.id}/${periodOf(event)}`;
};

/** The thresholds that the events of the account with limits are over, as `<limit>/<period>/<percent>`. */
export const expectedCrossings = (events: readonly UsageEvent[]): string[] =>
  [...Map.groupBy(events, limitKeyOf)]
    .flatMap(([key, own]) => {
      const limit = LIMITS.find(({ id }) => key?.startsWith(id));
      if (limit === undefined) return [];
      const used =
        limit.meter === 'calls'
          ? Number(total(own.map(callOf)))
          : new Set(own.map(({ data }) => String(data.userId))).size;
      const { quantity, thresholds } = limit;
      return thresholds.filter((percent) => used * 100 >= quantity * percent).map((percent) => `${key}/${percent}`);
    })
    .sort();
