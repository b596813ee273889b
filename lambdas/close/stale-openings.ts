import { billingPeriodOf, monthOfEnd } from '../platform/billing-calendar.ts';
import { mapBounded } from '../platform/bounded.ts';
import { canonicalJson } from '../platform/canonical-json.ts';
import type { Opening } from '../rating/types.ts';
import { type DataFiles, getPinned } from './data-files.ts';
import type { CloseDates } from './names.ts';
import {
  type ContractLeft,
  type LeftFile,
  leftByResults,
  leftOf,
  ofSubject,
  passedOn,
  resultsBefore,
} from './opening.ts';
import type { ClosePorts } from './ports.ts';
import type { PinsFile } from './rate-account.ts';
import type { ContractPins } from './rate-contract.ts';
import type { AccountProgress, PlannedContract, RatedOutcome } from './records.ts';
import type { CloseRecord } from './types.ts';

const AT_ONCE = 16;

type Ports = Pick<ClosePorts, 'store' | 'files' | 'catalog'>;

/** Dates that must be rated again, and for which accounts. */
export type StaleDates = CloseDates & { readonly accounts: readonly string[] };

/** Whether a part of a contract was rated with another opening than the part before leaves now. */
const differs = (left: ContractLeft, { opening, contract }: ContractPins, pins: PinsFile): boolean => {
  const passed = (state: Opening) => canonicalJson(passedOn(state));
  if (passed(left.closing) !== passed(opening)) return true;
  const { from } = contract.active;
  const shared = pins.subjects.filter((each) => each.from <= from && from < each.to);
  return (
    left.until === from &&
    shared.some(({ subject }) => {
      if (!left.complete.includes(subject)) return false;
      const of = (carryIn: Opening['carryIn']) => canonicalJson(ofSubject(carryIn, subject));
      return of(left.closing.carryIn) !== of(opening.carryIn);
    })
  );
};

const pinsFileOf = (files: DataFiles, { pinsKey, pinsHash }: RatedOutcome): Promise<PinsFile> =>
  getPinned<PinsFile>(files, { key: pinsKey, hash: pinsHash });

/** The part of a contract that begins where another one ends, if these pins have it. */
const nextOf = (pins: PinsFile, { contract, end }: ContractLeft): ContractPins | undefined => {
  const own = pins.contracts.filter((each) => each.contract.contract === contract);
  return (
    own.find((each) => each.contract.covered.start === end) ?? own.find((each) => each.contract.period.start === end)
  );
};

/** The dates whose close rates what follows a part of a contract, by the calendar that it was rated with. */
const datesAfter = async (ports: Ports, planned: PlannedContract): Promise<CloseDates | undefined> => {
  const entry = await ports.catalog.version('contract', planned.contract, planned.contractVersion);
  return entry && monthOfEnd(billingPeriodOf(entry.body, planned.covered.end).end);
};

type Found = { readonly account: string; readonly dates: CloseDates };

/** The closed periods after those of this close that were rated with something else than it leaves now. */
const staleAfter = async (
  ports: Ports,
  record: CloseRecord,
  { account, contracts }: AccountProgress,
  rated: RatedOutcome,
): Promise<Found[]> => {
  const stale: Found[] = [];
  const last = new Map(contracts.map((planned) => [planned.contract, planned]));
  for (const planned of last.values()) {
    const dates = await datesAfter(ports, planned);
    if (dates === undefined || dates.end <= record.end) continue;
    const result = await ports.store.resultEndingAt(account, dates.end);
    const after = result && (await ports.store.account(result.closeId, account));
    // As a rule nothing follows yet, and no file is read.
    if (after?.rated === undefined) continue;
    const file = await getPinned<LeftFile>(ports.files, { key: rated.linesKey, hash: rated.linesHash });
    const left = leftOf(file).findLast(({ contract }) => contract === planned.contract);
    const pins = await pinsFileOf(ports.files, after.rated);
    const next = left && nextOf(pins, left);
    if (left !== undefined && next !== undefined && differs(left, next, pins)) stale.push({ account, dates });
  }
  return stale;
};

/** Whether a close before this one has ended since this one rated, and leaves something else now. */
const isStaleItself = async (
  ports: Ports,
  record: CloseRecord,
  { account, contracts }: AccountProgress,
  rated: RatedOutcome,
): Promise<boolean> => {
  const results = await resultsBefore(ports, record, account, contracts);
  const { openedWith } = rated;
  const isSame = openedWith?.length === results.length && results.every(({ closeId }) => openedWith.includes(closeId));
  if (isSame) return false;
  const pins = await pinsFileOf(ports.files, rated);
  const lefts = await leftByResults(ports.files, results);
  return lefts.some((left) => {
    const next = nextOf(pins, left);
    return next !== undefined && differs(left, next, pins);
  });
};

/**
 * Where a close has to be followed by others: closed periods whose opening is not what the period before leaves now, by
 * dates. Of these dates themselves too, when an earlier close ended while this one waited for a person.
 */
export const staleOpenings = async (ports: Ports, record: CloseRecord): Promise<StaleDates[]> => {
  const accounts = await ports.store.accounts(record.closeId);
  const found = await mapBounded(accounts, AT_ONCE, async (progress): Promise<Found[]> => {
    const { rated } = progress;
    if (rated === undefined) return [];
    const itself = (await isStaleItself(ports, record, progress, rated))
      ? [{ account: progress.account, dates: { start: record.start, end: record.end } }]
      : [];
    return [...itself, ...(await staleAfter(ports, record, progress, rated))];
  });
  return [...Map.groupBy(found.flat(), ({ dates }) => `${dates.start}#${dates.end}`)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, some]) => {
      const [first] = some;
      return first === undefined
        ? []
        : [{ ...first.dates, accounts: [...new Set(some.map((each) => each.account))].sort() }];
    });
};
