import { spansOf, subjectsByAccount, unattributed } from '../../catalog/attribution.ts';
import type { Attribution, CatalogEntry, CatalogReader, Meter } from '../../catalog/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import type { Clock } from '../../platform/clock.ts';
import { intervalOf, localDate, type Period } from '../../platform/period.ts';
import { effectiveSlots, type OverlayReader } from '../ledger/effective-slots.ts';
import type { OverlayStatus } from '../ledger/overlays.ts';
import { aggregate, type CarryIn, type Fragment } from '../read/aggregate.ts';
import { lookBack } from '../read/look-back.ts';
import { clipSubjects, dayParts } from '../read/period-usage.ts';
import type { SubjectInterval } from '../read/series.ts';
import { dayStates, latestMeters } from '../settle/settled-day.ts';
import type { BalancePorts } from '../settle/settled-fragments.ts';
import type { BackfillChange, MeteredUsage } from '../types.ts';
import type { ChangesOfPeriod, TouchedPlace } from './backfill.ts';

/** What telling what a backfill would change needs. */
export type PreviewPorts = {
  readonly usage: BalancePorts;
  readonly catalog: CatalogReader;
  readonly clock: Clock;
};

/** Whose figures change: an account, or a subject that belongs to nobody. */
export type Owner = { readonly account: string } | { readonly subject: string };

/** An owner and the calendar months, in its zone, in which the backfill has something. */
export type OwnerMonths = { readonly owner: Owner; readonly months: readonly Period[] };

/** One text per owner: part of a key. */
export const ownerText = (owner: Owner): string => ('account' in owner ? `A-${owner.account}` : `S-${owner.subject}`);

/** The ledger's status port as it will be once the backfill is closed. */
const asIfClosed = (status: OverlayStatus, backfill: string, closedAt: string): OverlayStatus => ({
  ...status,
  overlays: async (backfills) => {
    const overlays = new Map(await status.overlays(backfills));
    if (backfills.includes(backfill)) overlays.set(backfill, { backfill, state: 'closed', isFixed: true, closedAt });
    return overlays;
  },
});

const monthOf = (date: string): { readonly start: string; readonly end: string } => {
  const [year = 0, month = 1] = date.split('-').map(Number);
  const first = (of: number): string => new Date(Date.UTC(year, of, 1)).toISOString().slice(0, 10);
  return { start: first(month - 1), end: first(month) };
};

/** Whose figures the fixed slots of a backfill may change, ordered by owner and month. */
export const ownersOf = async (catalog: CatalogReader, places: readonly TouchedPlace[]): Promise<OwnerMonths[]> => {
  const attribution = Map.groupBy(await catalog.history('attribution'), ({ body }) => body.subject);
  const contracts = await catalog.history('contract');
  const zones = new Map<string, string>();
  const zoneOf = (account: string): string => {
    const known = zones.get(account) ?? contracts.findLast(({ body }) => body.account === account)?.body.zone ?? 'UTC';
    zones.set(account, known);
    return known;
  };
  const spans = new Map<string, ReturnType<typeof spansOf>>();
  const ownerAt = (subject: string, instant: string): Owner => {
    const own = spans.get(subject) ?? spansOf((attribution.get(subject) ?? []) as CatalogEntry<Attribution>[]);
    spans.set(subject, own);
    const span = own.find(({ from, to }) => from <= instant && instant < to);
    return span === undefined ? { subject } : { account: span.account };
  };
  const found = new Map<string, { readonly owner: Owner; readonly months: Map<string, Period> }>();
  for (const { subject, versions = {} } of places) {
    for (const start of Object.keys(versions)) {
      const owner = ownerAt(subject, start);
      const known = found.get(ownerText(owner)) ?? { owner, months: new Map() };
      const zone = 'account' in owner ? zoneOf(owner.account) : 'UTC';
      const month = monthOf(localDate(start, zone));
      known.months.set(month.start, { ...month, zone });
      found.set(ownerText(owner), known);
    }
  }
  return [...found.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { owner, months }]) => ({
      owner,
      months: [...months.values()].sort((a, b) => (a.start < b.start ? -1 : 1)),
    }));
};

const subjectsIn = async (catalog: CatalogReader, owner: Owner, period: Period): Promise<SubjectInterval[]> => {
  const interval = intervalOf(period);
  const intervals =
    'account' in owner
      ? (await subjectsByAccount(catalog))(owner.account, interval)
      : await unattributed(catalog, [owner.subject], interval);
  return clipSubjects(
    intervals.map(({ subject, from, to }) => ({ subject, from, to })),
    period,
  );
};

