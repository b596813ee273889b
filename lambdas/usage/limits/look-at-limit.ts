import { subjectsOf } from '../../catalog/attribution.ts';
import type { CatalogEntry, CatalogReader, Limit, Meter } from '../../catalog/types.ts';
import type { Clock } from '../../platform/clock.ts';
import {
  compare,
  type Decimal,
  divide,
  formatDecimal,
  fromInteger,
  multiply,
  parseDecimal,
  sum,
} from '../../platform/decimal.ts';
import type { DomainEventPublisher } from '../../platform/domain-events.ts';
import { intervalOf, type Period } from '../../platform/period.ts';
import { readBalance } from '../read/balance.ts';
import type { BalancePorts } from '../settle/settled-fragments.ts';
import { type Crossings, crossingId } from './crossings.ts';

export type ThresholdPorts = {
  /** May be cached: limits are no money. */
  readonly catalog: CatalogReader;
  readonly balance: BalancePorts;
  readonly crossings: Crossings;
  readonly publisher: DomainEventPublisher;
  readonly clock: Clock;
};

/** One account's use of one limit in one period. */
export type LimitInPeriod = {
  readonly account: string;
  /** The accounts whose usage counts: a contract may cover children. */
  readonly accounts: readonly string[];
  readonly salesRegion: string;
  readonly period: Period;
  readonly limit: Limit;
  /** Every version of the limit's meter. */
  readonly meters: readonly CatalogEntry<Meter>[];
};

/** What was seen: the usage, and the thresholds (percent) that it reaches; each of them is told. */
export type Seen = { readonly quantity: Decimal; readonly told: ReadonlySet<number> };

/** The quantity at which a percent of a limit is reached. */
export const thresholdOf = ({ quantity }: Limit, percent: number): Decimal =>
  divide(multiply(parseDecimal(quantity), fromInteger(percent)), fromInteger(100), 12, 'half-even');

/**
 * Reads the balance, and publishes each threshold that was crossed since it was last below; notes those that usage is below
 * again. Repeats are harmless. `before`: the thresholds that the caller itself has told.
 */
export const lookAtLimit = async (
  { catalog, balance, crossings, publisher, clock }: ThresholdPorts,
  { account, accounts, period, limit, meters, salesRegion }: LimitInPeriod,
  correlationId: string,
  before: ReadonlySet<number> = new Set(),
): Promise<Seen> => {
  const place = { account, limit: limit.id, periodStart: period.start };
  // How thresholds stand, before usage is read: only what was crossed by then may be taken back. Always asked: what took
  // usage back may have come without any event of this account, or to another worker.
  const standing = await crossings.standing(place);
  const subjects = (await Promise.all(accounts.map((each) => subjectsOf(catalog, each, intervalOf(period))))).flat();
  const { usage } = await readBalance(balance, { subjects, period, meters, usageOnly: true });
  const quantity = sum(usage.map((row) => parseDecimal(row.quantity)));
  const told = new Set<number>();
  for (const percent of limit.thresholds) {
    const threshold = { ...place, percent };
    const stands = standing.get(percent);
    if (compare(quantity, thresholdOf(limit, percent)) < 0) {
      if (stands?.over === true) await crossings.under(threshold, stands);
      continue;
    }
    told.add(percent);
    // What this worker has told needs no write, as long as it was not taken back.
    if (before.has(percent) && stands?.over === true && stands.told) continue;
    const crossing = await crossings.over(threshold, formatDecimal(quantity), clock.now());
    if (crossing.told) continue;
    const id = crossingId(threshold, crossing.number);
    await publisher.publish('usage.threshold-crossed', [
      {
        id,
        account,
        limit: limit.id,
        meter: limit.meter,
        percent,
        quantity: crossing.quantity,
        salesRegion,
        correlationId,
      },
    ]);
    await crossings.told(threshold, crossing.number);
  }
  return { quantity, told };
};
