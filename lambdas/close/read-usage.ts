import type { CatalogEntry, Meter } from '../catalog/types.ts';
import { contentHash } from '../platform/hash.ts';
import type { Opening } from '../rating/types.ts';
import type { DetailsWanted } from '../usage/read/usage-details.ts';
import type { UsagePort, UsageReading } from './ports.ts';
import type { PlannedContract, PlannedSubject } from './records.ts';

export type UsageNeeded = {
  /** The contract's own account. */
  readonly account: string;
  readonly planned: PlannedContract;
  readonly subjects: readonly PlannedSubject[];
  readonly carryIn: Opening['carryIn'];
  readonly meters: readonly CatalogEntry<Meter>[];
  /** Absent: nothing beside quantities. */
  readonly details?: DetailsWanted;
};

const NOTHING: UsageReading = {
  usage: [],
  pins: [],
  usageHash: contentHash({ format: 2, accounts: [] }),
  carryOut: {},
  overflow: [],
  unknownMeters: [],
};

/**
 * The usage of a part of a contract. Of one that covers children it is read account by account, and each row says whose
 * it is in the dimension `account`; prices that do not ask for that dimension add them up.
 */
export const readUsage = async (
  read: UsagePort['read'],
  { account, planned, subjects, carryIn, meters, details }: UsageNeeded,
): Promise<UsageReading> => {
  // Before the first period there is nothing to measure.
  if (planned.ahead) return NOTHING;
  const request = { period: planned.covered, carryIn, meters, ...(details === undefined ? {} : { details }) };
  if (planned.covers === undefined) return read({ ...request, subjects });
  const byAccount = Map.groupBy(subjects, (each) => each.account ?? account);
  const readings: { readonly account: string; readonly reading: UsageReading }[] = [];
  for (const [owner, own] of [...byAccount].sort(([a], [b]) => (a < b ? -1 : 1))) {
    readings.push({ account: owner, reading: await read({ ...request, subjects: own }) });
  }
  const all = readings.map(({ reading }) => reading);
  return {
    usage: readings.flatMap(({ account: owner, reading }) =>
      reading.usage.map((row) => ({ ...row, dimensions: { ...row.dimensions, account: owner } })),
    ),
    pins: all.flatMap(({ pins }) => pins),
    usageHash: contentHash({
      format: 2,
      accounts: readings.map(({ account: owner, reading }) => [owner, reading.usageHash]),
    }),
    carryOut: Object.assign({}, ...all.map(({ carryOut }) => carryOut)),
    overflow: all.flatMap(({ overflow }) => overflow),
    unknownMeters: [...new Set(all.flatMap(({ unknownMeters }) => unknownMeters))].sort(),
  };
};
