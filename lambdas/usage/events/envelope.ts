import type { UsageEvent } from '../types.ts';
import { CANCELLATION_TYPE, correctionFault } from './corrections.ts';
import { withoutBackslashKeys } from './raw-json.ts';
import { MAX_ID, MAX_SUBJECT, named, type Rejection, reject } from './rejection.ts';

/** One line may have this many bytes. */
export const MAX_LINE_BYTES = 64 * 1024;
/** One line may be nested so deep; whatever walks over it can rely on that. */
export const MAX_DEPTH = 32;

/** The attributes that every event carries, and how many characters each may have. */
const ATTRIBUTES = {
  id: MAX_ID,
  source: 1024,
  type: 256,
  subject: MAX_SUBJECT,
  time: 64,
  dataschema: 1024,
} as const;

/** Characters that a subject may not have (halves of characters too): the ledger's keys are made of it. */
const SUBJECT = /^[^#\s\p{Cc}\p{Cs}]+$/u;
/** Nearly all subjects are these characters only, which is found out much faster. */
const USUAL_SUBJECT = /^[!"$-~]+$/;
const RESERVED_SUBJECT = 'SUBJECTS';

/** A parsed line that is an object; what its attributes are is not yet known. */
type Fields = Readonly<Record<string, unknown>>;

const attributeFault = (event: Fields): Rejection | undefined => {
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

const isText = (value: unknown, limit: number): boolean =>
  typeof value === 'string' && value !== '' && value.length <= limit;
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Whether an envelope is in order beyond doubt: no correction, a usual subject. Says no where `envelopeFault` may still
 * find nothing wrong, never yes where it finds something.
 */
const isUsual = (event: Fields): boolean =>
  event.specversion === '1.0' &&
  isText(event.id, ATTRIBUTES.id) &&
  isText(event.source, ATTRIBUTES.source) &&
  isText(event.type, ATTRIBUTES.type) &&
  isText(event.subject, ATTRIBUTES.subject) &&
  isText(event.time, ATTRIBUTES.time) &&
  isText(event.dataschema, ATTRIBUTES.dataschema) &&
  USUAL_SUBJECT.test(event.subject as string) &&
  event.subject !== RESERVED_SUBJECT &&
  event.type !== CANCELLATION_TYPE &&
  (event.recordedtime === undefined || typeof event.recordedtime === 'string') &&
  event.data_base64 === undefined &&
  event.datacontenttype === undefined &&
  event.replaces === undefined &&
  event.replacestime === undefined &&
  event.backfill === undefined &&
  event.releasedfrom === undefined &&
  isObject(event.data);

const envelopeFault = (event: Fields): Rejection | undefined => {
  if (event.specversion !== '1.0') {
    return reject('NOT_CLOUDEVENT', '/specversion', 'The attribute specversion must be "1.0" (CloudEvents 1.0).');
  }
  const fault = attributeFault(event);
  if (fault) return fault;
  const subject = String(event.subject);
  if (!SUBJECT.test(subject) || subject === RESERVED_SUBJECT) {
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
  if (!isObject(data)) return reject('NOT_CLOUDEVENT', '/data', 'The attribute data must be a JSON object.');
  const correction = correctionFault(event);
  return correction && reject('NOT_CLOUDEVENT', correction.path, correction.message);
};

const isDeeper = (value: unknown, levels: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((inner) => isDeeper(inner, levels - 1));
  // What JSON.parse made has no inherited fields to be seen here.
  for (const name in value) {
    const inner = (value as Fields)[name];
    // Nearly all are texts: no call for them.
    if (typeof inner === 'object' && isDeeper(inner, levels - 1)) return true;
  }
  return false;
};

const isTooLong = (line: string): boolean =>
  // A unit of a text is one to three bytes.
  line.length > MAX_LINE_BYTES || (line.length * 3 > MAX_LINE_BYTES && Buffer.byteLength(line) > MAX_LINE_BYTES);

/** A line as an object that has the envelope of a CloudEvent, or why it is none. The times are not yet looked at. */
export const readEnvelope = (line: string): { readonly event: UsageEvent } | { readonly rejection: Rejection } => {
  if (isTooLong(line)) {
    const message = `The line has ${Buffer.byteLength(line)} bytes; at most ${MAX_LINE_BYTES} are taken: split the event.`;
    return { rejection: reject('TOO_LARGE', '', message) };
  }
  // The same text, unless a key was mended.
  const safe = withoutBackslashKeys(line);
  let parsed: unknown;
  try {
    parsed = JSON.parse(safe);
  } catch (error) {
    // The parser's own words quote the line, which may hold what nobody should read in a message.
    const detail = error instanceof SyntaxError ? /at position \d+/.exec(error.message)?.[0] : undefined;
    const message = `The line is not JSON${detail ? ` (${detail})` : ''}: send one complete JSON object per line.`;
    return { rejection: reject('NOT_JSON', '', message) };
  }
  if (!isObject(parsed)) {
    return { rejection: reject('NOT_CLOUDEVENT', '', 'The line must be a JSON object: one CloudEvent.') };
  }
  const event = parsed as Fields;
  if (safe !== line) {
    const message = 'The name of a field begins with a backslash: give it another name.';
    return { rejection: named(reject('NOT_CLOUDEVENT', '', message), event) };
  }
  if (isDeeper(event, MAX_DEPTH)) {
    return { rejection: reject('TOO_LARGE', '', `The line is nested more than ${MAX_DEPTH} deep: flatten its data.`) };
  }
  const fault = isUsual(event) ? undefined : envelopeFault(event);
  return fault ? { rejection: named(fault, event) } : { event: event as UsageEvent };
};
