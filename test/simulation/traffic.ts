import type { QuarantineCode, UsageEvent } from '../../lambdas/usage/types.ts';
import type { Chance } from './chance.ts';
import {
  type Backfilled,
  DAY,
  END,
  MINUTE,
  makeBackfill,
  makeEvents,
  type PlannedBackfill,
  SCHEMAS,
  START,
} from './events.ts';

/** A line as a producer sends it, and what must become of it: an event, unless its time is wrong, or why not. */
export type SentLine = {
  readonly bytes: Uint8Array;
  readonly expect: 'event' | QuarantineCode;
  /** The event, with its time as ISO 8601 UTC. */
  readonly event?: UsageEvent;
};

/** How lines travel: alone, as lines of a pack, as a JSON array (packed or not), or over HTTP. */
export type Form = 'plain' | 'pack' | 'array' | 'packedArray' | 'http';

/** What a producer sends at an instant (milliseconds). */
export type Delivery = {
  readonly at: number;
  readonly partitionKey: string;
  readonly form: Form;
  readonly lines: readonly SentLine[];
};

const inKolkata = (time: string): string =>
  new Date(Date.parse(time) + 330 * MINUTE).toISOString().replace('Z', '+05:30');

/** An event as text: producers differ in the order of keys, in spaces, in the notation of times, from try to try. */
const written = (dice: Chance, event: UsageEvent, at: number): SentLine => {
  const time = dice.happens(0.2) ? inKolkata(event.time) : event.time;
  const { replacestime } = event;
  const replaced = replacestime !== undefined && dice.happens(0.2) ? { replacestime: inKolkata(replacestime) } : {};
  const recorded = dice.happens(0.2) ? { recordedtime: new Date(at).toISOString() } : {};
  const fields = Object.entries({ ...event, time, ...replaced, ...recorded });
  const ordered = Object.fromEntries(dice.happens(0.3) ? dice.shuffle(fields) : fields);
  const text = JSON.stringify(ordered);
  return { bytes: Buffer.from(dice.happens(0.1) ? text.replaceAll('":', '": ') : text), expect: 'event', event };
};

const poison = (dice: Chance, event: UsageEvent): SentLine => {
  const line = (expect: QuarantineCode, text: string): SentLine => ({ bytes: Buffer.from(text), expect });
  const but = (expect: QuarantineCode, change: object) => line(expect, JSON.stringify({ ...event, ...change }));
  return dice.pick([
    () => line('NOT_JSON', `{"specversion":"1.0","id":"${event.id}"`),
    () => line('NOT_CLOUDEVENT', '{"hello":"world"}'),
    () => but('NOT_CLOUDEVENT', { subject: '' }),
    () => but('UNKNOWN_TYPE', { type: 'com.larkspur.unknown' }),
    () => but('UNKNOWN_VERSION', { dataschema: `${event.dataschema}9` }),
    () => but('SCHEMA', { type: 'com.larkspur.seats.changed', dataschema: `${SCHEMAS}.seats.changed/1`, data: {} }),
    () => but('BAD_TIME', { time: '2026-02-30T00:00:00Z' }),
    () => ({ bytes: Buffer.from([0x22, 0xff, 0xfe, 0x22]), expect: 'BAD_ENCODING' as const }),
    () =>
      but('NUMBER_PRECISION', {
        type: 'com.larkspur.storage.sampled',
        dataschema: `${SCHEMAS}.storage.sampled/1`,
        data: { gb: '?' },
      }),
    () => but('TOO_LARGE', { data: { ...event.data, filler: 'x'.repeat(66_000) } }),
  ])();
};

/** JSON cannot write a number of so many digits: it is put into the text. */
const withLongNumber = (line: SentLine): SentLine =>
  line.expect === 'NUMBER_PRECISION'
    ? { ...line, bytes: Buffer.from(Buffer.from(line.bytes).toString().replace('"?"', '0.12345678901234567')) }
    : line;

type Due = { readonly at: number; readonly line: SentLine; readonly key: string };

/** A moment lasts longer than a writer trusts its marks. */
const MOMENT = 8 * MINUTE;

