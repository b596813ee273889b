import type { UsageEvent } from './types.ts';

/** An event that cannot be taken: it could never be delivered, or the emitter is closed or overrun. */
export class EmitRefused extends Error {
  override readonly name = 'EmitRefused';
  /** `NOT_CLOUDEVENT`, `TOO_LARGE`: mend the event. `CLOSED`: the emitter was closed. `OVERRUN`: await each emit. */
  readonly code: 'NOT_CLOUDEVENT' | 'TOO_LARGE' | 'CLOSED' | 'OVERRUN';

  constructor(code: EmitRefused['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** An event as text on one line, and what it costs. */
export type Line = {
  readonly subject: string;
  readonly text: string;
  /** Size as UTF-8. */
  readonly bytes: number;
  /** What it counts for in memory. */
  readonly held: number;
};

/** Meterbridge takes events of at most this size. */
export const MAX_LINE_BYTES = 64 * 1024;

/**
 * Counted for each event beside its text, and for each pack beside its bytes: the objects around them. An event's is the
 * larger, by more than gzip can add to it, so that packing never takes more memory than it gives back.
 */
const EVENT_OVERHEAD = 320;
export const PACK_OVERHEAD = 256;

const REQUIRED = ['source', 'id', 'type', 'subject', 'time', 'dataschema'] as const;

/** What Meterbridge takes as a subject. It is the partition key too: a wrong one would cost the whole call. */
const SUBJECT = /^[^#\s\p{Cc}\p{Cs}]+$/u;
const MAX_SUBJECT = 128;

const refuse = (message: string): never => {
  throw new EmitRefused('NOT_CLOUDEVENT', message);
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/**
 * The same with all names in order. Meterbridge compares what comes twice by a text with names in order: a line that is
 * that text already is judged faster.
 */
const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, inOrder(inner)]),
  );
};

const textOf = (event: UsageEvent): string => {
  try {
    return JSON.stringify(inOrder(event));
  } catch (error) {
    return refuse(`the event is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/**
 * The line of an event. Only what every event must have is checked here; its data is judged by Meterbridge.
 * @throws {EmitRefused} for an event that could never be delivered.
 */
export const lineOf = (event: UsageEvent): Line => {
  for (const name of REQUIRED) {
    const value: unknown = event[name];
    if (typeof value !== 'string' || value === '') refuse(`the attribute ${name} must be a text that is not empty`);
  }
  if (event.specversion !== '1.0') refuse('the attribute specversion must be "1.0"');
  if (event.subject.length > MAX_SUBJECT || !SUBJECT.test(event.subject)) {
    refuse(`the subject may have at most ${MAX_SUBJECT} characters, and no "#", spaces or control characters`);
  }
  if (typeof event.data !== 'object' || event.data === null || Array.isArray(event.data)) {
    refuse('the attribute data must be a JSON object');
  }
  const text = textOf(event);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_LINE_BYTES) {
    throw new EmitRefused(
      'TOO_LARGE',
      `the event ${event.id} has ${bytes} bytes; at most ${MAX_LINE_BYTES} are taken: split it`,
    );
  }
  // The engine keeps a text with any character beyond ASCII at two bytes per character.
  const kept = bytes === text.length ? bytes : Math.max(bytes, 2 * text.length);
  return { subject: event.subject, text, bytes, held: kept + EVENT_OVERHEAD };
};
