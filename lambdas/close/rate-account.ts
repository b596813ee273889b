import type { CatalogEntry, Contract, Meter, PriceBook } from '../catalog/types.ts';
import { contentHash } from '../platform/hash.ts';
import { type Interval, intervalOf } from '../platform/period.ts';
import { policyOf } from '../rating/policies.ts';
import { metersOf, rate } from '../rating/rate.ts';
import { RatingError } from '../rating/rating-error.ts';
import type { Closing, Opening, RatedLine } from '../rating/types.ts';
import type { SlotPin } from '../usage/types.ts';
import type { AccountStore, CloseRecords, ExceptionStore } from './close-store.ts';
import { putByHash } from './data-files.ts';
import { overlap } from './intervals.ts';
import { totalsOf } from './money.ts';
import { type CarriedOn, type Left, leftBefore, leftBy, openingOf } from './opening.ts';
import type { ClosePorts, UsageReading } from './ports.ts';
import { raise } from './raise.ts';
import type { AccountProgress, PlannedContract, PlannedSubject } from './records.ts';
import { twiceCounted } from './twice-counted.ts';
import type { CloseRecord, ExceptionKind } from './types.ts';

/** The lines file of an account: what one close rated. */
export type LinesFile = {
  readonly format: 1;
  readonly closeId: string;
  readonly account: string;
  readonly lines: readonly RatedLine[];
  readonly closing: Closing;
  readonly carried: CarriedOn;
};

/** The pins file of an account: everything the lines were made from. */
export type PinsFile = {
  readonly format: 1;
  readonly closeId: string;
  readonly account: string;
  readonly knownAt: string;
  readonly subjects: readonly PlannedSubject[];
  readonly contracts: readonly {
    readonly contract: PlannedContract;
    readonly meters: readonly { readonly id: string; readonly version: number; readonly hash: string }[];
    readonly usageHash: string;
    readonly slots: readonly SlotPin[];
    /** What it began with, by value: the ledger may know better by now. */
    readonly opening: Opening;
    readonly openingHash: string;
  }[];
};

/** Why an account cannot be rated, as an exception for a person. */
class NotRatable extends Error {
  override readonly name = 'NotRatable';
  readonly kind: ExceptionKind;
  readonly evidence: Readonly<Record<string, string>>;
  constructor(kind: ExceptionKind, message: string, evidence: Readonly<Record<string, string>>) {
    super(message);
    this.kind = kind;
    this.evidence = evidence;
  }
}

/** What rating reads and writes of a close. */
export type RatingStore = CloseRecords & AccountStore & Pick<ExceptionStore, 'raise'>;

export type RatingPorts = Pick<ClosePorts, 'clock' | 'files' | 'catalog' | 'usage'> & { readonly store: RatingStore };
type Ports = RatingPorts;

/** How an account ended, and whether it was this call that ended it. */
export type AccountEnd = { readonly state: 'rated' | 'excepted'; readonly isNew: boolean };

/**
 * Rates one account of a close, once: lines and pins go to the data bucket by hash, then the progress says where they
 * are. A repeat finds the account ended and does nothing. What is wrong with this account's data becomes an exception
 * of this account; only what is wrong with the house (a store that does not answer) is thrown.
 */
export const rateAccount = async (ports: Ports, record: CloseRecord, account: string): Promise<AccountEnd> => {
  const plan = await ports.store.account(record.closeId, account);
  if (plan === undefined) throw new Error(`${record.closeId} has no plan for ${account}`);
  if (plan.state !== 'open') return { state: plan.state, isNew: false };
  // The walk of the close's readiness has found them; here they hold the account.
  for (const draft of await twiceCounted(ports, plan)) await raise(ports, record, draft);
  const ended = await rateOpen(ports, record, plan).catch(async (error: unknown): Promise<AccountProgress> => {
    const reason = notRatable(error);
    if (reason === undefined) throw error;
    const { exceptionId } = await raise(ports, record, {
      kind: reason.kind,
      about: { account, evidence: reason.evidence },
      account,
      message: reason.evidence.code === UNCOUNTED ? reason.message : `${reason.message} ${MEND}`,
      evidence: reason.evidence,
    });
    return { ...plan, state: 'excepted', exceptionId };
  });
  const isNew = await ports.store.endAccount(ended);
  const stands = isNew ? ended : await ports.store.account(record.closeId, account);
  return { state: stands?.state === 'rated' ? 'rated' : 'excepted', isNew };
};

