import type { CanonicalUsage, Slot, UsageEvent } from '../types.ts';
import { idHashOf } from './event-identity.ts';
import { slotStart } from './event-time.ts';
import { liveSlot } from './live-slot.ts';

/**
 * Corrections are lines of the stream like any other: a cancellation is an event of a built-in type, a replacement is a
 * usage event that names the one it replaces, and what belongs to a backfill names the backfill.
 */

/** The built-in type of a line that cancels an event. Its schema is in `built-in/`. */
export const CANCELLATION_TYPE = 'meterbridge.cancellation';

/** What is wrong with an attribute, and a sentence that says how to mend it. */
type AttributeFault = { readonly path: string; readonly message: string };

/** Names become parts of keys, so they are of letters, digits, dots, dashes and underscores. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const ID_LENGTH = 256;
const TIME_LENGTH = 64;
const BACKFILL_LENGTH = 64;
const RELEASED_LENGTH = 128;

const textFault = (name: string, value: unknown, limit: number): AttributeFault | undefined => {
  if (typeof value !== 'string' || value === '') {
    return {
      path: `/${name}`,
      message: `The attribute ${name} must be a text that is not empty: leave it out instead.`,
    };
  }
  if (value.length > limit) {
    return { path: `/${name}`, message: `The attribute ${name} may have at most ${limit} characters.` };
  }
  return undefined;
};

const nameFault = (name: string, value: unknown, limit: number): AttributeFault | undefined =>
  textFault(name, value, limit) ??
  (NAME.test(String(value))
    ? undefined
    : {
        path: `/${name}`,
        message: `The attribute ${name} may hold only letters, digits, dots, dashes and underscores.`,
      });

const replacementFault = (event: Readonly<Record<string, unknown>>): AttributeFault | undefined => {
  const { replaces, replacestime, type, id } = event;
  if (replaces === undefined) {
    return replacestime === undefined
      ? undefined
      : { path: '/replacestime', message: 'The attribute replacestime says nothing without replaces: add replaces.' };
  }
  const fault =
    textFault('replaces', replaces, ID_LENGTH) ??
    (replacestime === undefined ? undefined : textFault('replacestime', replacestime, TIME_LENGTH));
  if (fault) return fault;
  if (type === CANCELLATION_TYPE) {
    return { path: '/replaces', message: 'A cancellation replaces nothing: name the cancelled event in data.id.' };
  }
  return replaces === id
    ? { path: '/replaces', message: 'An event cannot replace itself: send the new one under an id of its own.' }
    : undefined;
};

const selfCancelled = ({ type, source, id, data }: Readonly<Record<string, unknown>>): boolean => {
  if (type !== CANCELLATION_TYPE || typeof data !== 'object' || data === null) return false;
  const cancelled = data as { readonly id?: unknown; readonly source?: unknown };
  return cancelled.id === id && (cancelled.source ?? source) === source;
};

/** The first thing wrong with the attributes that only corrections have. Their times are looked at with all others. */
export const correctionFault = (event: Readonly<Record<string, unknown>>): AttributeFault | undefined => {
  const { backfill, releasedfrom } = event;
  return (
    replacementFault(event) ??
    (backfill === undefined ? undefined : nameFault('backfill', backfill, BACKFILL_LENGTH)) ??
    (releasedfrom === undefined ? undefined : nameFault('releasedfrom', releasedfrom, RELEASED_LENGTH)) ??
    (selfCancelled(event)
      ? { path: '/data/id', message: 'A cancellation cannot cancel itself: it has an id of its own.' }
      : undefined)
  );
};

/** The slot of an event: of the live chain, or of the overlay of the backfill that it belongs to. */
export const slotOfEvent = ({ subject, backfill }: UsageEvent, time: string): Slot =>
  backfill === undefined ? liveSlot(subject, time) : { subject, start: slotStart(time), overlay: backfill };

type Correction = Pick<CanonicalUsage, 'kind' | 'cancels'>;

/** What nearly all lines are. */
const USAGE: Correction = { kind: 'usage' };

/** What a validated line is, and which event it cancels, if any. */
export const correctionOf = (event: UsageEvent): Correction => {
  if (event.type === CANCELLATION_TYPE) {
    // Both were checked against the schema of the type.
    const { id, source = event.source } = event.data as { readonly id: string; readonly source?: string };
    return {
      kind: 'cancellation',
      cancels: { idHash: idHashOf({ source, id }), slot: slotOfEvent(event, event.time) },
    };
  }
  if (event.replaces === undefined) return USAGE;
  const { source, replaces, replacestime = event.time } = event;
  const idHash = idHashOf({ source, id: replaces });
  return { kind: 'usage', cancels: { idHash, slot: slotOfEvent(event, replacestime) } };
};
