import { USED_PERCENT } from '../../lib/config/capacity.ts';
import { scaledBurst } from './capacity.ts';
import type { BilledMonth } from './report-months.ts';
import { type Cell, number, table } from './table.ts';

const minutes = (units: number, used: number): Cell => number(scaledBurst(units, used).seconds / 60, 1);

/** Units a second that the tables of usage use and keep, and how long the bursts of a night take while they scale. */
export const capacityTable = (columns: readonly BilledMonth[]): string => {
  const rows = (['writes', 'reads'] as const).flatMap((kind): Cell[][] => [
    [`${kind} a second, steadily`, ...columns.map(({ steady }) => number(steady[kind], 1))],
    [`${kind} a second that are kept`, ...columns.map(({ steady }) => number(steady[kind] / (USED_PERCENT / 100), 1))],
    [`${kind} of settling a day for good`, ...columns.map(({ sample }) => number(sample.facts.midnight[kind]))],
    [
      '  minutes that they take',
      ...columns.map(({ steady, sample }) => minutes(sample.facts.midnight[kind], steady[kind])),
    ],
  ]);
  return table(
    ['units of the tables of usage', ...columns.map(({ month }) => month)],
    [
      ...rows,
      ['reads of a nightly walk', ...columns.map(({ walkReads }) => number(walkReads))],
      ['  minutes that they take', ...columns.map(({ steady, walkReads }) => minutes(walkReads, steady.reads))],
    ],
  );
};
