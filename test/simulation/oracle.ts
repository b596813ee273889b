import type { UsageEvent } from '../../lambdas/usage/types.ts';

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

/**
 * The usage of the events of one account: `subjects` names its subjects, `dayEnds` the local days with the instants at
 * which they end; `tie` orders samples of one time.
 */
export const expectedUsage = (
  events: readonly UsageEvent[],
  from: string,
  to: string,
  dayEnds: readonly { readonly day: string; readonly end: string }[],
  tie: (event: UsageEvent) => string,
): Expected[] => {
  const own = events.filter(({ time }) => time >= from && time < to);
  const ofType = (type: string) => own.filter((event) => event.type === type);
  const expected: Expected[] = [];
  const api = ofType('api');
  if (api.length > 0) {
    const counts = api.map(({ data }) => BigInt(String(data['count'])));
    const total = counts.reduce((sum, count) => sum + count, 0n);
    const sorted = counts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expected.push(
      { meter: 'average', dimensions: {}, quantity: quotient(total, BigInt(api.length)) },
      { meter: 'largest', dimensions: {}, quantity: String(sorted.at(-1)) },
      { meter: 'requests', dimensions: {}, quantity: String(api.length) },
      { meter: 'smallest', dimensions: {}, quantity: String(sorted[0]) },
    );
    for (const endpoint of new Set(api.map(({ data }) => String(data['endpoint'])))) {
      const sum = api
        .filter(({ data }) => data['endpoint'] === endpoint)
        .reduce((all, { data }) => all + BigInt(String(data['count'])), 0n);
      expected.push({ meter: 'calls', dimensions: { endpoint }, quantity: String(sum) });
    }
  }
  const bySubject = (type: string) => [...Map.groupBy(ofType(type), ({ subject }) => subject).values()];
  const users = ofType('user').map(({ data }) => String(data['userId']));
  if (users.length > 0) expected.push({ meter: 'users', dimensions: {}, quantity: String(new Set(users).size) });
  const storage = bySubject('storage');
  if (storage.length > 0) {
    const [start, end] = [Date.parse(from), Date.parse(to)];
    const total = storage.reduce((sum, mine) => sum + area(samples(mine, 'gb', tie), start, end), 0n);
    expected.push({ meter: 'storage', dimensions: {}, quantity: quotient(total, BigInt(end - start)) });
  }
  const seats = bySubject('seats').map((mine) => samples(mine, 'seats', tie));
  if (seats.length > 0) {
    const daily = dayEnds.map(({ day, end }) => {
      const values = seats.map((mine) => mine.findLast(({ at }) => at < Date.parse(end))?.value ?? 0n);
      return { day, value: String(values.reduce((sum, value) => sum + value, 0n)) };
    });
    expected.push({ meter: 'seats', dimensions: {}, quantity: daily.at(-1)?.value ?? '0', daily });
  }
  return expected.sort((a, b) =>
    JSON.stringify([a.meter, a.dimensions]) < JSON.stringify([b.meter, b.dimensions]) ? -1 : 1,
  );
};
