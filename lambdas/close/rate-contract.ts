import type { CatalogEntry, Contract, Meter, PriceBook } from '../catalog/types.ts';
import { contentHash } from '../platform/hash.ts';
import type { Interval } from '../platform/period.ts';
import { policyOf } from '../rating/policies.ts';
import { metersOf, rate } from '../rating/rate.ts';
import type { Opening, Payment, RatedLine, RateInput } from '../rating/types.ts';
import type { SlotPin } from '../usage/types.ts';
import { detailsOf } from './details-of.ts';
import { overlap } from './intervals.ts';
import { NotRatable, UNCOUNTED } from './not-ratable.ts';
import { type ContractLeft, leftBy, openingOf } from './opening.ts';
import type { ClosePorts, UsageReading } from './ports.ts';
import { readUsage } from './read-usage.ts';
import type { AccountProgress, PlannedContract, PlannedSubject } from './records.ts';
import { asPriced, metersByMonth, type UsedByLine, usedByMonth, withDays } from './used-by-month.ts';

/** What the lines of one part of a contract were made from. */
export type ContractPins = {
  readonly contract: PlannedContract;
  readonly meters: readonly { readonly id: string; readonly version: number; readonly hash: string }[];
  readonly usageHash: string;
  readonly slots: readonly SlotPin[];
  /** What it began with, by value: the ledger may know better by now. */
  readonly opening: Opening;
  readonly openingHash: string;
};

export type RatedContract = {
  readonly lines: readonly RatedLine[];
  readonly pins: ContractPins;
  readonly left: ContractLeft;
  /** What prepaid credit pays for the lines, and which deposit in the ERP the credit is. */
  readonly payments: readonly (Payment & { readonly deposit?: string })[];
  /** What was used by month, of lines that are recognized as used over more than one. */
  readonly used: UsedByLine;
};

type Ports = Pick<ClosePorts, 'catalog' | 'usage'>;

/**
 * Rates one part of a contract from the ledger as it is now, with the planned versions. `lefts` is what earlier periods
 * and parts left of the account.
 * @throws {NotRatable} if something of the account's own data is wrong or missing.
 */
export const rateContract = async (
  ports: Ports,
  plan: AccountProgress,
  planned: PlannedContract,
  lefts: readonly ContractLeft[],
): Promise<RatedContract> => {
  const agreed = await agreedVersions(ports, planned);
  const needed = metersOf(agreed.contract, agreed.priceBook);
  const meters = await metersFor(ports, plan, needed);
  const subjects = subjectsOf(plan, planned);
  const details = detailsOf(agreed);
  const byMonth = metersByMonth(agreed, planned.covered);
  const opening = await openingOf(ports, lefts, planned, subjects, meters);
  const reading = await readUsage(ports.usage.read, {
    account: plan.account,
    planned,
    subjects,
    carryIn: opening.carryIn,
    meters,
    details: withDays(details, byMonth),
  });
  refuseUncounted(reading, needed);
  const usage = asPriced(reading.usage, details);
  const { lines, closing, payments } = rate({ ...agreed, usage, opening, usageHash: reading.usageHash });
  const pins: ContractPins = {
    contract: planned,
    meters: meters.map(({ id, version, hash }) => ({ id, version, hash })),
    usageHash: reading.usageHash,
    slots: reading.pins,
    opening,
    openingHash: contentHash(opening),
  };
  const left = leftBy({ planned, subjects, closing, carryOut: reading.carryOut });
  const deposits = new Map(agreed.contract.credits?.map(({ id, erp }) => [id, erp?.depositId]));
  const paid = payments.map((payment) => {
    const deposit = deposits.get(payment.credit);
    return { ...payment, ...(deposit === undefined ? {} : { deposit }) };
  });
  return { lines, pins, left, payments: paid, used: usedByMonth(lines, reading.usage, byMonth) };
};

