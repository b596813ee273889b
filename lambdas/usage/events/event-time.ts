/** RFC 3339 with a time zone; fractions of any length. */
const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** Milliseconds in a minute, an hour and a day. */
const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** What nearly every producer writes: `2026-10-01T09:30:00.000Z`, or without the milliseconds. */
const WITH_MILLIS = '2026-10-01T09:30:00.000Z'.length;
const WITHOUT_MILLIS = '2026-10-01T09:30:00Z'.length;
const [DASH, COLON, DOT, T, Z, ZERO] = [0x2d, 0x3a, 0x2e, 0x54, 0x5a, 0x30] as const;

/** The number that a digit says; far beyond what any field of a time may be if it is none. */
const digit = (text: string, at: number): number => {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : 1_000_000;
};
const two = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1);

/** Days before each month in a year that is no leap year. */
const BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
/** Days from the first day of year 1 to 1 January 1970. */
const EPOCH_DAY = 719_162;

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** Days from 1970 to a day, or `NaN` for a date that does not exist. From year 1 on. */
const dayNumber = (year: number, month: number, day: number): number => {
  if (!(month >= 1 && month <= 12)) return Number.NaN;
  const leapDay = isLeap(year) ? 1 : 0;
  const before = (BEFORE_MONTH[month - 1] ?? 0) + (month > 2 ? leapDay : 0);
  const after = (BEFORE_MONTH[month] ?? 0) + (month > 1 ? leapDay : 0);
  if (!(day >= 1 && day <= after - before)) return Number.NaN;
  const last = year - 1;
  const leapDays = Math.floor(last / 4) - Math.floor(last / 100) + Math.floor(last / 400);
  return last * 365 + leapDays + before + day - 1 - EPOCH_DAY;
};

const HOUR_LENGTH = '2026-10-01T09:'.length;

/** Of the beginning of a time in the usual form, up to its minutes, from 1970 to 2999: the instant; else `NaN`. */
const hourInstant = (text: string): number => {
  const isForm =
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    text.charCodeAt(10) === T &&
    text.charCodeAt(13) === COLON;
  if (!isForm) return Number.NaN;
  const year = two(text, 0) * 100 + two(text, 2);
  const hour = two(text, 11);
  if (!(year >= 1970 && year < 3000 && hour <= 23)) return Number.NaN;
  return dayNumber(year, two(text, 5), two(text, 8)) * DAY + hour * HOUR;
};

/** The hour that was met last: nearly always the next one too. */
let lastHour = { text: '', instant: Number.NaN };

const isLastHour = (text: string): boolean => {
  // What differs most often stands last.
  for (let at = HOUR_LENGTH - 1; at >= 0; at -= 1) {
    if (text.charCodeAt(at) !== lastHour.text.charCodeAt(at)) return false;
  }
  return true;
};

/** Of a time in the usual form, from 1970 to 2999: the instant. `NaN` for any other text, be it a time or not. */
const usualInstant = (text: string): number => {
  const { length } = text;
  const isForm =
    (length === WITHOUT_MILLIS || (length === WITH_MILLIS && text.charCodeAt(19) === DOT)) &&
    text.charCodeAt(length - 1) === Z &&
    text.charCodeAt(16) === COLON;
  if (!isForm) return Number.NaN;
  if (!isLastHour(text)) {
    const instant = hourInstant(text);
    if (Number.isNaN(instant)) return Number.NaN;
    lastHour = { text: text.slice(0, HOUR_LENGTH), instant };
  }
  const minute = two(text, HOUR_LENGTH);
  const second = two(text, 17);
  const millis = length === WITHOUT_MILLIS ? 0 : two(text, 20) * 10 + digit(text, 22);
  if (!(minute <= 59 && second <= 59 && millis <= 999)) return Number.NaN;
  return lastHour.instant + minute * MINUTE + second * 1_000 + millis;
};

/** Of any RFC 3339 time: the instant that it names. */
const anyInstant = (text: string): number => {
  const match = RFC3339.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second, fraction = '', zone = ''] = match;
  const exists = !Number.isNaN(dayNumber(Number(year), Number(month), Number(day)));
  if (!exists || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return Number.NaN;
  const millis = fraction.slice(0, 3).padEnd(3, '0');
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millis}${zone.toUpperCase()}`);
};

/**
 * The instant of an RFC 3339 time in milliseconds since 1970 (finer fractions are cut), or `NaN` if it is none. Dates
 * that do not exist (30 February) and leap seconds are none: a time that the ledger stores must mean one instant
 * everywhere.
 */
export const instantOf = (text: string): number => {
  const usual = usualInstant(text);
  return Number.isNaN(usual) ? anyInstant(text) : usual;
};

/** An instant that `instantOf` read from a text, as ISO 8601 UTC with milliseconds. */
export const normalText = (text: string, instant: number): string =>
  text.length === WITH_MILLIS && text.charCodeAt(10) === T && text.charCodeAt(23) === Z
    ? text
    : new Date(instant).toISOString();

/** An RFC 3339 time as ISO 8601 UTC with milliseconds, or `undefined` if it is none: see `instantOf`. */
export const normalTime = (text: string): string | undefined => {
  const instant = instantOf(text);
  return Number.isNaN(instant) ? undefined : normalText(text, instant);
};

const SLOT = 15 * MINUTE;
/** How the starts of the four slots of an hour go on. */
const QUARTERS = ['00:00.000Z', '15:00.000Z', '30:00.000Z', '45:00.000Z'];

/** The number of the quarter of an hour in its day, 0 to 95, of an instant (ISO 8601 UTC with milliseconds). */
export const quarterOf = (time: string): number => two(time, 11) * 4 + Math.floor(two(time, HOUR_LENGTH) / 15);

/** The start of the 15-minute slot that an instant (ISO 8601 UTC with milliseconds) falls in. */
export const slotStart = (time: string): string =>
  time.length === WITH_MILLIS
    ? time.slice(0, HOUR_LENGTH) + QUARTERS[Math.floor(two(time, HOUR_LENGTH) / 15)]
    : new Date(Math.floor(Date.parse(time) / SLOT) * SLOT).toISOString();

/** Whether `slotStart` of an instant is this: the same without making a text. */
export const hasSlotStart = (time: string, start: string): boolean => {
  if (time.length !== WITH_MILLIS) return slotStart(time) === start;
  // What differs most often stands last.
  for (let at = HOUR_LENGTH - 1; at >= 0; at -= 1) if (time.charCodeAt(at) !== start.charCodeAt(at)) return false;
  return quarterOf(time) === quarterOf(start);
};
