import type { CatalogEntry, Meter } from '../catalog/types.ts';
import { monthOfEnd } from '../platform/billing-calendar.ts';
import { mapBounded } from '../platform/bounded.ts';
import type { Closing, Opening } from '../rating/types.ts';
import type { AccountStore } from './close-store.ts';
import { type DataFiles, getPinned } from './data-files.ts';
import type { UsagePort } from './ports.ts';
import type { PeriodResult, PlannedContract, PlannedSubject } from './records.ts';

/** What a part of a contract leaves: its closing, and of which subjects it knows every last value. */
export type ContractLeft = {
  readonly contract: string;
  /** The local date that the next part or period begins with. */
  readonly end: string;
  /** The instant up to which `complete` is known. */
  readonly until: string;
  readonly complete: readonly string[];
  readonly closing: Closing;
};

/**
 * The part of an account's lines file that the next period needs: `left` per contract. Format 1 had one for all
 * contracts of the account, with nothing but last values.
 */
export type LeftFile =
  | { readonly format: 2; readonly left: readonly ContractLeft[] }
  | {
      readonly format: 1;
      readonly closing: Closing;
      readonly carried?: { readonly until: string; readonly complete: readonly string[] };
    };

export type OpeningPorts = {
  readonly store: Pick<AccountStore, 'resultEndingAt'>;
  readonly files: DataFiles;
  readonly usage: Pick<UsagePort, 'lastValues'>;
};

const AT_ONCE = 4;
/** No contract has an empty name: what format 1 left belongs to none. */
const NO_CONTRACT = '';

/** What a lines file leaves, of either format. */
export const leftOf = (file: LeftFile): readonly ContractLeft[] => {
  if (file.format === 2) return file.left;
  const { closing, carried } = file;
  if (carried === undefined) return [];
  return [{ contract: NO_CONTRACT, end: '', ...carried, closing }];
};

type Dates = { readonly start: string; readonly end: string };
type Periods = readonly Pick<PlannedContract, 'period' | 'covered'>[];

/**
 * What the closes before rated of an account: of the dates just before, and of those in which the period before of one of
 * its contracts ended (a quarter ago, for one that is billed by quarter).
 */
export const resultsBefore = async (
  { store }: Pick<OpeningPorts, 'store'>,
  dates: Dates,
  account: string,
  contracts: Periods,
): Promise<PeriodResult[]> => {
  const begins = contracts.flatMap(({ period, covered }) => [period.start, covered.start]);
  const ends = new Set([dates.start, ...begins.map((date) => monthOfEnd(date).end)]);
  const before = [...ends].filter((end) => end < dates.end).sort();
  const found = await mapBounded(before, AT_ONCE, async (end) => (await store.resultEndingAt(account, end)) ?? []);
  return found.flat();
};

/** What some results leave. */
export const leftByResults = async (
  files: DataFiles,
  results: readonly Pick<PeriodResult, 'linesKey' | 'linesHash'>[],
): Promise<ContractLeft[]> => {
  const read = await mapBounded(results, AT_ONCE, async ({ linesKey, linesHash }) =>
    leftOf(await getPinned<LeftFile>(files, { key: linesKey, hash: linesHash })),
  );
  return read.flat();
};

/** What the closes before left of an account. */
export const leftBefore = async (
  ports: Pick<OpeningPorts, 'store' | 'files'>,
  dates: Dates,
  account: string,
  contracts: Periods,
): Promise<readonly ContractLeft[]> =>
  leftByResults(ports.files, await resultsBefore(ports, dates, account, contracts));

/** Results that are looked at for a contract whose period before was not rated: a year of months. */
const LOOK_BACK = 12;

/**
 * What contracts left in their newest earlier period, where the one just before was not rated: wallets and the commitment
 * of a contract year go on over the gap, for what was used is used. What belongs to the period in between (rollover, what
 * was charged ahead) does not. When that is rated after all, what follows is rated again.
 */
