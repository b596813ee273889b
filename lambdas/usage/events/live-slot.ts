import type { Slot } from '../types.ts';
import { hasSlotStart, quarterOf, slotStart } from './event-time.ts';

/** Places for slots that were met lately, a power of two; a newcomer takes the place of whoever has it. */
const PLACES = 256;
const lately = new Array<Slot | undefined>(PLACES);

const placeOf = (subject: string, time: string): number =>
  (quarterOf(time) + subject.length * 31 + subject.charCodeAt(subject.length - 1) * 97) % PLACES;

/**
 * The slot of the live chain that a subject has at a time (ISO 8601 UTC with milliseconds). Events of a pack share few
 * slots: they get the same object, so that whoever groups by slot need not compare texts for each of them.
 */
export const liveSlot = (subject: string, time: string): Slot => {
  const place = placeOf(subject, time);
  const known = lately[place];
  if (known !== undefined && known.subject === subject && hasSlotStart(time, known.start)) return known;
  const slot = { subject, start: slotStart(time) };
  lately[place] = slot;
  return slot;
};