/** What was agreed for a part, in the planned versions: the input of rating without usage and opening. */
export const agreedVersions = async (
  ports: Pick<ClosePorts, 'catalog'>,
  planned: PlannedContract,
): Promise<Omit<RateInput, 'usage' | 'opening' | 'usageHash'>> => {
  const [contract, priceBook] = await Promise.all([
    pinnedVersion<Contract>(ports, 'contract', planned.contract, planned.contractVersion),
    pinnedVersion<PriceBook>(ports, 'price-book', planned.priceBook, planned.priceBookVersion),
  ]);
  const policy = policyOf(planned.policy);
  if (policy === undefined) {
    throw new NotRatable('rating-failed', `There is no rating policy "${planned.policy}".`, { policy: planned.policy });
  }
  return {
    contract,
    contractVersion: planned.contractVersion,
    priceBook,
    priceBookVersion: planned.priceBookVersion,
    period: planned.period,
    ...(planned.part === undefined ? {} : { part: planned.part }),
    policy,
    ...(planned.fx === undefined ? {} : { fx: planned.fx }),
  };
};

/** The subjects whose usage a part prices: the account's own, and those of the children that the contract covers. */
export const subjectsOf = (
  { subjects }: { readonly subjects: readonly PlannedSubject[] },
  { active, covers = [] }: PlannedContract,
): PlannedSubject[] =>
  subjects
    .filter(({ account }) => account === undefined || covers.includes(account))
    .flatMap((subject) => within(subject, active));

const within = (subject: PlannedSubject, active: Interval): PlannedSubject[] => {
  const common = overlap(subject, active);
  return common ? [{ ...subject, ...common }] : [];
};

/** Usage that was accepted and that these meters do not count must not be left out of a bill silently. */
export const refuseUncounted = ({ unknownMeters, overflow }: UsageReading, needed: readonly string[]): void => {
  const [meter] = unknownMeters;
  if (meter !== undefined) {
    const message = `The ledger has usage of meter "${meter}", which the catalog does not know: publish it.`;
    throw new NotRatable('missing-meter', message, { meter });
  }
  const uncounted = overflow.filter((event) => needed.includes(event.meter));
  if (uncounted.length > 0) {
    const meters = [...new Set(uncounted.map((event) => `"${event.meter}"`))].sort().join(', ');
    const message = `The ledger has ${uncounted.length} events of ${meters} that are not counted: too many or too long dimension values in a quarter of an hour, or a value that is no number. That cannot be mended afterwards: bill this period in the ERP by hand and decide "accepted"; for the next one publish a version of the meter with fewer dimensions.`;
    throw new NotRatable('rating-failed', message, { code: UNCOUNTED });
  }
};

const pinnedVersion = async <B extends Contract | PriceBook>(
  ports: Pick<ClosePorts, 'catalog'>,
  kind: 'contract' | 'price-book',
  id: string,
  version: number,
): Promise<B> => {
  const entry = await ports.catalog.version(kind, id, version);
  if (entry === undefined) {
    const exception = kind === 'contract' ? 'rating-failed' : 'missing-price';
    throw new NotRatable(exception, `Version ${version} of the ${kind} "${id}" is not in the catalog.`, { id });
  }
  return entry.body as B;
};

/** Every version of the meters that the prices need: the ledger knows by which of them an event was measured. */
const metersFor = async (
  ports: Pick<ClosePorts, 'catalog'>,
  plan: AccountProgress,
  ids: readonly string[],
): Promise<CatalogEntry<Meter>[]> => {
  const known = (await ports.catalog.history('meter')).filter(({ publishedAt }) => publishedAt <= plan.knownAt);
  const missing = ids.find((id) => !known.some((entry) => entry.id === id));
  if (missing !== undefined) {
    const message = `There is no meter "${missing}", which a price needs: publish it.`;
    throw new NotRatable('missing-meter', message, { meter: missing });
  }
  return known;
};
