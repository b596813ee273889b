import { USED_PERCENT } from '../../lib/config/capacity.ts';
import { type Counted, only, plus, total } from './counted-aws/usage.ts';
import { FUNCTIONS } from './functions.ts';
import type { MonthSample } from './sample.ts';
import { DAY_SECONDS, MONTH_SECONDS } from './traffic.ts';

/** How the stream and the tables of usage are paid: by the hour, as `capacity` in lib/config names it, or by use. */
export type Paid = 'by the hour' | 'by use';

/** Units that are used at once, once a night, by a function that waits as long as they take. */
export type Burst = {
  readonly cause: string;
  readonly kind: 'write' | 'read';
  readonly units: number;
  readonly memoryMegabytes: number;
};

/** Of a month. */
export const NIGHTS = MONTH_SECONDS / DAY_SECONDS;
const USED = USED_PERCENT / 100;
/** Seconds of unused capacity that a table saves up. */
const SAVED_SECONDS = 300;
/** A table scales out after two minutes above its target and one of being changed, in after fifteen below it. */
const OUT_SECONDS = 180;
const IN_SECONDS = 900;
/** Work on other tables, which are always paid by use. */
const OTHER_TABLES: ReadonlySet<string> = new Set(['reading the catalog', 'quarantine', 'api-key-authorizer']);

/**
 * What a burst takes of a table that scales after it, while `used` units a second are used by others: it goes on with what
 * is saved up, then as fast as the table lets it, which scales so that what is used is 70 % of what is kept.
 * @returns seconds that it takes, and unit-hours kept above what is kept anyway.
 */
export const scaledBurst = (units: number, used: number): { readonly seconds: number; readonly unitHours: number } => {
  const kept = used / USED;
  let [left, capacity, seconds, above] = [units - kept * SAVED_SECONDS, kept, 0, 0];
  if (left <= 0) return { seconds: 0, unitHours: 0 };
  for (; ; capacity /= USED) {
    const needed = left / (capacity - used);
    const step = Math.min(needed, OUT_SECONDS);
    seconds += step;
    above += (capacity - kept) * step;
    left -= (capacity - used) * step;
    if (needed <= OUT_SECONDS) return { seconds, unitHours: (above + (capacity - kept) * IN_SECONDS) / 3_600 };
  }
};

/** Units by cause on the tables of usage, without those of bursts. */
const steadyUnits = (counted: Counted, kind: Burst['kind'], bursts: readonly Burst[]): [string, number][] =>
  Object.entries(counted[`dynamodb.${kind}`] ?? {})
    .filter(([cause]) => !OTHER_TABLES.has(cause))
    .map(([cause, units]) => {
      const own = bursts.filter((burst) => burst.kind === kind && burst.cause === cause);
      return [cause, units - own.reduce((sum, burst) => sum + burst.units * NIGHTS, 0)];
    });

/** Units a second of the tables of usage, without those of bursts. */
export const steadyPerSecond = (counted: Counted, kind: Burst['kind'], bursts: readonly Burst[]): number =>
  steadyUnits(counted, kind, bursts).reduce((sum, [, units]) => sum + units, 0) / MONTH_SECONDS;

/**
 * A month's count with the units of the usage tables kept by the hour instead of taken by use: what is used steadily is so
 * many percent of what is kept; bursts are paid as the table scales after them, with the functions that wait meanwhile.
 */
export const keptByTheHour = (counted: Counted, bursts: readonly Burst[]): Counted => {
  const others = (line: string): Counted => ({
    [line]: Object.fromEntries(Object.entries(counted[line] ?? {}).filter(([cause]) => OTHER_TABLES.has(cause))),
  });
  const kinds = (['write', 'read'] as const).map((kind): Counted => {
    const steady = steadyUnits(counted, kind, bursts);
    const line = `dynamodb.${kind}-unit-hour`;
    const hours: Counted = {
      [line]: Object.fromEntries(steady.map(([cause, units]) => [cause, units / 3_600 / USED])),
    };
    const used = steadyPerSecond(counted, kind, bursts);
    const nightly = bursts
      .filter((burst) => burst.kind === kind)
      .map(({ cause, units, memoryMegabytes }): Counted => {
        const { seconds, unitHours } = scaledBurst(units, used);
        const waited = (seconds * memoryMegabytes) / 1_024;
        return {
          [line]: { [cause]: unitHours * NIGHTS },
          'lambda.arm64': { 'waiting for capacity': waited * NIGHTS },
        };
      });
    return plus(hours, ...nightly);
  });
  const rest = only(counted, (line) => line !== 'dynamodb.write' && line !== 'dynamodb.read');
  return plus(rest, others('dynamodb.write'), others('dynamodb.read'), ...kinds);
};

/** The bursts of a month's nights: settling a day for good, and the walk over what came. */
export const burstsOf = ({ midnight }: MonthSample['facts'], walks: Counted): Burst[] => {
  const [settle, walk] = [FUNCTIONS.settle, FUNCTIONS.walk];
  return [
    { ...settle, cause: 'settle sweeps', kind: 'write', units: midnight.writes },
    { ...settle, cause: 'settle sweeps', kind: 'read', units: midnight.reads },
    { ...walk, cause: 'nightly walk', kind: 'read', units: total(walks, 'dynamodb.read') / NIGHTS },
  ];
};