/** On how many days of a period two series of daily values differ. */
const daysBetween = (old: MeteredUsage['daily'] = [], now: MeteredUsage['daily'] = []): number => {
  const values = new Map(old.map(({ day, value }) => [day, value]));
  const days = new Set([...old, ...now].map(({ day }) => day));
  const next = new Map(now.map(({ day, value }) => [day, value]));
  return [...days].filter((day) => (values.get(day) ?? '0') !== (next.get(day) ?? '0')).length;
};

const changesIn = (
  owner: Owner,
  period: Period,
  before: readonly MeteredUsage[],
  after: readonly MeteredUsage[],
): BackfillChange[] => {
  const keyOf = ({ meter, unit, dimensions }: MeteredUsage): string => canonicalJson([meter, unit, dimensions]);
  const [was, becomes] = [
    new Map(before.map((row) => [keyOf(row), row])),
    new Map(after.map((row) => [keyOf(row), row])),
  ];
  const keys = [...new Set([...was.keys(), ...becomes.keys()])].sort();
  return keys.flatMap((key): BackfillChange[] => {
    const [old, now] = [was.get(key), becomes.get(key)];
    const row = now ?? old;
    const days = daysBetween(old?.daily, now?.daily);
    if (row === undefined || (old?.quantity === now?.quantity && days === 0)) return [];
    const { meter, unit, dimensions } = row;
    return [
      {
        ...owner,
        period,
        meter,
        unit,
        dimensions,
        ...(old === undefined ? {} : { before: old.quantity }),
        ...(now === undefined ? {} : { after: now.quantity }),
        ...(days === 0 ? {} : { days }),
      },
    ];
  });
};

const DAYS_AT_A_TIME = 16;

type Side = { readonly overlays: OverlayReader; carryIn: CarryIn };

/**
 * What closing a backfill would change of an owner's figures, month by month: those in which it has something, and after
 * them as long as a value that goes on (seats, storage) is another one. Reads the ledger itself, once for both sides.
 */
export const previewOwner = async (
  { usage, catalog, clock }: PreviewPorts,
  backfill: string,
  { owner, months }: OwnerMonths,
  meters: readonly CatalogEntry<Meter>[],
): Promise<ChangesOfPeriod[]> => {
  const now = clock.now();
  const latest = latestMeters(meters);
  const { overlays } = usage;
  const before: Side = { overlays, carryIn: {} };
  const after: Side = {
    overlays: { ...overlays, status: asIfClosed(overlays.status, backfill, now) },
    carryIn: {},
  };
  const found: ChangesOfPeriod[] = [];
  const open = [...months];
  let reached: string | undefined;
  for (let period = open.shift(); period !== undefined; period = open.shift()) {
    const subjects = await subjectsIn(catalog, owner, period);
    if (period.start !== reached) {
      const { carryIn } = await lookBack(usage, subjects, meters);
      before.carryIn = carryIn;
      after.carryIn = carryIn;
    }
    // Of each day only its sums are held: an account may have hundreds of subjects.
    const days = await mapBounded(dayParts(subjects), DAYS_AT_A_TIME, async ({ subject, day, part }) => {
      const read = await usage.ledger.day(subject, day, part);
      const fragmentOf = async (side: Side): Promise<Fragment> => ({
        subject,
        states: dayStates(await effectiveSlots([read], side.overlays), latest),
      });
      const was = await fragmentOf(before);
      return { was, becomes: read.overlays.length === 0 ? was : await fragmentOf(after) };
    });
    const figures = (side: Side, fragments: readonly Fragment[]): readonly MeteredUsage[] => {
      const { usage: rows, carryOut } = aggregate({ fragments, subjects, period, carryIn: side.carryIn, meters });
      side.carryIn = carryOut;
      return rows;
    };
    const rows = {
      was: figures(
        before,
        days.map(({ was }) => was),
      ),
      becomes: figures(
        after,
        days.map(({ becomes }) => becomes),
      ),
    };
    const changes = changesIn(owner, period, rows.was, rows.becomes);
    if (changes.length > 0) found.push({ owner: ownerText(owner), changes });
    reached = period.end;
    const goesOn = canonicalJson(before.carryIn) !== canonicalJson(after.carryIn);
    const next = { ...monthOf(period.end), zone: period.zone };
    if (goesOn && open[0]?.start !== next.start && intervalOf(next).from <= now) open.unshift(next);
  }
  return found;
};
