import { Temporal } from 'temporal-polyfill';
import { addDays, startOfDay } from '../../../lambdas/platform/period.ts';
import type { LevelChange } from '../../../lambdas/rating/types.ts';
import type { CaseUsage } from '../worked-case.ts';
import type { Cover } from './cover.ts';
import { CannotExpress, decimalOf, type Reader, wholeOf } from './reader.ts';

/** The meter of a case that has one. */
export const METER = 'usage';

/** A row for each quantity; the library adds them up. */
export const plainRows = (quantities: readonly string[], meter = METER): CaseUsage[] =>
  quantities.map((quantity) => ({ meter, quantity }));

/** A row for each bill of the period: what it added. */
export const slicedRows = (slices: readonly string[]): CaseUsage[] =>
  slices.map((quantity) => ({ meter: METER, quantity, slices: [quantity] }));

/** Windows of usage, one per hour of the period from `hour` on (of every day again where only some hours count). */
export const windowsAt = (
  quantities: readonly string[],
  start: string,
  hours: { readonly from: number; readonly count: number } = { from: 0, count: 24 },
): { readonly start: string; readonly quantity: string }[] =>
  quantities.map((quantity, n) => {
    const day = addDays(start, Math.floor(n / hours.count));
    const hour = hours.from + (n % hours.count);
    return { start: `${day}T${String(hour).padStart(2, '0')}:00`, quantity };
  });

/** A row for each group, told apart by a dimension. */
export const groupRows = <G>(
  groups: readonly G[],
  usage: (group: G) => Pick<CaseUsage, 'quantity' | 'changes'>,
): CaseUsage[] =>
  groups.map((group, n) => ({ meter: METER, ...usage(group), dimensions: { group: `group ${n + 1}` } }));

const at = (from: string, seconds: number): string =>
  Temporal.Instant.from(from).add({ seconds }).toString({ fractionalSecondDigits: 3 });

/** `eventUnits` and what part of each is charged, in their order: a minute apart, as only the order matters. */
const proratedChanges = (params: Reader, start: string): LevelChange[] | undefined => {
  const units = params.decimals('eventUnits');
  const prorated = params.decimals('eventProratedUnits');
  if (units === undefined && prorated === undefined) return undefined;
  if (units?.length !== prorated?.length) {
    throw new CannotExpress('params.eventUnits and params.eventProratedUnits are not of the same length');
  }
  return (units ?? []).map((by, n) => ({ at: at(start, n * 60), by, prorated: prorated?.[n] ?? by }));
};

const pairsOf = (value: unknown, path: string): (readonly [unknown, unknown])[] => {
  if (!Array.isArray(value)) throw new CannotExpress(`${path} is not a list`);
  return value.map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) throw new CannotExpress(`${path} is not a list of pairs`);
    return [pair[0], pair[1]] as const;
  });
};

const inOrder = (changes: readonly LevelChange[]): LevelChange[] =>
  changes.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));

/** Changes of a level as pairs of when and by how much: by the second of the period, or by instant. */
export const levelChanges = (pairs: unknown, path: string, { period }: Cover): LevelChange[] => {
  const start = startOfDay(period.start, period.zone);
  return inOrder(
    pairsOf(pairs, path).map(([time, by]) => ({
      at: typeof time === 'string' && time.includes('T') ? at(time, 0) : at(start, wholeOf(time, path)),
      by: decimalOf(by, path),
    })),
  );
};

/** The changes that a case has, the level at the beginning first. */
const timedChanges = (params: Reader, cover: Cover, start: string): LevelChange[] | undefined => {
  const key = ['events_offsetSeconds_delta', 'events'].find((each) => params.has(each));
  if (key === undefined || !params.has('periodSeconds')) return undefined;
  const changes = levelChanges(params.raw(key), `${params.path}.${key}`, cover);
  const initial = params.decimal('initial');
  return initial === undefined ? changes : [{ at: start, by: initial }, ...changes];
};

/** The changes of a level that a case names; undefined if it names none. */
export const changesOf = (params: Reader, cover: Cover): LevelChange[] | undefined => {
  const start = startOfDay(cover.period.start, cover.period.zone);
  return proratedChanges(params, start) ?? timedChanges(params, cover, start);
};
