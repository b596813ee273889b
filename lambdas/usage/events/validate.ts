import type { QuarantineCode, UsageEvent } from '../types.ts';
import { correctionFault } from './corrections.ts';
import { DAY, normalTime } from './event-time.ts';
import { firstInexactNumber } from './raw-json.ts';
import { dataFault, dataschemasOf, isKnownType, type RegisteredSchema, schemaOf, unknownFields } from './schemas.ts';

/** Why a line is refused: code, JSON pointer of the place, and a sentence that says what is wrong and how to mend it. */
export type Rejection = {
  readonly code: QuarantineCode;
  readonly path: string;
  readonly message: string;
  readonly subject?: string;
  readonly eventId?: string;
};

/** What became of a line: an event as it was sent (with its times normalised), or a rejection. */
export type Verdict =
  | {
      readonly ok: true;
      readonly event: UsageEvent;
      readonly schema: RegisteredSchema;
      /** Fields of the data that the schema does not know; kept, and counted as drift. */
      readonly unknown: readonly string[];
    }
  | { readonly ok: false; readonly rejection: Rejection };

/** What is the same for all lines of an environment. */
export type ValidationLimits = {
  /** Events older than this at their arrival are refused: their slot's ids may be gone. */
  readonly horizonDays: number;
};

/** One line may have this many bytes. */
export const MAX_LINE_BYTES = 64 * 1024;
/** One line may be nested so deep; whatever walks over it can rely on that. */
export const MAX_DEPTH = 32;
/** Clocks of producers may be ahead by this much. */
export const MAX_AHEAD_MILLIS = 5 * 60_000;

const reject = (code: QuarantineCode, path: string, message: string): Rejection => ({ code, path, message });

const ATTRIBUTES = { id: 256, source: 1024, type: 256, subject: 128, time: 64, dataschema: 1024 } as const;

/** Characters that a subject may not have (halves of characters too): the ledger's keys are made of it. */
const SUBJECT = /^[^#\s\p{Cc}\p{Cs}]+$/u;
const RESERVED_SUBJECTS: ReadonlySet<string> = new Set(['SUBJECTS']);

const attributeFault = (event: Record<string, unknown>): Rejection | undefined => {
  for (const [name, limit] of Object.entries(ATTRIBUTES)) {
    const value = event[name];
    if (value === undefined) {
      return reject('NOT_CLOUDEVENT', `/${name}`, `The attribute ${name} is missing: every usage event carries it.`);
    }
    if (typeof value !== 'string' || value === '') {
      return reject('NOT_CLOUDEVENT', `/${name}`, `The attribute ${name} must be a text that is not empty.`);
    }
    if (value.length > limit) {
      return reject('NOT_CLOUDEVENT', `/${name}`, `The attribute ${name} may have at most ${limit} characters.`);
    }
  }
  return undefined;
};

const envelopeFault = (event: Record<string, unknown>): Rejection | undefined => {
  if (event.specversion !== '1.0') {
    return reject('NOT_CLOUDEVENT', '/specversion', 'The attribute specversion must be "1.0" (CloudEvents 1.0).');
  }
  const fault = attributeFault(event);
  if (fault) return fault;
  const subject = String(event.subject);
  if (!SUBJECT.test(subject) || RESERVED_SUBJECTS.has(subject)) {
    return reject(
      'NOT_CLOUDEVENT',
      '/subject',
      'The subject may hold no "#", spaces or control characters, and not be SUBJECTS.',
    );
  }
  const { recordedtime, data, datacontenttype } = event;
  if (recordedtime !== undefined && typeof recordedtime !== 'string') {
    return reject('NOT_CLOUDEVENT', '/recordedtime', 'The attribute recordedtime must be a text.');
  }
  if ('data_base64' in event) {
    return reject('NOT_CLOUDEVENT', '/data_base64', 'Send the data as JSON in data, not in data_base64.');
  }
  if (datacontenttype !== undefined && datacontenttype !== 'application/json') {
    return reject('NOT_CLOUDEVENT', '/datacontenttype', 'The data must be application/json.');
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return reject('NOT_CLOUDEVENT', '/data', 'The attribute data must be a JSON object.');
  }
  const correction = correctionFault(event);
  return correction && reject('NOT_CLOUDEVENT', correction.path, correction.message);
};

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)));

/** A line as an object that has the envelope of a CloudEvent, or why it is none. The times are not yet looked at. */
export const readEnvelope = (line: string): { readonly event: UsageEvent } | { readonly rejection: Rejection } => {
  if (Buffer.byteLength(line) > MAX_LINE_BYTES) {
    const message = `The line has ${Buffer.byteLength(line)} bytes; at most ${MAX_LINE_BYTES} are taken: split the event.`;
    return { rejection: reject('TOO_LARGE', '', message) };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    // The parser's own words quote the line, which may hold what nobody should read in a message.
    const detail = error instanceof SyntaxError ? /at position \d+/.exec(error.message)?.[0] : undefined;
    const message = `The line is not JSON${detail ? ` (${detail})` : ''}: send one complete JSON object per line.`;
    return { rejection: reject('NOT_JSON', '', message) };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { rejection: reject('NOT_CLOUDEVENT', '', 'The line must be a JSON object: one CloudEvent.') };
  }
  if (isDeeper(parsed, MAX_DEPTH)) {
    return { rejection: reject('TOO_LARGE', '', `The line is nested more than ${MAX_DEPTH} deep: flatten its data.`) };
  }
  const fault = envelopeFault(parsed as Record<string, unknown>);
  return fault ? { rejection: named(fault, parsed as Record<string, unknown>) } : { event: parsed as UsageEvent };
};

