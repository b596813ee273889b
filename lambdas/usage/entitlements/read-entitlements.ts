import { holdingAt } from '../../catalog/as-of.ts';
import { subjectsByAccount } from '../../catalog/attribution.ts';
import type { Account, CatalogEntry, CatalogReader, Entitlement, Meter } from '../../catalog/types.ts';
import type { Clock } from '../../platform/clock.ts';
import { parseDecimal, sum } from '../../platform/decimal.ts';
import { addDays, type Interval, intervalOf, type Period } from '../../platform/period.ts';
import { remembered } from '../../platform/remember.ts';
import { intervalOfDay, utcDay } from '../ledger/slot.ts';
import { type ContractInForce, contractsInForce } from '../limits/account-limits.ts';
import { limitPeriod } from '../limits/limit-period.ts';
import { aggregate, aggregateSpan, goesOn } from '../read/aggregate.ts';
import { lookBack } from '../read/look-back.ts';
import { clipSubjects } from '../read/period-usage.ts';
import type { SubjectInterval } from '../read/series.ts';
import { type BalancePorts, type FragmentsRead, readFragments } from '../settle/settled-fragments.ts';
import { answerOf, type EntitlementAnswer, type FeatureUsage, notAgreed } from './entitlement-answer.ts';
import type { SettledRun } from './forecast.ts';
import { makeWarmReads } from './warm-reads.ts';

export type EntitlementPorts = {
  /** May be cached: nothing is charged by an answer. */
  readonly catalog: CatalogReader;
  readonly usage: BalancePorts;
  readonly clock: Clock;
};

/** The answers for an account, and what they took to read (catalog reads of a cold function aside). */
export type EntitlementsRead = {
  readonly entitlements: readonly EntitlementAnswer[];
  readonly read: { readonly queries: number; readonly bytes: number };
};

/** The parts of intervals before an instant. */
const endingBy = (intervals: readonly SubjectInterval[], end: string): SubjectInterval[] =>
  intervals.flatMap(({ subject, from, to }) => (from < end ? { subject, from, to: to < end ? to : end } : []));

/** Whole UTC days of the interval that are over, all of whose usage came from days settled for good. */
const settledDays = (own: readonly SubjectInterval[], { fragments }: FragmentsRead, now: string): string[] => {
  const first = own.map(({ from }) => from).sort()[0];
  if (first === undefined) return [];
  const unsettled = new Set(fragments.filter(({ settled }) => !settled).map(({ day }) => day));
  const days: string[] = [];
  const [begun, today] = [utcDay(first), utcDay(now)];
  for (let day = intervalOfDay(begun).from < first ? addDays(begun, 1) : begun; day < today; day = addDays(day, 1)) {
    if (!unsettled.has(day)) days.push(day);
  }
  return days;
};

const addsUp = (meters: readonly CatalogEntry<Meter>[]): boolean =>
  meters.every(({ body }) => body.aggregation === 'SUM' || body.aggregation === 'COUNT');

type PeriodRead = {
  readonly own: readonly SubjectInterval[];
  readonly period: Period;
  readonly read: FragmentsRead;
  readonly carryIn: Awaited<ReturnType<typeof lookBack>>['carryIn'];
};

const settledRun = (
  { own, read }: PeriodRead,
  meters: readonly CatalogEntry<Meter>[],
  now: string,
): SettledRun | undefined => {
  const days = settledDays(own, read, now);
  const [from, to] = [days[0], days.at(-1)];
  if (from === undefined || to === undefined || !addsUp(meters)) return undefined;
  const within = new Set(days);
  const interval: Interval = { from: intervalOfDay(from).from, to: intervalOfDay(to).to };
  const fragments = read.fragments.filter(({ day }) => within.has(day));
  const { usage } = aggregateSpan({ fragments, subjects: own, interval, ends: () => [], carryIn: {}, meters });
  return { days: days.length, from, to, quantity: sum(usage.map((row) => parseDecimal(row.quantity))) };
};

