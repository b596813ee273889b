import type { ContestResult } from './contest.ts';
import type { Stretch } from './growth.ts';
import type { MemoryStep } from './memory.ts';
import { type BilledMonth, find } from './report-months.ts';
import { stretchCost } from './report-others.ts';
import { type Cell, number, table } from './table.ts';

/** A figure that was promised, and what it is. */
export type Target = {
  readonly says: string;
  readonly unit: string;
  readonly decimals: number;
  readonly limit: number;
  readonly is: number;
};

/** Whether a target is met; a figure at the limit is. */
export const isMet = ({ limit, is }: Target): boolean => is <= limit;

/** How far the dearest is above the cheapest, in percent. */
export const spread = (costs: readonly number[]): number =>
  costs.length < 2 ? 0 : (Math.max(...costs) / Math.min(...costs) - 1) * 100;

/** Growth is judged from here on: before, everything is seen for the first time. */
const FLAT_FROM = 100_000;

/** Everything that was measured. */
export type Measured = {
  readonly months: readonly BilledMonth[];
  readonly contestants: readonly ContestResult[];
  readonly growth: readonly Stretch[];
  readonly memory: readonly MemoryStep[];
};

/** The targets, with what was measured; what was not measured is left out. */
export const judge = ({ months, contestants, growth, memory }: Measured): Target[] => {
  const targets: Target[] = [];
  const dollars = (says: string, limit: number, is: number | undefined): void => {
    if (is !== undefined) targets.push({ says, unit: '$ per million', decimals: 4, limit, is });
  };
  const large = find(months, 'large', 'packed', 60);
  dollars('large, packed, 60 s', 0.1, large?.perMillion);
  if (large) {
    const says = 'large, packed, 60 s, everything included';
    targets.push({ says, unit: 'write units per event', decimals: 3, limit: 0.1, is: large.writesPerEvent });
  }
  dollars('growing, packed, 60 s', 0.4, find(months, 'growing', 'packed', 60)?.perMillion);
  dollars('growing, packed, 2 s', 0.9, find(months, 'growing', 'packed', 2)?.perMillion);
  for (const month of ['growing', 'large'] as const) {
    const [http, packed] = [find(months, month, 'http', 60), find(months, month, 'packed', 60)];
    if (http && packed)
      dollars(`${month}, 60 s: HTTP in hundreds, above packed`, 0.05, http.perMillion - packed.perMillion);
  }
  const own = contestants.find(({ name }) => name === 'ours');
  if (own) {
    const says = 'counted usage off the truth under faults';
    targets.push({ says, unit: '% of it', decimals: 2, limit: 0, is: own.error.share * 100 });
  }
  const later = growth.filter(({ from }) => from >= FLAT_FROM);
  if (later.length > 1) {
    const says = `cost per event from 100,000 to ${later.at(-1)?.events.toLocaleString('en-US')}, dearest above cheapest`;
    targets.push({ says, unit: '%', decimals: 1, limit: 10, is: spread(later.map(stretchCost)) });
  }
  if (memory.length > 0) {
    const says = `a consumer's process after ${memory.at(-1)?.ids.toLocaleString('en-US')} ids`;
    targets.push({
      says,
      unit: 'MB',
      decimals: 0,
      limit: 512,
      is: Math.max(...memory.map(({ rssMegabytes }) => rssMegabytes)),
    });
  }
  return targets;
};

/** Each target, its figure, and whether it is met. */
export const targetsTable = (targets: readonly Target[]): string =>
  table(
    ['', 'at most', 'is', '', ''],
    targets.map((target): Cell[] => [
      target.says,
      number(target.limit, target.decimals),
      number(target.is, target.decimals),
      target.unit,
      isMet(target) ? 'met' : 'missed',
    ]),
  );
