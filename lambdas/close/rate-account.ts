import type { RatedLine } from '../rating/types.ts';
import type { AccountStore, CloseRecords, ExceptionStore } from './close-store.ts';
import { putByHash } from './data-files.ts';
import { engineDiffers, NEWER, ratedBefore } from './engine-check.ts';
import { totalsOf } from './money.ts';
import { notRatable, UNCOUNTED } from './not-ratable.ts';
import { type ContractLeft, leftByResults, leftOverGaps, resultsBefore } from './opening.ts';
import type { ClosePorts } from './ports.ts';
import { raise } from './raise.ts';
import { type ContractPins, type RatedContract, rateContract } from './rate-contract.ts';
import type { AccountProgress, PlannedSubject } from './records.ts';
import { twiceCounted } from './twice-counted.ts';
import type { CloseRecord, DocumentPayment } from './types.ts';
import type { UsedByLine } from './used-by-month.ts';

/** The lines file of an account: what one close rated, and what each contract leaves to its next period. */
export type LinesFile = {
  /** Format 1 has `closing` and `carried` of all contracts together instead of `left`. */
  readonly format: 2;
  readonly closeId: string;
  readonly account: string;
  readonly lines: readonly RatedLine[];
  readonly left: readonly ContractLeft[];
  /** What prepaid credit pays, by contract; absent: nothing. */
  readonly payments?: readonly DocumentPayment[];
  /** What was used by month, of lines that are recognized as used over more than one; absent: there are none. */
  readonly used?: UsedByLine;
};

/** The pins file of an account: everything the lines were made from. */
export type PinsFile = {
  readonly format: 1;
  readonly closeId: string;
  readonly account: string;
  readonly knownAt: string;
  readonly subjects: readonly PlannedSubject[];
  readonly contracts: readonly ContractPins[];
};

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
  const ended = await rateUnlessEngineDiffers(ports, record, plan);
  const isNew = await ports.store.endAccount(ended);
  const stands = isNew ? ended : await ports.store.account(record.closeId, account);
  return { state: stands?.state === 'rated' ? 'rated' : 'excepted', isNew };
};

const rateUnlessEngineDiffers = async (
  ports: Ports,
  record: CloseRecord,
  plan: AccountProgress,
): Promise<AccountProgress> => {
  const differs = await engineDiffers(ports, record, plan);
  const raised = differs && (await raise(ports, record, differs));
  if (raised !== undefined && raised.resolution?.decision !== NEWER) {
    return { ...plan, state: 'excepted', exceptionId: raised.exceptionId };
  }
  return rateOpen(ports, record, plan);
};

/** What a person can do about data that cannot be rated. */
const MEND =
  'When that is mended, decide "fixed" and close again; "accepted" leaves this period of the account unbilled.';

/** A contract that cannot be rated becomes an exception: of the contract where the account has others, else of the account. */
const cannotRate = async (
  ports: Ports,
  record: CloseRecord,
  { account, contracts }: AccountProgress,
  contract: string,
  error: unknown,
): Promise<string> => {
  const reason = notRatable(error);
  if (reason === undefined) throw error;
  const { kind, evidence, message } = reason;
  const isOnly = contracts.every((each) => each.contract === contract);
  const { exceptionId } = await raise(ports, record, {
    kind,
    about: { account, ...(isOnly ? {} : { contract }), evidence },
    account,
    ...(isOnly ? {} : { contract }),
    message: evidence.code === UNCOUNTED ? message : `${message} ${MEND}`,
    evidence,
  });
  return exceptionId;
};

/** What contracts that cannot be rated now left when these dates were rated before: that stands, as what is billed does. */
const leftByEarlierRun = async (
  ports: Ports,
  record: CloseRecord,
  account: string,
  unrated: readonly string[],
): Promise<ContractLeft[]> => {
  const earlier = unrated.length === 0 ? undefined : await ratedBefore(ports, record, account);
  if (earlier === undefined) return [];
  const lefts = await leftByResults(ports.files, [earlier]);
  return lefts.filter(({ contract }) => unrated.includes(contract));
};

const rateOpen = async (ports: Ports, record: CloseRecord, plan: AccountProgress): Promise<AccountProgress> => {
  const results = await resultsBefore(ports, record, plan.account, plan.contracts);
  const just = await leftByResults(ports.files, results);
  const before = [...(await leftOverGaps(ports, plan.account, plan.contracts, just)), ...just];
  let rated: RatedContract[] = [];
  const failed = new Map<string, string>();
  // In the order of time: what one part of a contract leaves, the next one opens with.
  for (const planned of plan.contracts) {
    if (failed.has(planned.contract)) continue;
    const lefts = [...before, ...rated.map(({ left }) => left)];
    try {
      rated.push(await rateContract(ports, plan, planned, lefts));
    } catch (error) {
      failed.set(planned.contract, await cannotRate(ports, record, plan, planned.contract, error));
      // A contract is rated whole or not at all.
      rated = rated.filter(({ left }) => left.contract !== planned.contract);
    }
  }
  const [exceptionId] = failed.values();
  if (exceptionId !== undefined && plan.contracts.every(({ contract }) => failed.has(contract))) {
    return { ...plan, state: 'excepted', exceptionId };
  }
  const unrated = [...(plan.unrated ?? []), ...failed.keys()];
  const lines = rated.flatMap((each) => each.lines);
  const { closeId, account } = plan;
  const payments = rated.flatMap(({ payments: some, left: { contract } }) =>
    some.map((payment) => ({ ...payment, contract })),
  );
  const used: UsedByLine = Object.assign({}, ...rated.map((each) => each.used));
  const linesFile: LinesFile = {
    format: 2,
    closeId,
    account,
    lines,
    left: [...rated.map(({ left }) => left), ...(await leftByEarlierRun(ports, record, account, unrated))],
    ...(payments.length === 0 ? {} : { payments }),
    ...(Object.keys(used).length === 0 ? {} : { used }),
  };
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
    ...(unrated.length === 0 ? {} : { unrated }),
    rated: {
      lines: lines.length,
      totals: totalsOf(lines),
      linesKey: storedLines.key,
      linesHash: storedLines.hash,
      pinsKey: storedPins.key,
      pinsHash: storedPins.hash,
      openedWith: results.map((result) => result.closeId),
      at: ports.clock.now(),
    },
  };
};
