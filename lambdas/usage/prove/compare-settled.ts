import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { chainsOf, foldChain, type SlotState } from '../ledger/chain.ts';
import { effectiveSlots } from '../ledger/effective-slots.ts';
import type { LedgerRead } from '../ledger/ledger-store.ts';
import { readBalance } from '../read/balance.ts';
import { readPeriodUsage } from '../read/period-usage.ts';
import { coveredTo, type LatestMeters, settledDayOf } from '../settle/settled-day.ts';
import type { BalancePorts } from '../settle/settled-fragments.ts';
import type { SettledDay, SettledHead } from '../settle/settled-item.ts';
import { type Difference, stateDifference } from './difference.ts';
import type { Stretch } from './stretches.ts';

const sameVersions = (a: SettledHead['versions'], b: SettledHead['versions']): boolean =>
  canonicalJson(a) === canonicalJson(b);

/** The slots of a day as they were when it was settled; `undefined` if backfills were closed or reverted since. */
const slotsThen = (
  { versions }: SettledHead,
  now: SettledHead['versions'],
  { appends }: LedgerRead,
): readonly SlotState[] | undefined => {
  if ([...Object.keys(versions), ...Object.keys(now)].some((chain) => chain.includes('~'))) return undefined;
  return chainsOf(appends).flatMap((chain) => {
    const then = chain.filter(({ slot, version }) => version <= (versions[slot.start] ?? 0));
    return then.length === 0 ? [] : [foldChain(then)];
  });
};

/**
 * Settles a day again from the ledger, at the versions that it was settled from, and compares: same versions, same states,
 * to the last digit. `stale`: the ledger has more, or other backfills count; the next sweep settles the day anew.
 */
export const compareSettledDay = async (
  { ledger, overlays }: Pick<BalancePorts, 'ledger' | 'overlays'>,
  stored: SettledDay,
  meters: LatestMeters,
): Promise<{ readonly differences: readonly Difference[]; readonly stale: boolean }> => {
  const { subject, day, beganAt, revision } = stored;
  const read = await ledger.day(subject, day);
  const end = coveredTo(day, beganAt);
  const slots = (await effectiveSlots([read], overlays)).filter(({ start }) => start < end);
  const now = settledDayOf({ subject, day, beganAt }, revision, slots, meters);
  const stale = !sameVersions(now.versions, stored.versions);
  const then = stale ? slotsThen(stored, now.versions, read) : slots;
  if (then === undefined) return { differences: [], stale };
  const made = settledDayOf({ subject, day, beganAt }, revision, then, meters);
  const differ = (message: string): Difference => ({ what: 'SETTLED_DAY', subject, day, message });
  const differences: Difference[] = [];
  if (!sameVersions(made.versions, stored.versions)) {
    differences.push(differ('it was settled from appends that are not in the ledger'));
  }
  const states = stateDifference(
    { name: 'the settled day', states: stored.states },
    { name: 'the ledger', states: made.states },
  );
  if (states !== undefined) differences.push(differ(states));
  if (made.accepted !== stored.accepted || made.late !== stored.late) {
    const counts = (one: SettledDay): string => `${one.accepted} events, ${one.late} of them late`;
    differences.push(differ(`the settled day counts ${counts(stored)}; the ledger ${counts(made)}`));
  }
  return { differences, stale };
};

/**
 * Compares a subject's balance, as people read it from what is settled, with the same usage read from the ledger alone.
 * What is appended between the two reads would show as a difference, so it is looked at twice.
 */
export const compareBalance = async (
  ports: BalancePorts,
  { subject, start, end }: Pick<Stretch, 'subject' | 'start' | 'end'>,
  meters: readonly CatalogEntry<Meter>[],
): Promise<Difference | undefined> => {
  const always = { subject, from: '0000-01-01T00:00:00.000Z', to: '9999-12-31T00:00:00.000Z' };
  const request = { subjects: [always], period: { start, end, zone: 'UTC' }, carryIn: {}, meters };
  for (let looks = 1; ; looks += 1) {
    const balance = await readBalance(ports, request);
    const { usage } = await readPeriodUsage(ports, request);
    if (canonicalJson(balance.usage) === canonicalJson(usage)) return undefined;
    if (looks < 2) continue;
    const n = balance.usage.findIndex((one, at) => canonicalJson(one) !== canonicalJson(usage[at] ?? null));
    const [shown, exact] = [balance.usage[n], usage[n === -1 ? balance.usage.length : n]];
    const told = (one: typeof shown): string => (one === undefined ? 'nothing' : `${one.quantity} of ${one.meter}`);
    return {
      what: 'BALANCE',
      subject,
      day: start,
      message: `up to ${end} the balance shows ${told(shown)}, the ledger ${told(exact)}`,
    };
  }
};
