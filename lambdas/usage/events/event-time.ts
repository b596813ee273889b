/** RFC 3339 with a time zone; fractions of any length. */
const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** Milliseconds in an hour and a day. */
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/**
 * An RFC 3339 time as ISO 8601 UTC with milliseconds (finer fractions are cut), or `undefined` if it is none. Dates that
 * do not exist (30 February) and leap seconds are none: a time that the ledger stores must mean one instant everywhere.
 */
export const normalTime = (text: string): string | undefined => {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', zone = ''] = match;
  const fits =
    Number(month) >= 1 &&
    Number(month) <= 12 &&
    Number(day) >= 1 &&
    Number(day) <= daysInMonth(Number(year), Number(month)) &&
    Number(hour) <= 23 &&
    Number(minute) <= 59 &&
    Number(second) <= 59;
  if (!fits) return undefined;
  const millis = fraction.slice(0, 3).padEnd(3, '0');
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millis}${zone.toUpperCase()}`);
  return Number.isNaN(instant) ? undefined : new Date(instant).toISOString();
};

const SLOT = 15 * 60_000;

/** The start of the 15-minute slot that an instant falls in. */
export const slotStart = (time: string): string => new Date(Math.floor(Date.parse(time) / SLOT) * SLOT).toISOString();