/** When the copies of an event are sent: most at once, others hours and days later, or all of them in a backlog. */
const duesOf = (dice: Chance, event: UsageEvent, moments: readonly number[], isBacklog: boolean): Due[] => {
  const time = Math.max(Date.parse(event.time), Date.parse(event.replacestime ?? event.time));
  const later = () => Math.max(time, dice.pick(moments)) + dice.below(MOMENT);
  const onTime = () => time + (dice.happens(0.1) ? -dice.below(6 * MINUTE) : dice.below(10 * MINUTE));
  const copies = 1 + dice.below(3);
  return Array.from({ length: copies }, (_, n) => {
    const at = n === 0 && !isBacklog && dice.happens(0.8) ? onTime() : later();
    return { at, line: written(dice, event, at), key: event.subject };
  });
};

const CUT = 3 * MINUTE;

const formOf = (dice: Chance, lines: readonly SentLine[]): Form => {
  const texts = lines.every(({ expect }) => expect !== 'BAD_ENCODING' && expect !== 'NOT_JSON');
  if (texts && dice.happens(0.25)) return 'http';
  if (lines.length === 1 && dice.happens(0.5)) return 'plain';
  return texts && dice.happens(0.3) ? dice.pick(['array', 'packedArray']) : 'pack';
};

/** What is due at about the same time goes together, mostly by subject, in records of a few lines. */
const packed = (dice: Chance, dues: readonly Due[]): Delivery[] =>
  [...Map.groupBy(dues, ({ at, key }) => `${Math.floor(at / CUT)} ${dice.happens(0.8) ? key : ''}`).values()].flatMap(
    (group) => {
      const mixed = dice.shuffle(group);
      const deliveries: Delivery[] = [];
      while (mixed.length > 0) {
        const lines = mixed.splice(0, 1 + dice.below(8));
        deliveries.push({
          at: Math.max(...lines.map(({ at }) => at)),
          partitionKey: dice.happens(0.9) ? (lines[0]?.key ?? '') : `other-${dice.below(9)}`,
          form: formOf(
            dice,
            lines.map(({ line }) => line),
          ),
          lines: lines.map(({ line }) => line),
        });
      }
      return deliveries;
    },
  );

/** Lines of a backfill: most while it is open, few before and after. */
const backfillDues = (dice: Chance, { plan, events }: Backfilled): Due[] =>
  events.flatMap((event) => {
    const copies = 1 + dice.below(2);
    const open = plan.sealsAt - plan.opensAt;
    return Array.from({ length: copies }, () => {
      const at = plan.opensAt + Math.floor((dice.next() * 1.2 - 0.03) * open);
      return { at, line: written(dice, event, at), key: event.subject };
    });
  });

/** Everything that producers send in a run, in order of time, when the run begins, and which backfills there are. */
export type Traffic = {
  readonly begins: number;
  readonly deliveries: readonly Delivery[];
  readonly backfills: readonly PlannedBackfill[];
};

export const makeTraffic = (dice: Chance): Traffic => {
  const isBacklog = dice.happens(0.3);
  const from = isBacklog ? END + dice.below(6 * DAY) : START;
  const moments = Array.from({ length: 2 + dice.below(4) }, () => from + dice.below(isBacklog ? 3 * DAY : 13 * DAY));
  const events = makeEvents(dice);
  const dues = events.flatMap((event) => duesOf(dice, event, moments, isBacklog));
  const bad = Array.from({ length: dice.below(7) }, () => {
    const event = dice.pick(events);
    const line = withLongNumber(poison(dice, event));
    return { at: Math.max(Date.parse(event.time), dice.pick(moments)), line, key: event.subject };
  });
  const backfills = Array.from({ length: dice.pick([0, 0, 1, 2]) }, (_, n) => {
    const opensAt = Math.max(END, dice.pick(moments)) - dice.below(2 * DAY);
    return makeBackfill(dice, `bf-${n + 1}`, opensAt, events);
  });
  const loaded = backfills.flatMap((backfill) => backfillDues(dice, backfill));
  const deliveries = packed(dice, [...dues, ...bad, ...loaded]).sort((a, b) => a.at - b.at);
  return {
    begins: Math.min(from, deliveries[0]?.at ?? from),
    deliveries,
    backfills: backfills.map(({ plan }) => plan),
  };
};