/** Adds what is known of the event to its rejection, so that a person finds it by subject or id. */
const named = (rejection: Rejection, event: Readonly<Record<string, unknown>>): Rejection => {
  const { subject, id } = event;
  return {
    ...rejection,
    ...(typeof subject === 'string' ? { subject: subject.slice(0, ATTRIBUTES.subject) } : {}),
    ...(typeof id === 'string' ? { eventId: id.slice(0, ATTRIBUTES.id) } : {}),
  };
};

const schemaFault = (line: string, event: UsageEvent): RegisteredSchema | Rejection => {
  if (!isKnownType(event.type)) {
    const message = `No schema is registered for the type ${event.type}: register it in catalog/schemas, or mend the type.`;
    return reject('UNKNOWN_TYPE', '/type', message);
  }
  const schema = schemaOf(event.type, event.dataschema);
  if (schema === undefined) {
    const known = dataschemasOf(event.type).join(', ');
    return reject(
      'UNKNOWN_VERSION',
      '/dataschema',
      `${event.dataschema} is no version of ${event.type}; known are ${known}.`,
    );
  }
  const fault = dataFault(schema, event.data);
  if (fault) return reject('SCHEMA', fault.path, fault.message);
  const inexact = firstInexactNumber(line);
  if (inexact) {
    const message = `${inexact.text} has more than 15 significant digits, or is out of range: send it as a decimal string.`;
    return reject('NUMBER_PRECISION', inexact.path, message);
  }
  return schema;
};

type Times = { readonly time: string; readonly recordedtime?: string; readonly replacestime?: string };

const notTime = (path: string, text: string): Rejection =>
  reject('BAD_TIME', path, `${text} is no RFC 3339 time with a zone, like 2026-10-01T09:30:00Z.`);

/** Whether a time that leads to a slot is one that a line may have at its arrival. */
const rangeFault = (
  path: string,
  { time, text }: { readonly time: string; readonly text: string },
  receivedAt: string,
  limits: ValidationLimits,
): Rejection | undefined => {
  const ahead = Date.parse(time) - Date.parse(receivedAt);
  if (ahead > MAX_AHEAD_MILLIS) {
    const message = `${text} is more than 5 minutes after the arrival at ${receivedAt}: set the producer's clock.`;
    return reject('IN_FUTURE', path, message);
  }
  if (-ahead > limits.horizonDays * DAY) {
    const message = `${text} is more than ${limits.horizonDays} days before the arrival at ${receivedAt}: such usage is adjusted by hand.`;
    return reject('TOO_OLD', path, message);
  }
  return undefined;
};

const times = (event: UsageEvent, receivedAt: string, limits: ValidationLimits): Times | Rejection => {
  const { recordedtime, replacestime } = event;
  const time = normalTime(event.time);
  if (time === undefined) return notTime('/time', event.time);
  const recorded = recordedtime === undefined ? undefined : normalTime(recordedtime);
  if (recordedtime !== undefined && recorded === undefined) return notTime('/recordedtime', recordedtime);
  const replaced = replacestime === undefined ? undefined : normalTime(replacestime);
  if (replacestime !== undefined && replaced === undefined) return notTime('/replacestime', replacestime);
  const fault =
    rangeFault('/time', { time, text: event.time }, receivedAt, limits) ??
    (replacestime === undefined || replaced === undefined
      ? undefined
      : rangeFault('/replacestime', { time: replaced, text: replacestime }, receivedAt, limits));
  return (
    fault ?? {
      time,
      ...(recorded === undefined ? {} : { recordedtime: recorded }),
      ...(replaced === undefined ? {} : { replacestime: replaced }),
    }
  );
};

/**
 * Judges one line of text. The checks run in a fixed order (size, JSON, envelope, type, version, schema, precision,
 * times) and the first that fails names the code. `receivedAt` is when the stream took the line, so that a line is
 * judged alike on every delivery.
 */
export const validate = (line: string, receivedAt: string, limits: ValidationLimits): Verdict => {
  const envelope = readEnvelope(line);
  if ('rejection' in envelope) return { ok: false, rejection: envelope.rejection };
  const sent = envelope.event;
  const schema = schemaFault(line, sent);
  if ('code' in schema) return { ok: false, rejection: named(schema, sent) };
  const instants = times(sent, receivedAt, limits);
  if ('code' in instants) return { ok: false, rejection: named(instants, sent) };
  return { ok: true, event: { ...sent, ...instants }, schema, unknown: unknownFields(schema, sent.data) };
};

/** The rejection of a line that is not even text. */
export const rejectEncoding = (broken: string): Rejection =>
  reject('BAD_ENCODING', '', `The line cannot be read: ${broken}. Send UTF-8 JSON, packed with gzip or plain.`);

/**
 * The rejection of a line at which judging itself failed. Only such a line waits then; the stream goes on. The error's
 * own message may quote the line, so only its name is told.
 */
export const rejectUnforeseen = (error: unknown): Rejection =>
  reject(
    'UNFORESEEN',
    '',
    `Meterbridge could not judge the line (${error instanceof Error ? error.name : 'no error'}): tell its operators, and send nothing again.`,
  );
