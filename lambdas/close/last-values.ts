import type { CatalogEntry, Meter } from '../catalog/types.ts';
import type { DirtyMarks } from '../usage/ledger/dirty-marks.ts';
import type { LedgerPorts } from '../usage/ledger/effective-slots.ts';
import { laterOf, utcDay } from '../usage/ledger/slot.ts';
import { comparePoints, parseStateKey } from '../usage/ledger/state.ts';
import type { Subjects } from '../usage/ledger/subjects.ts';
import { carryKey, goesOn } from '../usage/read/aggregate.ts';
import { dayParts, readDayParts } from '../usage/read/period-usage.ts';
import { isFinal } from '../usage/settle/settled-day.ts';
import type { SettledStore } from '../usage/settle/settled-store.ts';
import type { KeyState, Point } from '../usage/types.ts';
import type { LastValues } from './ports.ts';

export type LastValueSources = LedgerPorts & {
  readonly subjects: Pick<Subjects, 'get'>;
  readonly marks: Pick<DirtyMarks, 'marksOf'>;
  readonly settled: Pick<SettledStore, 'heads'>;
};

export type LastValuesRequest = {
  readonly subject: string;
  /** From when on to look; absent = from the subject's first event. */
  readonly from?: string;
  readonly until: string;
  readonly meters: readonly CatalogEntry<Meter>[];
};

/** Before the first event of anybody. */
const BEGINNING = '2000-01-01T00:00:00.000Z';

/**
 * The last value of each meter that goes on (LATEST, TIME_WEIGHTED) of a subject before an instant, whoever owned the
 * subject then: 10 seats stay 10 seats when a contract begins, a period was not closed, or the subject changes hands.
 * Read from the ledger itself; what is settled or marked only tells on which days there is something.
 */
export const lastValues = async (sources: LastValueSources, request: LastValuesRequest): Promise<LastValues> => {
  const { subject, until, meters } = request;
  const from = request.from ?? BEGINNING;
  const record = await sources.subjects.get(subject);
  // Registered before its first append: an unknown subject has no usage.
  if (record === undefined || from >= until) return {};
  // Marks before heads: what a settle clears in between it has written before, and that is read next.
  const marked = (await sources.marks.marksOf(subject)).map(({ day }) => day);
  const { days } = await sources.settled.heads(subject, utcDay(from), nextDay(until));
  const heads = new Map(days.map((head) => [head.day, head]));
  const mayHaveUsage = (day: string): boolean => {
    const head = heads.get(day);
    if (marked.includes(day) || (head !== undefined && !isFinal(head))) return true;
    return head === undefined ? day >= record.watchedFrom : head.accepted > 0;
  };
  const first = [record.watchedFrom, ...marked, ...heads.keys()].sort()[0] ?? '';
  const start = laterOf(from, `${first}T00:00:00.000Z`);
  if (start >= until) return {};
  const parts = dayParts([{ subject, from: start, to: until }]).filter(({ day }) => mayHaveUsage(day));
  const { slots } = await readDayParts(sources, parts);
  return newest(
    subject,
    slots.flatMap(({ states }) => Object.entries(states)),
    meters,
  );
};

const nextDay = (instant: string): string => utcDay(new Date(Date.parse(instant) + 86_400_000).toISOString());

const pointsOf = (state: KeyState): readonly Point[] =>
  state.class === 'points' ? state.points : state.class === 'scalar' ? [state.latest] : [];

const newest = (
  subject: string,
  states: readonly (readonly [string, KeyState])[],
  meters: readonly CatalogEntry<Meter>[],
): LastValues => {
  const going = new Set(meters.filter(({ body }) => goesOn(body)).map(({ id, version }) => `${id}#${version}`));
  const last = new Map<string, Point>();
  for (const [key, state] of states) {
    const parts = parseStateKey(key);
    if (parts === undefined || !going.has(`${parts.meter}#${parts.meterVersion}`)) continue;
    const name = carryKey(parts.meter, parts.dimensions, subject);
    for (const point of pointsOf(state)) {
      const known = last.get(name);
      if (known === undefined || comparePoints(point, known) > 0) last.set(name, point);
    }
  }
  return Object.fromEntries([...last].map(([name, { time, value }]) => [name, { time, value }]));
};