/** What a person can do about data that cannot be rated. */
const MEND =
  'When that is mended, decide "fixed" and close again; "accepted" leaves this period of the account unbilled.';
/** Nothing mends this one: the events are in the ledger, and no key of it counts them. */
const UNCOUNTED = 'overflow';

const notRatable = (error: unknown): NotRatable | undefined => {
  if (error instanceof NotRatable) return error;
  if (error instanceof RatingError) return new NotRatable(error.exceptionKind, error.message, error.evidence);
  // Exact arithmetic says no with a RangeError: a figure that does not fit, never a store that does not answer.
  if (error instanceof RangeError) return new NotRatable('rating-failed', error.message, { code: 'arithmetic' });
  return undefined;
};

const rateOpen = async (ports: Ports, record: CloseRecord, plan: AccountProgress): Promise<AccountProgress> => {
  const before = await leftBefore(ports, record, plan.account);
  const rated: Awaited<ReturnType<typeof rateContract>>[] = [];
  for (const planned of plan.contracts) rated.push(await rateContract(ports, plan, planned, before));
  const lines = rated.flatMap((each) => each.lines);
  const { closeId, account } = plan;
  const linesFile: LinesFile = { format: 1, closeId, account, lines, ...leftBy(rated) };
  const pinsFile: PinsFile = {
    format: 1,
    closeId,
    account,
    knownAt: plan.knownAt,
    subjects: plan.subjects,
    contracts: rated.map(({ pins }) => pins),
  };
  const storedLines = await putByHash(ports.files, `closes/${closeId}/lines/${account}`, linesFile);
  const storedPins = await putByHash(ports.files, `closes/${closeId}/pins/${account}`, pinsFile);
  return {
    ...plan,
    state: 'rated',
    rated: {
      lines: lines.length,
      totals: totalsOf(lines),
      linesKey: storedLines.key,
      linesHash: storedLines.hash,
      pinsKey: storedPins.key,
      pinsHash: storedPins.hash,
      at: ports.clock.now(),
    },
  };
};

const rateContract = async (
  ports: Ports,
  plan: AccountProgress,
  planned: PlannedContract,
  before: Left | undefined,
) => {
  const [contract, priceBook] = await Promise.all([
    pinnedVersion<Contract>(ports, 'contract', planned.contract, planned.contractVersion),
    pinnedVersion<PriceBook>(ports, 'price-book', planned.priceBook, planned.priceBookVersion),
  ]);
  const policy = policyOf(planned.policy);
  if (policy === undefined) {
    throw new NotRatable('rating-failed', `There is no rating policy "${planned.policy}".`, { policy: planned.policy });
  }
  const needed = metersOf(contract, priceBook);
  const meters = await metersFor(ports, plan, needed);
  const subjects = plan.subjects.flatMap((subject) => within(subject, planned.active));
  const opening = await openingOf(ports, before, subjects, meters);
  const reading = await ports.usage.read({
    subjects,
    period: planned.covered,
    carryIn: opening.carryIn,
    meters,
  });
  refuseUncounted(reading, needed);
  const { lines } = rate({
    contract,
    contractVersion: planned.contractVersion,
    priceBook,
    priceBookVersion: planned.priceBookVersion,
    usage: reading.usage,
    opening,
    period: planned.period,
    policy,
    usageHash: reading.usageHash,
  });
  const pins: PinsFile['contracts'][number] = {
    contract: planned,
    meters: meters.map(({ id, version, hash }) => ({ id, version, hash })),
    usageHash: reading.usageHash,
    slots: reading.pins,
    opening,
    openingHash: contentHash(opening),
  };
  return { planned, lines, pins, subjects, carryOut: reading.carryOut, end: intervalOf(planned.period).to };
};

/** Usage that was accepted and that these meters do not count must not be left out of a bill silently. */
const refuseUncounted = ({ unknownMeters, overflow }: UsageReading, needed: readonly string[]): void => {
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

const within = (subject: PlannedSubject, active: Interval): PlannedSubject[] => {
  const common = overlap(subject, active);
  return common ? [{ ...subject, ...common }] : [];
};

const pinnedVersion = async <B extends Contract | PriceBook>(
  ports: Ports,
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
  ports: Ports,
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
