import { subjectsByAccount } from '../../catalog/attribution.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { type EarlierCloses, earlierCloses } from '../billed.ts';
import { type ContractInPeriod, contractsIn } from '../contracts-in.ts';
import { hull } from '../intervals.ts';
import { type PlanGapOf, type PlanKnown, planContract } from '../plan-contract.ts';
import { type ClosePorts, ok, refused, type StepResult } from '../ports.ts';
import { beginStep, closeOf, endStep } from '../progress.ts';
import { type ExceptionDraft, raise } from '../raise.ts';
import type { AccountProgress, PlannedContract } from '../records.ts';
import { supersededBooks } from '../superseding-books.ts';
import type { CloseRecord } from '../types.ts';

/** Accounts per chunk: a chunk of large accounts stays far below a function's 15 minutes, and 10,000 accounts are 1,667 items. */
const CHUNK = 6;
const AT_ONCE = 20;

/** Where the chunks of a close lie. */
export const chunkKeyOf = (closeId: string): string => `closes/${closeId}/chunks.json`;

/**
 * Writes down what is to be rated: per account the periods of its contracts that end within the dates, with exact
 * versions, and its subjects, chosen once, as known now. A period that was billed before keeps the prices of that billing.
 */
export const prepare = async (ports: ClosePorts, input: { readonly closeId: string }): Promise<StepResult> => {
  const record = await closeOf(ports.store, input.closeId);
  const chunkKey = chunkKeyOf(record.closeId);
  if (record.steps.prepare.state === 'done') return ok({ chunkKey, accounts: record.steps.prepare.total });
  await beginStep(ports, record, 'prepare');

  const knownAt = ports.clock.now();
  const [found, subjectsOf, earlier, exceptions] = await Promise.all([
    contractsIn(ports.catalog, record, knownAt),
    subjectsByAccount(ports.catalog, knownAt),
    earlierCloses(ports.store, record, record.run),
    ports.store.exceptions(record),
  ]);
  const byAccount = Map.groupBy(found, ({ entry }) => entry.body.account);
  const named = [...new Set([...byAccount.keys(), ...earlier.accounts.keys()])].sort();
  const wanted = named.filter((account) => record.accounts?.includes(account) ?? true);
  const pinned = wanted.flatMap((account) => earlier.pinned.get(account) ?? []);
  const { drafts, repins } = await supersededBooks(ports.catalog, pinned, exceptions, knownAt);
  for (const draft of drafts) await raise(ports, record, draft);

  const known = { earlier, subjectsOf, knownAt, repins, fxRates: onceRead(() => ports.catalog.history('fx-rate')) };
  const made = await mapBounded(wanted, AT_ONCE, (account) =>
    planOf(ports, record, account, { ...known, found: byAccount.get(account) ?? [] }),
  );
  // A contract whose first period is the next one is rated only for what is charged in advance.
  const plans = made.filter(({ account, contracts }) => contracts.length > 0 || earlier.accounts.has(account));
  if (plans.length === 0) {
    return refused('NOTHING_TO_BILL', 'No contract has a billing period that ends within these dates.');
  }
  await mapBounded(plans, AT_ONCE, (plan) => ports.store.planAccount(plan));
  const accounts = plans.map(({ account }) => account);
  const chunks = Array.from({ length: Math.ceil(accounts.length / CHUNK) }, (_, n) => ({
    chunk: n + 1,
    accounts: accounts.slice(n * CHUNK, (n + 1) * CHUNK),
  }));
  await ports.files.putText(chunkKey, canonicalJson(chunks));
  const repeated = plans.filter((plan) => plan.contracts.some((contract) => contract.pinned)).length;
  const notes = repeated === 0 ? [] : [`${repeated} accounts were billed before: only what changed is billed now.`];
  await ports.store.setStep(record.closeId, 'rate', {
    state: 'running',
    done: plans.filter(({ state }) => state !== 'open').length,
    total: accounts.length,
    startedAt: ports.clock.now(),
  });
  await endStep(ports, record, 'prepare', { done: accounts.length, total: accounts.length, notes });
  return ok({ chunkKey, accounts: accounts.length });
};

