import type { UsageEvent } from '../../lambdas/usage/types.ts';
import type { Chance } from './chance.ts';
import { FIRST_DAY, LAST_DAY, STRANGER, SUBJECTS } from './company.ts';
import { correctionsOf } from './corrections.ts';

export const SOURCE = '//larkspur.example/platform';
const OTHER_SOURCE = '//larkspur.example/batch';
/** What the producers may send for. */
export const SOURCES = [SOURCE, OTHER_SOURCE];
export const SCHEMAS = 'https://schemas.larkspur.example/com.larkspur';
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** When the time in which events happen begins and ends (milliseconds). */
export const START = Date.parse(`${FIRST_DAY}T00:00:00.000Z`);
export const END = Date.parse(`${LAST_DAY}T00:00:00.000Z`) + DAY;
/** Few quarter hours, so that events meet; some at the edges of days in other zones. */
const QUARTERS = ['00:00', '00:15', '02:30', '03:30', '15:00', '18:15', '18:30', '22:45', '23:45'];

type Kind = { readonly type: string; readonly version: number; readonly data: Readonly<Record<string, unknown>> };

const KINDS: readonly ((dice: Chance) => Kind)[] = [
  (dice) => ({
    type: 'api.requests',
    version: 2,
    data: { count: 1 + dice.below(1000), endpoint: dice.pick(['read', 'write', 'search']) },
  }),
  (dice) => ({
    type: 'api.requests',
    version: 1,
    data: { calls: 1 + dice.below(1000), path: dice.pick(['/v1/things', '/write/thing', '/search/things']) },
  }),
  (dice) => ({
    type: 'storage.sampled',
    version: 1,
    data: { gb: dice.happens(0.5) ? String(dice.below(500)) : dice.below(500) },
  }),
  (dice) => ({ type: 'user.active', version: 1, data: { userId: `user-${dice.below(12)}` } }),
  (dice) => ({ type: 'seats.changed', version: 1, data: { seats: dice.below(40) } }),
  (dice) => ({ type: 'ai.summaries', version: 1, data: { summaries: dice.below(9), model: 'standard' } }),
];
const WEIGHTS = [0, 0, 0, 1, 2, 2, 3, 3, 4, 4, 5];

const makeEvent = (dice: Chance, id: string, quarter: number): UsageEvent => {
  const { type, version, data } = (KINDS[dice.pick(WEIGHTS)] as (typeof KINDS)[number])(dice);
  return {
    specversion: '1.0',
    source: dice.happens(0.9) ? SOURCE : OTHER_SOURCE,
    id,
    type: `com.larkspur.${type}`,
    subject: dice.happens(0.1) ? STRANGER : dice.pick(SUBJECTS),
    // Few seconds, so that samples of the same time happen too.
    time: new Date(quarter + dice.below(15) * MINUTE + dice.below(3) * 1000).toISOString(),
    dataschema: `${SCHEMAS}.${type}/${version}`,
    data,
  };
};

/** The events of a run, corrections among them. Few ids come again with another body, at another time or from another source. */
export const makeEvents = (dice: Chance): UsageEvent[] => {
  // Few days in some runs: then much happens to each of them.
  const days = dice.shuffle([0, 1, 2, 3, 4]).slice(0, dice.pick([1, 2, 5]));
  const quarters = Array.from({ length: 4 }, () => {
    const [hours, minutes] = dice.pick(QUARTERS).split(':').map(Number);
    return START + dice.pick(days) * DAY + ((hours ?? 0) * 60 + (minutes ?? 0)) * MINUTE;
  });
  const events = Array.from({ length: 12 + dice.below(16) }, (_, n) => {
    const event = makeEvent(dice, `e${n}`, dice.pick(quarters));
    const twins: UsageEvent[] = [];
    if (dice.happens(0.05)) twins.push({ ...event, data: { ...event.data, note: 'other' } });
    if (dice.happens(0.03)) twins.push({ ...makeEvent(dice, event.id, dice.pick(quarters)), source: event.source });
    if (dice.happens(0.02)) twins.push({ ...event, source: event.source === SOURCE ? OTHER_SOURCE : SOURCE });
    return [event, ...twins];
  }).flat();
  const another = () => makeEvent(dice, '', dice.pick(quarters));
  return [...events, ...correctionsOf(dice, events, dice.pick([0, 0.15, 0.3]), SOURCES, another)];
};

/** What is planned of a backfill (instants in milliseconds). `closes` and `reverts`: so long after it is sealed, or opened. */
export type PlannedBackfill = {
  readonly id: string;
  readonly opensAt: number;
  readonly sealsAt: number;
  readonly closes?: number;
  readonly reverts?: number;
};

/** A backfill and its lines. */
export type Backfilled = { readonly plan: PlannedBackfill; readonly events: readonly UsageEvent[] };

/**
 * A backfill and its lines: events of its own, events that are in the live ledger too (as they are or with another body),
 * and cancellations and replacements of those.
 */
export const makeBackfill = (dice: Chance, id: string, opensAt: number, live: readonly UsageEvent[]): Backfilled => {
  const plain = live.filter(({ replaces, type }) => replaces === undefined && type.startsWith('com.'));
  const quarterOf = ({ time }: UsageEvent): number => Math.floor(Date.parse(time) / (15 * MINUTE)) * 15 * MINUTE;
  const own = Array.from({ length: 3 + dice.below(8) }, (_, n) => {
    const near = dice.pick(plain);
    const event = makeEvent(dice, `${id}-${n}`, quarterOf(near));
    if (dice.happens(0.6)) return event;
    return dice.happens(0.6) ? near : { ...near, data: { ...near.data, note: id } };
  });
  const another = () => makeEvent(dice, '', quarterOf(dice.pick(plain)));
  const corrections = correctionsOf(dice, [...own, ...plain], 0.15, SOURCES, another, id);
  return {
    plan: {
      id,
      opensAt,
      sealsAt: opensAt + HOUR + dice.below(8 * HOUR),
      ...(dice.happens(0.8) ? { closes: dice.below(DAY) } : {}),
      ...(dice.happens(0.35) ? { reverts: dice.below(2 * DAY) } : {}),
    },
    events: [...own, ...corrections].map((event) => ({ ...event, backfill: id })),
  };
};
