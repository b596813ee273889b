import { iso } from './calendar.ts';

/** The event types of the example product, as its services send them. */
export const TYPES = {
  api: 'com.larkspur.api.requests',
  storage: 'com.larkspur.storage.sampled',
  summaries: 'com.larkspur.ai.summaries',
  user: 'com.larkspur.user.active',
  seats: 'com.larkspur.seats.changed',
} as const;

/** A usage event before it becomes a line. Times in milliseconds since 1970. */
export type MadeEvent = {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly subject: string;
  readonly time: number;
  readonly recorded: number;
  readonly data: Readonly<Record<string, unknown>>;
};

/** The CloudEvents 1.0 line of an event; `reordered` writes the same content with its fields in another order. */
export const lineOf = (event: MadeEvent, reordered = false): string => {
  const fields: [string, unknown][] = [
    ['specversion', '1.0'],
    ['source', '//larkspur.example/platform'],
    ['id', event.id],
    ['type', event.type],
    ['subject', event.subject],
    ['time', iso(event.time)],
    ['recordedtime', iso(event.recorded)],
    ['dataschema', `https://schemas.larkspur.example/${event.type}/${event.version}`],
    ['datacontenttype', 'application/json'],
    ['data', event.data],
  ];
  return JSON.stringify(Object.fromEntries(reordered ? fields.reverse() : fields));
};

/** What the generator meant a line to be, written beside it so that a reader can check what became of it. */
export type Intent =
  | 'regular'
  | 'late'
  | 'upcast'
  | 'outside-the-month'
  | 'unknown-subject'
  | 'same-id-other-time'
  | 'duplicate'
  | 'conflict'
  | 'after-close'
  | `malformed:${string}`;

/** One line to send. `subject` is the partition key; `order` sorts the sending (milliseconds since 1970). */
export type Send = {
  readonly line: string | Uint8Array;
  readonly subject: string;
  readonly order: number;
  readonly intent: Intent;
};