export const leftOverGaps = async (
  ports: { readonly store: Pick<AccountStore, 'resultsOf'>; readonly files: DataFiles },
  account: string,
  contracts: readonly PlannedContract[],
  lefts: readonly ContractLeft[],
): Promise<ContractLeft[]> => {
  const wanted = new Map(
    contracts.flatMap((planned): [string, string][] => {
      const begins = [planned.covered.start, planned.period.start];
      const isKnown = lefts.some(({ contract, end }) => contract === planned.contract && begins.includes(end));
      return isKnown || planned.ahead ? [] : [[planned.contract, planned.period.start]];
    }),
  );
  if (wanted.size === 0) return [];
  const first = [...wanted.values()].sort()[0] ?? '';
  const earlier = (await ports.store.resultsOf(account)).filter(({ start }) => start < first).reverse();
  const found: ContractLeft[] = [];
  for (const result of earlier.slice(0, LOOK_BACK)) {
    if (wanted.size === 0) break;
    for (const left of await leftByResults(ports.files, [result])) {
      const end = wanted.get(left.contract);
      if (end === undefined || left.end > end) continue;
      const { prices: _, ...closing } = left.closing;
      found.push({ ...left, end, closing });
      wanted.delete(left.contract);
    }
  }
  return found;
};

/** The values of one subject among carried ones. */
export const ofSubject = (carryIn: Opening['carryIn'], subject: string): Opening['carryIn'] =>
  Object.fromEntries(
    Object.entries(carryIn).filter(([key]) => (JSON.parse(key) as [string, unknown, string])[2] === subject),
  );

/** What of a closing is more than last values; empty for contracts that have nothing that passes on. */
export const passedOn = ({ prices, committed, wallets }: Closing): Omit<Opening, 'format' | 'carryIn'> => ({
  ...(prices === undefined || Object.keys(prices).length === 0 ? {} : { prices }),
  ...(committed === undefined ? {} : { committed }),
  ...(wallets === undefined || wallets.length === 0 ? {} : { wallets }),
});

/** An opening or closing as it is kept: format 1 as long as there is nothing but last values. */
export const passing = (state: Closing, carryIn: Opening['carryIn']): Opening => {
  const rest = passedOn(state);
  return { format: Object.keys(rest).length === 0 ? 1 : 2, carryIn, ...rest };
};

const NOTHING: Opening = { format: 1, carryIn: {} };

/**
 * What a part of a contract opens with. What passes on (rollover, contract years, wallets) is what the contract's own
 * period or part before left. The last values of each subject before its first instant come from what was left, by
 * whichever contract, where that knows the subject; from the ledger for the time since, and for all its time where
 * nothing is known (the first close, a period that was not rated, a subject that came from another account).
 */
export const openingOf = async (
  ports: Pick<OpeningPorts, 'usage'>,
  lefts: readonly ContractLeft[],
  planned: Pick<PlannedContract, 'contract' | 'period' | 'covered'>,
  subjects: readonly PlannedSubject[],
  meters: readonly CatalogEntry<Meter>[],
): Promise<Opening> => {
  const firsts = [...Map.groupBy(subjects, ({ subject }) => subject)].map(([subject, spans]) => ({
    subject,
    until: spans.map(({ from }) => from).sort()[0] ?? '',
  }));
  const carried = await mapBounded(firsts, AT_ONCE, async ({ subject, until }): Promise<Opening['carryIn']> => {
    const known = lefts
      .filter((left) => left.until <= until && left.complete.includes(subject))
      .sort((a, b) => (a.until < b.until ? 1 : -1))[0];
    const left = known === undefined ? {} : ofSubject(known.closing.carryIn, subject);
    if (known?.until === until) return left;
    const from = known === undefined ? {} : { from: known.until };
    return { ...left, ...(await ports.usage.lastValues({ subject, ...from, until, meters })) };
  });
  const own = lefts.filter(({ contract }) => contract === planned.contract);
  const before = [planned.covered.start, planned.period.start].flatMap(
    (date) => own.findLast(({ end }) => end === date) ?? [],
  )[0];
  return passing(before?.closing ?? NOTHING, Object.assign({}, ...carried));
};

/** What a rated part of a contract leaves: last values where it holds to its end, and whatever rating passes on. */
export const leftBy = (rated: {
  readonly planned: PlannedContract;
  readonly subjects: readonly PlannedSubject[];
  readonly closing: Closing;
  readonly carryOut: Closing['carryIn'];
}): ContractLeft => {
  const { planned, subjects, closing, carryOut } = rated;
  const { to } = planned.active;
  const complete = subjects.filter((each) => each.to === to).map(({ subject }) => subject);
  return {
    contract: planned.contract,
    end: planned.covered.end,
    until: to,
    complete: [...new Set(complete)].sort(),
    closing: passing(closing, carryOut),
  };
};
