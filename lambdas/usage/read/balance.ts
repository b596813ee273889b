import type { Aggregation } from '../../catalog/types.ts';
import { contentHash } from '../../platform/hash.ts';
import { type BalancePorts, type FragmentsRead, readFragments } from '../settle/settled-fragments.ts';
import { type Aggregated, aggregate, type CarryIn, goesOn } from './aggregate.ts';
import { lookBack } from './look-back.ts';
import { clipSubjects, type PeriodUsageRequest } from './period-usage.ts';

/** As for `readPeriodUsage`; without `carryIn` the last values before the period are looked for. */
export type BalanceRequest = Omit<PeriodUsageRequest, 'carryIn'> & {
  readonly carryIn?: CarryIn;
  /** Only the usage of these meters is wanted, not what else there is: large sets and points are read only if they need them. */
  readonly usageOnly?: true;
};

/** Usage as it stands, for people and thresholds; money reads `readPeriodUsage`. */
export type Balance = Aggregated & {
  /** What it was made from: the number of slots with usage, and the content hash of their versions. */
  readonly upTo: { readonly slots: number; readonly hash: string };
  readonly read: { readonly queries: number; readonly bytes: number };
};

/** What needs no sets and points. */
const ADDS_UP: ReadonlySet<Aggregation> = new Set(['COUNT', 'SUM', 'MIN', 'MAX', 'AVG']);

const upTo = ({ fragments }: FragmentsRead): Balance['upTo'] => {
  const versions = fragments
    .flatMap(({ subject, versions: own }) =>
      Object.entries(own).map(([start, version]): [string, string, number] => [subject, start, version]),
    )
    .sort((a, b) => (a[0] === b[0] ? (a[1] < b[1] ? -1 : 1) : a[0] < b[0] ? -1 : 1));
  return { slots: versions.length, hash: contentHash(versions) };
};

/**
 * The usage of an account in a period as it stands now: settled days, and from the ledger only dirty days,
 * the open end of today and the parts of days at the period's edges. Equal to what `readPeriodUsage` gives at the same moment.
 */
export const readBalance = async (
  ports: BalancePorts,
  { subjects, period, carryIn, meters, usageOnly }: BalanceRequest,
): Promise<Balance> => {
  const own = clipSubjects(subjects, period);
  const looksBack = carryIn === undefined && meters.some(({ body }) => goesOn(body));
  const back = looksBack ? await lookBack(ports, own, meters) : { carryIn: {}, queries: 0, bytes: 0 };
  const addsUp = meters.every(({ body }) => ADDS_UP.has(body.aggregation));
  const read = await readFragments(ports, own, usageOnly && addsUp ? 'scalars' : undefined);
  return {
    ...aggregate({ fragments: read.fragments, subjects: own, period, carryIn: carryIn ?? back.carryIn, meters }),
    upTo: upTo(read),
    read: { queries: read.queries + back.queries, bytes: read.bytes + back.bytes },
  };
};