const usageOf = (known: PeriodRead, meters: readonly CatalogEntry<Meter>[], now: string): FeatureUsage => {
  const { own, period, read, carryIn } = known;
  const { usage } = aggregate({ fragments: read.fragments, subjects: own, period, carryIn, meters });
  const settled = settledRun(known, meters, now);
  return {
    used: sum(usage.map((row) => parseDecimal(row.quantity))),
    unit: meters.at(-1)?.body.unit ?? '',
    ...(settled === undefined ? {} : { settled }),
  };
};

/**
 * Answers what an account may use: the entitlements of its contracts in force, or one feature of them. Reads what a balance
 * reads, once per contract whatever its number of features; nothing at all where no feature that is asked for has a meter.
 * `undefined`: there is no such account.
 */
export const makeReadEntitlements = ({ catalog, usage, clock }: EntitlementPorts) => {
  const warmReads = makeWarmReads(usage);
  // Who there is, and whoever belongs to whom, made ready once for as long as the cached catalog is the same.
  const accounts = remembered((history: readonly CatalogEntry<Account>[]) => Map.groupBy(history, ({ id }) => id));
  const owners = remembered((_attribution: object) => subjectsByAccount(catalog));

  const readPeriod = async (
    { contract, accounts }: ContractInForce,
    entitlements: readonly Entitlement[],
    meters: readonly CatalogEntry<Meter>[],
    now: string,
  ): Promise<{ readonly known: PeriodRead; readonly queries: number; readonly bytes: number }> => {
    const period = limitPeriod(contract, now);
    const ownedBy = await owners(await catalog.history('attribution'));
    const own = clipSubjects(
      accounts.flatMap((account) => ownedBy(account, intervalOf(period))),
      period,
    );
    const needed = meters.filter(({ id }) => entitlements.some(({ meter }) => meter === id));
    const going = needed.filter(({ body }) => goesOn(body));
    const back = going.length === 0 ? { carryIn: {}, queries: 0, bytes: 0 } : await lookBack(usage, own, going);
    const { ports, spared } = warmReads();
    // Nothing can have happened after tomorrow.
    const { to } = intervalOfDay(addDays(utcDay(now), 1));
    const read = await readFragments(ports, endingBy(own, to));
    return {
      known: { own, period, read, carryIn: back.carryIn },
      queries: back.queries + read.queries - spared(),
      bytes: back.bytes + read.bytes,
    };
  };

  return async (account: string, feature?: string): Promise<EntitlementsRead | undefined> => {
    const now = clock.now();
    const versions = accounts(await catalog.history('account')).get(account) ?? [];
    if (holdingAt(versions, { effectiveAt: now }) === undefined) return undefined;
    const inForce = await contractsInForce(catalog, account, now);
    const meters = await catalog.history('meter');
    const answers: EntitlementAnswer[] = [];
    let [queries, bytes] = [0, 0];
    for (const each of inForce) {
      const { id, entitlements: agreed = [] } = each.contract;
      const entitlements = agreed.filter((one) => feature === undefined || one.feature === feature);
      const metered = entitlements.some(({ meter }) => meter !== undefined);
      const period = limitPeriod(each.contract, now);
      const reading = metered ? await readPeriod(each, entitlements, meters, now) : undefined;
      queries += reading?.queries ?? 0;
      bytes += reading?.bytes ?? 0;
      for (const one of entitlements) {
        const own = meters.filter((entry) => entry.id === one.meter);
        const used = one.meter === undefined || !reading ? undefined : usageOf(reading.known, own, now);
        answers.push(answerOf(account, id, one, period, used, clock.nowMillis()));
      }
    }
    if (answers.length === 0 && feature !== undefined) {
      answers.push(notAgreed(account, feature, inForce.length === 0 ? 'no-contract' : 'not-in-contract'));
    }
    return { entitlements: answers, read: { queries, bytes } };
  };
};
