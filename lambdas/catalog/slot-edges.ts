import { startOfDay } from '../platform/period.ts';
import type { Flaw } from './shape.ts';
import type { Contract } from './types.ts';

const SLOT_MILLIS = 15 * 60 * 1000;
/** How many months of period edges are looked at; a zone's rules rarely change further ahead than they are known. */
const MONTHS_AHEAD = 36;

/** Whether an instant is an edge between two slots. No version of anything may take effect inside a slot. */
export const isSlotEdge = (instant: string): boolean => Date.parse(instant) % SLOT_MILLIS === 0;

const isDate = (date: string): boolean => {
  const at = Date.parse(`${date}T00:00:00.000Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
};

const monthAfter = (year: number, month: number, n: number): [number, number] => {
  const index = year * 12 + (month - 1) + n;
  return [Math.floor(index / 12), (index % 12) + 1];
};

const anchorDate = (year: number, month: number, anchorDay: number): string => {
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const day = Math.min(anchorDay, lastDay);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
};

/** The local dates at which a contract's periods begin or end: its start, its end, and its anchors from the start on. */
const edgeDates = (contract: Contract): { readonly path: string; readonly date: string }[] => {
  const [year = 0, month = 1] = contract.start.split('-').map(Number);
  const anchors = Array.from({ length: MONTHS_AHEAD }, (_, n) => ({
    path: '/zone',
    date: anchorDate(...monthAfter(year, month, n), contract.anchorDay),
  }));
  const end = contract.end === undefined ? [] : [{ path: '/end', date: contract.end }];
  return [{ path: '/start', date: contract.start }, ...end, ...anchors];
};

/** What is wrong with the dates and zone of a contract: unknown zone, no such date, an edge inside a slot. */
export const contractEdgeFlaws = (contract: Contract, path: string): Flaw[] => {
  const unreal = (['start', 'end'] as const).filter((name) => contract[name] !== undefined && !isDate(contract[name]));
  if (unreal.length > 0) return unreal.map((name) => ({ path: `${path}/${name}`, message: 'is not a date' }));
  try {
    startOfDay(contract.start, contract.zone);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ path: `${path}/zone`, message: `"${contract.zone}" is not an IANA time zone like Europe/Berlin` }];
  }
  const flaws = edgeDates(contract)
    .filter(({ date }) => !isSlotEdge(startOfDay(date, contract.zone)))
    .map(({ path: at, date }) => ({
      path: `${path}${at}`,
      message: `${date} begins at ${startOfDay(date, contract.zone)} in ${contract.zone}, inside a 15-minute slot`,
    }));
  if (contract.end !== undefined && contract.end <= contract.start) {
    flaws.push({ path: `${path}/end`, message: `must be after the start, ${contract.start}` });
  }
  return flaws.slice(0, 3);
};
