import { LRUCache } from 'lru-cache';
import type { CatalogEntry, CatalogReader, Contract, Meter } from '../../catalog/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { add, type Decimal, sum, ZERO } from '../../platform/decimal.ts';
import type { Period } from '../../platform/period.ts';
import { type MeterIndex, meterIndex } from '../ledger/meter-states.ts';
import { laterOf } from '../ledger/slot.ts';
import { parseStateKey } from '../ledger/state.ts';
import type { CanonicalUsage } from '../types.ts';
import { limitsOf } from './account-limits.ts';
import { limitPeriod } from './limit-period.ts';
import { type LimitInPeriod, lookAtLimit, type ThresholdPorts } from './look-at-limit.ts';
import { type Known, mustLook, type Touch } from './when-to-look.ts';

/** One account's use of one limit in one period, touched by a batch. */
type Watch = LimitInPeriod &
  Touch & {
    readonly key: string;
    /** The events that touch it. */
    readonly events: readonly CanonicalUsage[];
  };

/** Events after which a look failed. They must come again: only the events of an account bring a look at it. */
export type FailedLook = { readonly usages: readonly CanonicalUsage[]; readonly reason: string };

const MAX_KNOWN = 20_000;
const BALANCES_AT_A_TIME = 4;

const addedBy = (
  events: readonly CanonicalUsage[],
  meters: readonly CatalogEntry<Meter>[],
  index: MeterIndex,
): Decimal | undefined => {
  const aggregation = meters.at(-1)?.body.aggregation;
  if (aggregation !== 'SUM' && aggregation !== 'COUNT') return undefined;
  return sum(
    events.flatMap((event) =>
      index
        .contributions(event)
        .flatMap((each) =>
          each.class === 'scalar' && parseStateKey(each.key)?.meter === meters[0]?.id ? each.value : [],
        ),
    ),
  );
};

/** The slots that a line touches: its own, and that of the event which it cancels. */
const slotsOf = ({ slot, cancels }: CanonicalUsage): string[] =>
  cancels === undefined || cancels.slot.start === slot.start ? [slot.start] : [slot.start, cancels.slot.start];

/**
 * Events by the limit's period they fall in; a replacement also by that of what it replaces. Every period begins at a slot
 * edge, so it is looked up once per slot.
 */
const byPeriod = (
  contract: Contract | undefined,
  events: readonly CanonicalUsage[],
): (readonly [Period, CanonicalUsage[]])[] => {
  const periods = new Map<string, Period>();
  const groups = new Map<string, CanonicalUsage[]>();
  const slots = new Map<string, CanonicalUsage[]>();
  for (const event of events) {
    for (const start of slotsOf(event)) {
      const known = slots.get(start);
      if (known === undefined) slots.set(start, [event]);
      else known.push(event);
    }
  }
  for (const [start, inSlot] of slots) {
    const period = limitPeriod(contract, start);
    const known = groups.get(period.start);
    periods.set(period.start, period);
    if (known === undefined) groups.set(period.start, inSlot);
    else known.push(...inSlot);
  }
  return [...periods].map(([start, period]) => [period, groups.get(start) ?? []]);
};

const watchesOf = async (catalog: CatalogReader, usages: readonly CanonicalUsage[]): Promise<Watch[]> => {
  const history = await catalog.history('meter');
  const index = meterIndex(history);
  const watches: Watch[] = [];
  const byAccount = Map.groupBy(
    usages.filter(({ stamp }) => stamp !== undefined),
    ({ stamp }) => `${stamp?.account}#${stamp?.plan}`,
  );
  for (const events of byAccount.values()) {
    const stamp = events[0]?.stamp;
    if (stamp === undefined) continue;
    const effectiveAt = events.reduce((newest, { event }) => laterOf(event.time, newest), '');
    const limits = await limitsOf(catalog, stamp, effectiveAt);
    for (const [contract, agreed] of Map.groupBy(limits, (each) => each.contract)) {
      for (const [period, inPeriod] of byPeriod(contract, events)) {
        for (const { limit, account, accounts } of agreed) {
          const meters = history.filter(({ id }) => id === limit.meter);
          const types = new Set(meters.map(({ body }) => body.eventType));
          // A line that cancels does not say of which type the cancelled event was.
          const touching = inPeriod.filter(({ event, cancels }) => cancels !== undefined || types.has(event.type));
          if (touching.length === 0) continue;
          const key = `${account}#${limit.id}#${period.start}`;
          const added = addedBy(touching, meters, index);
          const mayFall = touching.some(({ cancels }) => cancels !== undefined);
          const { salesRegion } = stamp;
          watches.push({
            key,
            account,
            accounts,
            salesRegion,
            period,
            limit,
            meters,
            added,
            mayFall,
            events: touching,
          });
        }
      }
    }
  }
  return watches;
};

/**
 * Looks, after a batch, whether accounts with limits crossed a threshold, and publishes each crossing once. Works from what
 * the worker knows; a balance is read only where it knows nothing or a threshold is near. Repeats are harmless. One look
 * that fails does not stop the others, nor the batch: answers what failed.
 */
export const makeThresholds = (ports: ThresholdPorts) => {
  const known = new LRUCache<string, Known>({ maxSize: MAX_KNOWN, sizeCalculation: () => 1 });
  const { catalog, clock } = ports;

  const read = async (watch: Watch, correlationId: string): Promise<void> => {
    const readAt = clock.nowMillis();
    const { quantity, told } = await lookAtLimit(ports, watch, correlationId, known.get(watch.key)?.told);
    known.set(watch.key, { quantity, seen: ZERO, readAt, told });
  };

  return async (usages: readonly CanonicalUsage[], correlationId: string): Promise<FailedLook[]> => {
    const watches = await watchesOf(catalog, usages);
    const toRead: Watch[] = [];
    for (const watch of watches) {
      const before = known.get(watch.key);
      if (mustLook(before, watch, clock.nowMillis())) toRead.push(watch);
      else if (before !== undefined) {
        known.set(watch.key, { ...before, seen: add(before.seen, watch.added ?? ZERO) });
      }
    }
    const looks = await mapBounded(toRead, BALANCES_AT_A_TIME, async (watch): Promise<FailedLook | undefined> => {
      try {
        await read(watch, correlationId);
        return undefined;
      } catch (error) {
        const reason = `limit ${watch.limit.id} of ${watch.account}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
        return { usages: watch.events, reason };
      }
    });
    return looks.filter((look) => look !== undefined);
  };
};
