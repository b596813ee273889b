import { subjectsByAccount } from '../catalog/attribution.ts';
import type { CatalogReader } from '../catalog/types.ts';
import type { AccountStore } from '../close/close-store.ts';
import { type ContractInPeriod, contractsIn } from '../close/contracts-in.ts';
import type { StoredValue } from '../close/data-files.ts';
import { type PlanGapOf, planContract } from '../close/plan-contract.ts';
import type { PlannedContract, PlannedSubject } from '../close/records.ts';
import { subjectsIn } from '../close/steps/prepare.ts';
import { mapBounded } from '../platform/bounded.ts';
import { changedCatalog } from './changed-catalog.ts';
import type { MonthDates } from './months.ts';
import type { PreviewChange } from './types.ts';

/** One part of a contract with the versions of both sides; a `gap` says why a side cannot be rated. */
export type PlannedPair = {
  readonly before: PlannedContract;
  readonly after: PlannedContract;
  readonly gap?: string;
  /** Not over yet. */
  readonly running?: true;
  /** What the period was billed from, where a close has rated it: usage is read as it was then. */
  readonly pins?: StoredValue;
};

/** What is rated again of one account, in the order of time. */
export type AccountPlan = {
  readonly account: string;
  readonly name: string;
  /** The dates of the first month: what closes left before it is what both sides begin with. */
  readonly first: MonthDates;
  readonly pairs: readonly PlannedPair[];
  readonly subjects: readonly PlannedSubject[];
};

export type PlanPorts = {
  /** Read once: previews are of one moment. */
  readonly catalog: CatalogReader;
  readonly results: Pick<AccountStore, 'account' | 'resultEndingAt'>;
};

export type PlanRequest = {
  readonly change: PreviewChange;
  readonly months: readonly MonthDates[];
  readonly knownAt: string;
  readonly accounts?: readonly string[];
};

const AT_ONCE = 16;

const gapText = ({ kind, what }: PlanGapOf): string =>
  kind === 'missing-price' ? `there is no ${what} for this period` : `there is no ${what}`;

/** What a close pinned of an account's periods that end in a month, and where; nothing where none has rated it. */
type Pinned = { readonly contracts: readonly PlannedContract[]; readonly pins?: StoredValue };

const pinnedOf = async ({ results }: PlanPorts, account: string, { end }: MonthDates): Promise<Pinned> => {
  const result = await results.resultEndingAt(account, end);
  const progress = result && (await results.account(result.closeId, account));
  if (progress?.rated === undefined) return { contracts: [] };
  const { pinsKey: key, pinsHash: hash } = progress.rated;
  return { contracts: progress.contracts, pins: { key, hash } };
};

const KEEP = (_book: string, version: number): number => version;

/** Both sides of one part. `undefined`: neither charges anything in it. */
const pairOf = async (
  ports: PlanPorts,
  { change, knownAt }: PlanRequest,
  found: ContractInPeriod,
  { contracts: pinned, pins }: Pinned,
): Promise<PlannedPair | undefined> => {
  const known = { knownAt, pinned, repins: KEEP };
  const { contract } = change;
  const isChanged = contract?.body.id === found.entry.id;
  const changed = isChanged ? { ...found, entry: { ...found.entry, body: contract.body } } : found;
  const [before, after] = await Promise.all([
    planContract(ports, found, known),
    planContract({ catalog: changedCatalog(ports.catalog, change) }, changed, known),
  ]);
  const either = before ?? after;
  if (either === undefined) return undefined;
  const gap = before?.gap ?? after?.gap;
  return {
    before: (before ?? either).planned,
    after: (after ?? either).planned,
    ...(gap === undefined ? {} : { gap: gapText(gap) }),
    ...(found.active.to > knownAt ? { running: true } : {}),
    ...(pins === undefined ? {} : { pins }),
  };
};

/**
 * What a preview rates again: of every account the billing periods that end in the months, found as a close finds them,
 * with the versions that each was billed with. Ordered by account.
 */
export const planAccounts = async (ports: PlanPorts, request: PlanRequest): Promise<AccountPlan[]> => {
  const { months, knownAt, accounts } = request;
  const subjectsOf = await subjectsByAccount(ports.catalog, knownAt);
  const found = await Promise.all(
    months.map(async (month) => {
      const contracts = await contractsIn(ports.catalog, month, knownAt);
      return { month, byAccount: Map.groupBy(contracts, ({ entry }) => entry.body.account) };
    }),
  );
  const named = new Set(found.flatMap(({ byAccount }) => [...byAccount.keys()]));
  const wanted = [...named].filter((account) => accounts?.includes(account) ?? true).sort();
  const known = new Map(
    (await ports.catalog.list('account', { effectiveAt: knownAt, knownAt })).map((one) => [one.id, one]),
  );
  const first = months[0];
  if (first === undefined) return [];
  const plans = await mapBounded(wanted, AT_ONCE, async (account): Promise<AccountPlan> => {
    const pairs: PlannedPair[] = [];
    for (const { month, byAccount } of found) {
      const own = byAccount.get(account) ?? [];
      const pinned = own.length === 0 ? { contracts: [] } : await pinnedOf(ports, account, month);
      const made = await Promise.all(own.map((each) => pairOf(ports, request, each, pinned)));
      pairs.push(
        ...made.flatMap((pair) => pair ?? []).sort((a, b) => (a.before.active.from < b.before.active.from ? -1 : 1)),
      );
    }
    return {
      account,
      name: known.get(account)?.body.name ?? account,
      first,
      pairs,
      subjects: subjectsIn(
        account,
        pairs.map(({ before }) => before),
        subjectsOf,
      ),
    };
  });
  return plans.filter(({ pairs }) => pairs.length > 0);
};