/** Reads when it is asked for first, and not again. */
const onceRead = <T>(read: () => Promise<T>): (() => Promise<T>) => {
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read();
    return reading;
  };
};

type Known = Omit<PlanKnown, 'pinned'> & {
  readonly found: readonly ContractInPeriod[];
  readonly earlier: EarlierCloses;
  readonly subjectsOf: Awaited<ReturnType<typeof subjectsByAccount>>;
};

const planOf = async (
  ports: ClosePorts,
  record: CloseRecord,
  account: string,
  { found, earlier, subjectsOf, ...known }: Known,
): Promise<AccountProgress> => {
  const { knownAt } = known;
  const pinned = earlier.pinned.get(account) ?? [];
  const made = await Promise.all(found.map((each) => planContract(ports, each, { ...known, pinned })));
  const plans = made
    .flatMap((each) => each ?? [])
    .sort((a, b) => (a.planned.active.from < b.planned.active.from ? -1 : 1));
  const contracts = plans.map(({ planned }) => planned);
  const span = hull(contracts.map(({ active }) => active));
  const entry = await ports.catalog.get('account', account, { effectiveAt: span?.to ?? knownAt, knownAt });
  const base: AccountProgress = {
    format: 1,
    closeId: record.closeId,
    account,
    accountName: entry?.body.name ?? account,
    salesRegion: entry?.body.salesRegion ?? 'unknown',
    state: 'open',
    contracts,
    subjects: subjectsIn(account, contracts, subjectsOf),
    knownAt,
  };
  const gaps = plans.flatMap(({ planned, gap }) => (gap === undefined ? [] : [{ planned, gap }]));
  const [first] = gaps;
  if (first === undefined) return base;
  const unrated = [...new Set(gaps.map(({ planned }) => planned.contract))].sort();
  const left = contracts.filter(({ contract }) => !unrated.includes(contract));
  if (left.length === 0) {
    const { exceptionId } = await raise(ports, record, gapDraft(account, first.gap.kind, gaps));
    return { ...base, state: 'excepted', exceptionId };
  }
  // The others of the account are rated: only what cannot be is held.
  for (const [contract, own] of Map.groupBy(gaps, ({ planned }) => planned.contract)) {
    await raise(ports, record, { ...gapDraft(account, own[0]?.gap.kind ?? first.gap.kind, own), contract });
  }
  return { ...base, contracts: left, unrated };
};

/** The account's own subjects, and those of the children that its contracts cover, while they do. */
export const subjectsIn = (
  account: string,
  contracts: readonly PlannedContract[],
  subjectsOf: Known['subjectsOf'],
): AccountProgress['subjects'] => {
  const children = [...new Set(contracts.flatMap(({ covers = [] }) => covers))].sort();
  return [account, ...children].flatMap((owner) => {
    const ofOwner = owner === account ? contracts : contracts.filter(({ covers = [] }) => covers.includes(owner));
    const span = hull(ofOwner.map(({ active }) => active));
    return (span === undefined ? [] : subjectsOf(owner, span)).map(({ subject, from, to, version }) => ({
      subject,
      from,
      to,
      attributionVersion: version,
      ...(owner === account ? {} : { account: owner }),
    }));
  });
};

const gapDraft = (
  account: string,
  kind: PlanGapOf['kind'],
  all: readonly { readonly planned: PlannedContract; readonly gap: PlanGapOf }[],
): ExceptionDraft => {
  const gaps = all.filter(({ gap }) => gap.kind === kind);
  const names = gaps.map(({ planned, gap }) => `${gap.what} of contract "${planned.contract}"`).join(', ');
  const missing = kind === 'missing-price' ? `There is no ${names} for this period` : `There is missing: ${names}`;
  return {
    kind,
    about:
      kind === 'missing-price'
        ? { account, priceBooks: gaps.map(({ planned }) => planned.priceBook).sort() }
        : { account, contracts: gaps.map(({ planned }) => planned.contract).sort() },
    account,
    message: `${missing}: publish it, decide "fixed" and close these dates again.`,
    evidence: { contracts: gaps.map(({ planned }) => planned.contract) },
  };
};
