import { billOf, billTotal, SERVICES } from './bill.ts';
import type { ContestResult } from './contest.ts';
import { total } from './counted-aws/usage.ts';
import type { Stretch } from './growth.ts';
import type { MemoryStep } from './memory.ts';
import { type MonthName, SHARDS } from './plan.ts';
import { withStanding } from './standing.ts';
import { type Cell, number, table, usd } from './table.ts';
import { MONTH_SECONDS, MONTHS } from './traffic.ts';

/** A contestant's dollars per million events in a month: what was counted, and the stream's hours if it has one. */
const perMillion = ({ counted, events }: ContestResult, month: MonthName): number => {
  const { 'firehose.in': firehose } = counted;
  const monthEvents = MONTHS[month].eventsPerSecond * MONTH_SECONDS;
  const factor = monthEvents / events;
  const scaled = Object.fromEntries(
    Object.entries(counted).map(([line, byCause]) => [
      line,
      Object.fromEntries(Object.entries(byCause).map(([cause, quantity]) => [cause, quantity * factor])),
    ]),
  );
  const shards = firehose === undefined ? SHARDS[month] : 0;
  return (billTotal(withStanding(scaled, shards, 0, 'by the hour', [])) / monthEvents) * 1e6;
};

/** What others cost, and how wrong they are. `ours`: dollars per million of the month at a window of 60 seconds. */
export const alternativesTable = (
  results: readonly ContestResult[],
  ours: Readonly<Partial<Record<MonthName, number>>>,
): string => {
  const months = (['growing', 'large'] as const).filter((month) => ours[month] !== undefined);
  const percent = (share: number): Cell => (share === 0 ? 'exact' : `${(share * 100).toFixed(2)} % off`);
  return table(
    ['', 'by', ...months.flatMap((month) => [`${month}, $ per million`, 'to ours']), 'counted usage', 'accounts wrong'],
    results.map((result) => [
      result.name,
      result.how,
      ...months.flatMap((month): Cell[] => {
        const own = ours[month] ?? 1;
        const cost = result.name === 'ours' ? own : perMillion(result, month);
        return [usd(cost), `${(cost / own).toFixed(1)} ×`.padStart(8)];
      }),
      percent(result.error.share),
      `${result.error.accounts} of ${result.error.of}`,
    ]),
  );
};

/** Dollars per million events of a stretch, without what runs by the hour. */
export const stretchCost = ({ counted, taken }: Stretch): number =>
  (billTotal(Object.fromEntries(Object.entries(counted).filter(([line]) => !line.startsWith('kinesis.')))) / taken) *
  1e6;

/** Growth, stretch by stretch. */
export const growthTable = (stretches: readonly Stretch[]): string => {
  const services = [...new Set(SERVICES.map(([name]) => name))].filter(
    (name) => !['Kinesis', 'Firehose'].includes(name),
  );
  const cost = ({ counted, taken }: Stretch, service: string): number =>
    ((billOf(counted).get(service) ?? 0) / taken) * 1e6;
  const rows: Cell[][] = [
    ['dollars per million events', ...stretches.map((stretch) => usd(stretchCost(stretch)))],
    ...services
      .filter((service) => stretches.some((stretch) => cost(stretch, service) > 0.00005))
      .map((service): Cell[] => [`  ${service}`, ...stretches.map((stretch) => usd(cost(stretch, service)))]),
    [
      'write units per event',
      ...stretches.map(({ counted, taken }) => number(total(counted, 'dynamodb.write') / taken, 3)),
    ],
    [
      'read units per event',
      ...stretches.map(({ counted, taken }) => number(total(counted, 'dynamodb.read') / taken, 3)),
    ],
    ['processor time per event, µs', ...stretches.map(({ processor, taken }) => number((processor / taken) * 1000, 1))],
    ['in the tables, MB', ...stretches.map(({ stored }) => number(stored / 1e6, 1))],
    ['process with the tables in it, MB', ...stretches.map(({ rssMegabytes }) => number(rssMegabytes))],
  ];
  return table(['from the number before, to', ...stretches.map(({ events }) => events.toLocaleString('en-US'))], rows);
};

/** A consumer's memory. */
export const memoryTable = (steps: readonly MemoryStep[]): string =>
  table(
    ['ids seen', ...steps.map(({ ids }) => ids.toLocaleString('en-US'))],
    [
      ['process, MB', ...steps.map(({ rssMegabytes }) => number(rssMegabytes))],
      ['of it heap in use, MB', ...steps.map(({ heapMegabytes }) => number(heapMegabytes))],
    ],
  );
