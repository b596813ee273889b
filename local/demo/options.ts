import { parseArgs } from 'node:util';
import { lastMonthOver } from '../generator/calendar.ts';
import { LEAST_EVENTS } from '../generator/generate.ts';

/** What `npm run demo` was asked for. */
export type Options = {
  /** Regular events to make; the oddities come on top. */
  readonly events: number;
  readonly seed: number;
  /** `YYYY-MM`. */
  readonly month: string;
  /** Whether the system stays up until Ctrl-C. */
  readonly stay: boolean;
};

const number = (option: string, text: string, least: number): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${option} takes a whole number from ${least.toLocaleString('en')}, not "${text}".`);
};

/** Older events than those of a year ago would be refused as too old. */
const month = (text: string, last: string): string => {
  const first = `${Number(last.slice(0, 4)) - 1}${last.slice(4)}`;
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text) && text >= first && text <= last) return text;
  throw new Error(`--month takes a month from ${first} to ${last}, the last that is over everywhere, not "${text}".`);
};

/**
 * The options of a command line, checked before anything is started.
 * @throws {Error} with a sentence that says what an option takes.
 */
export const readOptions = (args: readonly string[], nowMillis: number, isTerminal: boolean): Options => {
  const last = lastMonthOver(nowMillis);
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '250000' },
      seed: { type: 'string', default: '1' },
      month: { type: 'string', default: last },
      stay: { type: 'boolean', default: isTerminal },
    },
  });
  return {
    events: number('events', values.events, LEAST_EVENTS),
    seed: number('seed', values.seed, 0),
    month: month(values.month, last),
    stay: values.stay,
  };
};
