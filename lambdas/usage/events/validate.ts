import type { UsageEvent } from '../types.ts';
import { bodyTextIn } from './canonical-line.ts';
import { readEnvelope } from './envelope.ts';
import { bodyHashOf, idHashOf, plainIdentityOf } from './event-identity.ts';
import { hasOnlyShortNumbers, saysNumbersInFull } from './exact-numbers.ts';
import { firstInexactNumber } from './raw-json.ts';
import { named, type Rejection, reject } from './rejection.ts';
import { dataFault, dataschemasOf, isKnownType, type RegisteredSchema, schemaOf, unknownFields } from './schemas.ts';
import { inNormalTime, type ValidationLimits } from './times.ts';

/** What became of a line: an event as it was sent (with its times normalised), or a rejection. */
export type Verdict =
  | {
      readonly ok: true;
      readonly event: UsageEvent;
      readonly schema: RegisteredSchema;
      /** Fields of the data that the schema does not know; kept, and counted as drift. */
      readonly unknown: readonly string[];
      readonly idHash: string;
      readonly bodyHash: string;
      /** Milliseconds from the event's time to its recording (to its arrival where the producer does not say). */
      readonly delayMillis: number;
    }
  | { readonly ok: false; readonly rejection: Rejection };

const registered = (event: UsageEvent): RegisteredSchema | Rejection => {
  const schema = schemaOf(event.type, event.dataschema);
  if (schema === undefined) {
    if (!isKnownType(event.type)) {
      const message = `No schema is registered for the type ${event.type}: register it in catalog/schemas, or mend the type.`;
      return reject('UNKNOWN_TYPE', '/type', message);
    }
    const known = dataschemasOf(event.type).join(', ');
    const message = `${event.dataschema} is no version of ${event.type}; known are ${known}.`;
    return reject('UNKNOWN_VERSION', '/dataschema', message);
  }
  const fault = dataFault(schema, event.data);
  return fault ? reject('SCHEMA', fault.path, fault.message) : schema;
};

const inexact = (line: string): Rejection | undefined => {
  const number = firstInexactNumber(line);
  if (number === undefined) return undefined;
  const message = `${number.text} has more than 15 significant digits, or is out of range: send it as a decimal string.`;
  return reject('NUMBER_PRECISION', number.path, message);
};

/** No text in a line without backslash holds a character that JSON escapes, half a character apart. */
const isPlain = (line: string): boolean => !line.includes('\\') && line.isWellFormed();

const refused = (rejection: Rejection, sent: UsageEvent): Verdict => ({ ok: false, rejection: named(rejection, sent) });

/**
 * Judges one line of text. The checks run in a fixed order (size, JSON, envelope, type, version, schema, precision,
 * times) and the first that fails names the code. `receivedAt` is when the stream took the line, so that a line is
 * judged alike on every delivery.
 */
export const validate = (line: string, receivedAt: string, limits: ValidationLimits): Verdict => {
  const envelope = readEnvelope(line);
  if ('rejection' in envelope) return { ok: false, rejection: envelope.rejection };
  const sent = envelope.event;
  const schema = registered(sent);
  if ('code' in schema) return refused(schema, sent);
  const plain = isPlain(line);
  // In a line that is its event's canonical text every number stands in its shortest form.
  const canonicalBody = plain ? bodyTextIn(line, sent) : undefined;
  const short = canonicalBody !== undefined || hasOnlyShortNumbers(sent);
  const imprecise = short ? undefined : inexact(line);
  if (imprecise) return refused(imprecise, sent);
  const timed = inNormalTime(sent, receivedAt, limits);
  if ('code' in timed) return refused((short ? inexact(line) : undefined) ?? timed, sent);
  const { event, delayMillis } = timed;
  const unknown = unknownFields(schema, sent.data);
  if (!plain) {
    const doubtful = short ? inexact(line) : undefined;
    if (doubtful) return refused(doubtful, sent);
    return { ok: true, event, schema, unknown, idHash: idHashOf(event), bodyHash: bodyHashOf(event), delayMillis };
  }
  const isCanonical = canonicalBody !== undefined && event === sent;
  const { idHash, bodyHash, bodyLength } = isCanonical ? plainIdentityOf(event, canonicalBody) : plainIdentityOf(event);
  const proven = canonicalBody !== undefined || !short || saysNumbersInFull(line, sent, event, bodyLength);
  const doubtful = proven ? undefined : inexact(line);
  if (doubtful) return refused(doubtful, sent);
  return { ok: true, event, schema, unknown, idHash, bodyHash, delayMillis };
};
