import { iso } from './calendar.ts';
import { lineOf, type MadeEvent, type Send, TYPES } from './events.ts';
import type { Random } from './random.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const send = (event: MadeEvent, intent: Send['intent'], reordered = false): Send => ({
  line: lineOf(event, reordered),
  subject: event.subject,
  order: event.recorded,
  intent,
});

/** Re-sends of events: half of them at once (a retry), half some days later (a replay), some with other formatting. */
export const duplicatesOf = (events: readonly MadeEvent[], random: Random): Send[] =>
  events.map((event, n) => {
    const delay = n % 2 === 0 ? random.between(500, 30_000) : random.between(1, 5) * DAY + random.between(0, DAY);
    return send({ ...event, recorded: event.recorded + delay }, 'duplicate', n % 3 === 0);
  });

/** The same ids again with another number in the body, two hours later. */
export const conflictsWith = (events: readonly MadeEvent[]): Send[] =>
  events.map((event) =>
    send(
      {
        ...event,
        recorded: event.recorded + 2 * HOUR,
        data: { ...event.data, count: Number(event.data.count) + 1 },
      },
      'conflict',
    ),
  );

/** The same event again as a producer sends it that stamps the time of sending: same id, two days later. */
export const atAnotherTime = (event: MadeEvent): MadeEvent => ({
  ...event,
  time: event.time + 2 * DAY,
  recorded: event.recorded + 2 * DAY,
});

/** Ten kinds of malformed lines, by the code under which they must be quarantined. */
export const MALFORMED = [
  'NOT_JSON',
  'BAD_ENCODING',
  'NOT_CLOUDEVENT',
  'UNKNOWN_TYPE',
  'UNKNOWN_VERSION',
  'SCHEMA',
  'NUMBER_PRECISION',
  'BAD_TIME',
  'IN_FUTURE',
  'TOO_OLD',
] as const;

const broken = (kind: (typeof MALFORMED)[number], event: MadeEvent): string | Uint8Array => {
  const line = lineOf(event);
  switch (kind) {
    case 'NOT_JSON':
      return line.slice(0, -7);
    case 'BAD_ENCODING': {
      const bytes = new TextEncoder().encode(line);
      bytes[bytes.indexOf(0x2f)] = 0xff;
      return bytes;
    }
    case 'NOT_CLOUDEVENT':
      return line.replace(`"id":"${event.id}",`, '');
    case 'UNKNOWN_TYPE':
      return lineOf({ ...event, type: 'com.larkspur.printer.jammed' });
    case 'UNKNOWN_VERSION':
      return lineOf({ ...event, version: 9 });
    case 'SCHEMA':
      return lineOf({ ...event, data: { count: -3, endpoint: 'read' } });
    case 'NUMBER_PRECISION':
      return lineOf({ ...event, type: TYPES.storage, version: 1, data: { gb: 0 } }).replace(
        '"gb":0',
        '"gb":12.345678901234567',
      );
    case 'BAD_TIME':
      return line.replace(`"time":"${iso(event.time)}"`, '"time":"yesterday at noon"');
    case 'IN_FUTURE':
      return lineOf({ ...event, time: Date.UTC(2199, 0, 1) });
    case 'TOO_OLD':
      return lineOf({ ...event, time: Date.UTC(2009, 0, 1) });
  }
};

/** `perKind` malformed lines of each kind, made from the given events (which are not sent as they are). */
export const malformedLines = (perKind: number, makeEvent: () => MadeEvent): Send[] =>
  MALFORMED.flatMap((kind) =>
    Array.from({ length: perKind }, (): Send => {
      const event = makeEvent();
      return { line: broken(kind, event), subject: event.subject, order: event.recorded, intent: `malformed:${kind}` };
    }),
  );
