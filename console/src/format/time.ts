/** How dates and instants are written. A period's dates are plain dates: no zone may move them. */

const DAY = 86_400_000;

const plain = (date: string): Date => new Date(`${date}T00:00:00Z`);
const text = (date: Date): string => date.toISOString().slice(0, 10);

/** `date` moved by days, `YYYY-MM-DD`. */
export const moveDays = (date: string, days: number): string => text(new Date(plain(date).getTime() + days * DAY));

/** A plain date: `1 Oct 2026`. */
export const formatDate = (date: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(plain(date));

/** A half-open period as people say it: a whole month by its name, else first to last day, both included. */
export const formatPeriod = (start: string, end: string, locale: string): string => {
  const first = plain(start);
  const next = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1));
  if (start.endsWith('-01') && text(next) === end) {
    return new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(first);
  }
  const last = plain(moveDays(end, -1));
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).formatRange(first, last);
};

/** An instant with its zone: `2 Nov 2026, 19:04:11 GMT+1`. Without `zone` it is the viewer's. */
export const formatInstant = (instant: string, locale: string, zone?: string): string =>
  new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    ...(zone ? { timeZone: zone } : {}),
  }).format(new Date(instant));

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['day', DAY],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** How long ago: `3 hours ago`, `now`. */
export const formatAgo = (instant: string, now: number, locale: string): string => {
  const difference = Date.parse(instant) - now;
  const [unit, millis] = UNITS.find(([, size]) => Math.abs(difference) >= size) ?? ['second', 1_000];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.trunc(difference / millis), unit);
};

/** How long something took: `1 h 4 min`, `12 s`, `< 1 s`. */
export const formatDuration = (millis: number): string => {
  const seconds = Math.round(millis / 1_000);
  if (seconds < 1) return '< 1 s';
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
};

/** Time left by real counts: what was done since `startedAt` says how long the rest takes. */
export const millisLeft = (startedAt: string, now: number, done: number, total: number): number | undefined =>
  done === 0 || total <= done ? undefined : ((now - Date.parse(startedAt)) / done) * (total - done);

/** The calendar month before the one of `now` (viewer's calendar), half open. */
export const previousMonth = (now: number): { start: string; end: string } => {
  const today = new Date(now);
  const first = new Date(Date.UTC(today.getFullYear(), today.getMonth() - 1, 1));
  const end = new Date(Date.UTC(today.getFullYear(), today.getMonth(), 1));
  return { start: text(first), end: text(end) };
};
