import type { CatalogEntry, CatalogReader, Contract } from '../catalog/types.ts';
import { billingPeriodOf, billingPeriodsEndingIn } from '../platform/billing-calendar.ts';
import { contentHash } from '../platform/hash.ts';
import { addDays, type Interval, intervalOf, localDate, type Period, startOfDay } from '../platform/period.ts';
import { coveredPart, firstChargedDay } from '../rating/period-part.ts';
import type { CloseDates } from './names.ts';

/** A billing period of a contract, or the part of it in which one version of the contract holds. */
export type ContractInPeriod = {
  readonly entry: CatalogEntry<Contract>;
  /** The billing period in the contract's zone, whole. */
  readonly period: Period;
  /** The part of the period in which this version holds, where others of the period are held by other versions. */
  readonly part?: Period;
  /** What the version covers of it, as dates and as instants. */
  readonly covered: Period;
  readonly active: Interval;
  /** The period before the first one, or after the last: nothing is covered, only what is charged in advance is rated. */
  readonly ahead?: true;
};

/** A version and the local days on which it holds; absent: since ever, for ever. */
type Reign = { readonly entry: CatalogEntry<Contract>; readonly from?: string; readonly until?: string };

const DAY = 86_400_000;

/**
 * The local day on which an amendment takes effect: the one whose beginning is nearest. So a midnight of the zone and a
 * midnight UTC both mean their date.
 */
export const amendmentDay = (effectiveFrom: string, zone: string): string => {
  const day = localDate(effectiveFrom, zone);
  return Date.parse(effectiveFrom) - Date.parse(startOfDay(day, zone)) <= DAY / 2 ? day : addDays(day, 1);
};

/** What a version agrees that is charged for: one that changes only what may be used does not divide a period. */
const charged = ({ body: { entitlements: _, ...body } }: CatalogEntry<Contract>): string => contentHash(body);

/** The versions of one contract that are known then, each with its days; of the same day the highest counts. */
const reignsOf = (versions: readonly CatalogEntry<Contract>[], knownAt: string): Reign[] => {
  const byDay = new Map<string, CatalogEntry<Contract>>();
  const known = versions.filter(({ publishedAt }) => publishedAt <= knownAt).sort((a, b) => a.version - b.version);
  for (const entry of known) byDay.set(amendmentDay(entry.effectiveFrom, entry.body.zone), entry);
  const ordered = [...byDay].sort(([a], [b]) => (a < b ? -1 : 1));
  const changes = ordered.filter(([, entry], n) => {
    const before = ordered[n - 1]?.[1];
    return before === undefined || charged(before) !== charged(entry);
  });
  return changes.map(([from, entry], n) => {
    const until = changes[n + 1]?.[0];
    // The first one holds as far back as it says: a contract may be written down after it began.
    return { entry, ...(n === 0 ? {} : { from }), ...(until === undefined ? {} : { until }) };
  });
};

/** Whether the charged time of a contract begins in the next period: then fees in advance are due in this one. */
const isAhead = ({ entry: { body }, from = '', until = '9999' }: Reign, period: Period): boolean => {
  const first = firstChargedDay(body);
  const holds = from <= first && first < until && (body.end === undefined || first < body.end);
  return holds && billingPeriodOf(body, first).start === period.end;
};

/** Whether a version ends the contract with the day on which it takes effect: what was charged ahead from then on goes back. */
const isEnded = ({ entry: { body }, from }: Reign, period: Period): boolean =>
  from === period.start && body.end !== undefined && body.end <= period.start;

const partOf = (reign: Reign, period: Period): ContractInPeriod | undefined => {
  const { entry, from, until } = reign;
  if (isAhead(reign, period)) {
    const covered = { ...period, start: period.end };
    return { entry, period, covered, active: intervalOf(covered), ahead: true };
  }
  if (isEnded(reign, period)) {
    const covered = { ...period, end: period.start };
    return { entry, period, covered, active: intervalOf(covered), ahead: true };
  }
  const start = from !== undefined && from > period.start ? from : period.start;
  const end = until !== undefined && until < period.end ? until : period.end;
  if (start >= end) return undefined;
  const whole = coveredPart(entry.body, period);
  const covered = coveredPart(entry.body, period, { ...period, start, end });
  if (covered === undefined) return undefined;
  const isAll = covered.start === whole?.start && covered.end === whole.end;
  return { entry, period, ...(isAll ? {} : { part: covered }), covered, active: intervalOf(covered) };
};

/**
 * What a close of some dates rates: every billing period of a contract that ends within the dates, in the order of time;
 * one that was amended within in parts, each with its own version. As known at `knownAt`. A version with another
 * calendar (anchor, cadence, zone) begins with its own period, and the one before ends where it ends.
 */
export const contractsIn = async (
  catalog: Pick<CatalogReader, 'history'>,
  dates: CloseDates,
  knownAt: string,
): Promise<ContractInPeriod[]> => {
  // One read for all: there may be thousands.
  const versions = Map.groupBy(await catalog.history('contract'), ({ id }) => id);
  return [...versions.values()].flatMap((own) =>
    reignsOf(own, knownAt)
      .flatMap((reign) =>
        billingPeriodsEndingIn(reign.entry.body, dates).flatMap((period) => partOf(reign, period) ?? []),
      )
      .sort((a, b) => (a.active.from < b.active.from ? -1 : 1)),
  );
};
