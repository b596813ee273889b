import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, normalTime, slotStart } from '../../../lambdas/usage/events/event-time.ts';
import { liveSlot } from '../../../lambdas/usage/events/live-slot.ts';

/** By the book: the pattern of RFC 3339, a date that the calendar has, and what `Date` makes of it. */
const byTheBook = (text: string): string | undefined => {
  const pattern = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
  const [, date = '', clock = '', fraction = '', zone = ''] = pattern.exec(text) ?? [];
  const millis = `.${fraction.slice(1, 4).padEnd(3, '0')}`;
  const local = new Date(`${date}T${clock}${millis}Z`);
  // A date that does not exist, and hour 24, come back as another one.
  if (Number.isNaN(local.getTime()) || local.toISOString() !== `${date}T${clock}${millis}Z`) return undefined;
  const instant = new Date(`${date}T${clock}${millis}${zone.toUpperCase()}`);
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString();
};

const instant = fc.date({
  min: new Date('0100-01-01T00:00:00Z'),
  max: new Date('9998-12-31T00:00:00Z'),
  noInvalidDate: true,
});
/** Of any century, and often near the end of a month, where calendars go wrong. */
const iso = fc.oneof(
  instant.map((date) => date.toISOString()),
  fc
    .tuple(fc.integer({ min: 1899, max: 3001 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
    .map(([y, m, d]) => `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}T23:59:59.999Z`),
);
const written = fc
  .tuple(iso, fc.constantFrom('', '+02:00', '-11:30', '+24:00', 'z', '+1:00'), fc.constantFrom(24, 23, 20, 19, 10))
  .map(([text, zone, digits]) => {
    const clock = text.slice(0, 19);
    const fraction = digits === 24 ? text.slice(19, 23) : digits === 23 ? `${text.slice(19, 23)}7` : '';
    return digits === 10 ? text.slice(0, 10) : `${clock}${fraction}${zone === '' ? 'Z' : zone}`;
  });
const mutated = fc
  .tuple(written, fc.nat(30), fc.constantFrom('0', '9', ':', '-', 'T', 't', 'Z', '.', ' ', '/', '\u0660', ''))
  .map(([text, at, char]) => `${text.slice(0, at)}${char}${text.slice(at + 1)}`);

describe('the time of an event', () => {
  it('is read as the book says, however it is written', () => {
    fc.assert(
      fc.property(fc.oneof(written, mutated), (text) => {
        expect(normalTime(text)).toBe(byTheBook(text));
        expect(instantOf(text)).toBe(Date.parse(byTheBook(text) ?? ''));
      }),
      { numRuns: 5_000 },
    );
  });

  it('knows every day of four centuries, and none more', () => {
    for (let year = 1970; year < 2370; year += 1) {
      for (let month = 1; month <= 12; month += 1) {
        const first = `${year}-${String(month).padStart(2, '0')}-`;
        const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
        expect(instantOf(`${first}01T00:00:00Z`)).toBe(Date.UTC(year, month - 1, 1));
        expect(instantOf(`${first}${last}T00:00:00Z`)).toBe(Date.UTC(year, month - 1, last));
        expect(instantOf(`${first}${last + 1}T00:00:00Z`)).toBeNaN();
      }
    }
  });

  it('falls into the quarter of an hour that arithmetic says', () => {
    fc.assert(
      fc.property(instant, (date) => {
        const slot = 15 * 60_000;
        expect(slotStart(date.toISOString())).toBe(new Date(Math.floor(date.getTime() / slot) * slot).toISOString());
      }),
    );
  });

  it('gives every subject its own slot, the same object where it was met lately', () => {
    const subject = fc.constantFrom('org-1', 'org-2', 'gro-1', 'o', 'org-11');
    const near = fc.integer({ min: 0, max: 4 * 24 * 60 }).map((minutes) => new Date(Date.UTC(2026, 9, 5, 0, minutes)));
    fc.assert(
      fc.property(fc.array(fc.tuple(subject, fc.oneof(near, instant))), (all) => {
        for (const [who, date] of [...all, ...all]) {
          const time = date.toISOString();
          expect(liveSlot(who, time)).toEqual({ subject: who, start: slotStart(time) });
        }
        const again = '2026-10-05T09:14:59.999Z';
        expect(liveSlot('org-1', again)).toBe(liveSlot('org-1', '2026-10-05T09:00:00.000Z'));
      }),
      { numRuns: 300 },
    );
  });
});
