import { addDays, type Interval, startOfDay } from '../../platform/period.ts';
import { SLOT_MILLIS } from '../ledger/slot.ts';

/** How finely usage is told: by quarter of an hour, hour or local day. */
export type WindowSize = 'slot' | 'hour' | 'day';

const MILLIS: Readonly<Record<Exclude<WindowSize, 'day'>, number>> = { slot: SLOT_MILLIS, hour: 4 * SLOT_MILLIS };

/** The windows of a local day. They begin anew each day, so that a day with a change of the clocks is told whole. */
export const windowsOfDay = (day: string, zone: string, size: WindowSize): Interval[] => {
  const whole = { from: startOfDay(day, zone), to: startOfDay(addDays(day, 1), zone) };
  if (size === 'day') return [whole];
  const [start, end] = [Date.parse(whole.from), Date.parse(whole.to)];
  const count = Math.ceil((end - start) / MILLIS[size]);
  return Array.from({ length: count }, (_, n) => ({
    from: new Date(start + n * MILLIS[size]).toISOString(),
    to: new Date(Math.min(end, start + (n + 1) * MILLIS[size])).toISOString(),
  }));
};
