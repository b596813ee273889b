import { type AttributedSpan, spansOf } from '../../catalog/attribution.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { intervalOfDay, within } from '../ledger/slot.ts';
import { limitsOf } from './account-limits.ts';
import { limitPeriod } from './limit-period.ts';
import { type LimitInPeriod, lookAtLimit, type ThresholdPorts } from './look-at-limit.ts';

/** A day of a subject whose usage changed without an event of its account. */
export type ChangedDay = { readonly subject: string; readonly day: string };
/** How many limits were looked at, and how many could not be: those are seen with the account's next event. */
export type LookedAgain = { readonly looked: number; readonly failed: number };
export type LookAgain = (days: readonly ChangedDay[], correlationId: string) => Promise<LookedAgain>;

const AT_A_TIME = 4;

/** Whom the day belongs to, at the first and the last moment of each part: a period's edge may divide the day. */
const ownersOf = (spans: readonly AttributedSpan[], day: string): { account: string; instant: string }[] =>
  spans.flatMap(({ account, ...span }) => {
    const { from, to } = within(span, intervalOfDay(day));
    if (from >= to) return [];
    const last = new Date(Date.parse(to) - 1).toISOString();
    return [from, last].map((instant) => ({ account, instant }));
  });

/**
 * Looks at the limits of the accounts that have usage on these days, each limit of each period once: for what changes usage
 * without any event, as a backfill that is closed or reverted. Repeats are harmless; one look that fails stops no other.
 */
export const makeLookAgain =
  (ports: ThresholdPorts): LookAgain =>
  async (days, correlationId) => {
    const { catalog } = ports;
    const meters = await catalog.history('meter');
    const bySubject = Map.groupBy(await catalog.history('attribution'), ({ body }) => body.subject);
    const owners = new Map(
      days
        .flatMap(({ subject, day }) => ownersOf(spansOf(bySubject.get(subject) ?? []), day))
        .map((owner) => [`${owner.account}#${owner.instant}`, owner]),
    );
    const places = new Map<string, LimitInPeriod>();
    for (const { account, instant } of owners.values()) {
      const known = await catalog.get('account', account, { effectiveAt: instant });
      if (known === undefined) continue;
      const { plan, salesRegion } = known.body;
      for (const { contract, limit, ...whose } of await limitsOf(catalog, { account, plan }, instant)) {
        const period = limitPeriod(contract, instant);
        places.set(`${whose.account}#${limit.id}#${period.start}`, {
          ...whose,
          salesRegion,
          period,
          limit,
          meters: meters.filter(({ id }) => id === limit.meter),
        });
      }
    }
    const looks = await mapBounded([...places.values()], AT_A_TIME, (place) =>
      lookAtLimit(ports, place, correlationId).then(
        () => true,
        () => false,
      ),
    );
    const looked = looks.filter((well) => well).length;
    return { looked, failed: looks.length - looked };
  };
