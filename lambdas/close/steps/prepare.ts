import { subjectsByAccount } from '../../catalog/attribution.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { type EarlierCloses, earlierCloses } from '../billed.ts';
import { type ContractInPeriod, contractsIn } from '../contracts-in.ts';
import { hull } from '../intervals.ts';
import { type ClosePorts, ok, refused, type StepResult } from '../ports.ts';
import { beginStep, closeOf, endStep } from '../progress.ts';
import { raise } from '../raise.ts';
import type { AccountProgress, PlannedContract } from '../records.ts';
import type { CloseRecord } from '../types.ts';

/** Accounts per chunk: a chunk of large accounts stays far below a function's 15 minutes, and 10,000 accounts are 1,667 items. */
const CHUNK = 6;
const AT_ONCE = 20;

/** Where the chunks of a close lie. */
export const chunkKeyOf = (closeId: string): string => `closes/${closeId}/chunks.json`;

/**
 * Writes down what is to be rated: per account its contracts with exact versions and its subjects, chosen once, as
 * known now. An account whose period was billed before keeps the versions of that billing.
 */
export const prepare = async (ports: ClosePorts, input: { readonly closeId: string }): Promise<StepResult> => {
  const record = await closeOf(ports.store, input.closeId);
  const chunkKey = chunkKeyOf(record.closeId);
  if (record.steps.prepare.state === 'done') return ok({ chunkKey, accounts: record.steps.prepare.total });
  await beginStep(ports, record, 'prepare');

  const knownAt = ports.clock.now();
  const [found, subjectsOf, earlier] = await Promise.all([
    contractsIn(ports.catalog, record, knownAt),
    subjectsByAccount(ports.catalog, knownAt),
    earlierCloses(ports.store, record, record.run),
  ]);
  const byAccount = Map.groupBy(found, ({ entry }) => entry.body.account);
  const accounts = [...new Set([...byAccount.keys(), ...earlier.accounts.keys()])].sort();
  if (accounts.length === 0) return refused('NOTHING_TO_BILL', 'No contract covers these dates.');

  const plans = await mapBounded(accounts, AT_ONCE, async (account) => {
    const plan = await planOf(ports, record, account, {
      found: byAccount.get(account) ?? [],
      earlier,
      subjectsOf,
      knownAt,
    });
    await ports.store.planAccount(plan);
    return plan;
  });
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

const planOf = async (
  ports: ClosePorts,
  record: CloseRecord,
  account: string,
  known: {
    readonly found: readonly ContractInPeriod[];
    readonly earlier: EarlierCloses;
    readonly subjectsOf: Awaited<ReturnType<typeof subjectsByAccount>>;
    readonly knownAt: string;
  },
): Promise<AccountProgress> => {
  const { found, earlier, subjectsOf, knownAt } = known;
  const pinned = (earlier.pinned.get(account) ?? []).map((contract) => ({ ...contract, pinned: true }));
  const billed = new Set(pinned.map(({ contract }) => contract));
  const fresh = await Promise.all(
    found.filter(({ entry }) => !billed.has(entry.id)).map((each) => planContract(ports, each, knownAt)),
  );
  const contracts = [...pinned, ...fresh.map(({ planned }) => planned)];
  const missing = fresh.filter((each) => each.missing);
  const span = hull(contracts.map(({ active }) => active));
  const spans = span === undefined ? [] : subjectsOf(account, span);
  const entry = await ports.catalog.get('account', account, { effectiveAt: span?.to ?? knownAt, knownAt });
  const base: AccountProgress = {
    format: 1,
    closeId: record.closeId,
    account,
    accountName: entry?.body.name ?? account,
    salesRegion: entry?.body.salesRegion ?? 'unknown',
    state: 'open',
    contracts,
    subjects: spans.map(({ subject, from, to, version }) => ({ subject, from, to, attributionVersion: version })),
    knownAt,
  };
  if (missing.length === 0) return base;
  const names = missing.map(({ planned }) => `"${planned.priceBook}" of contract "${planned.contract}"`).join(', ');
  const { exceptionId } = await raise(ports, record, {
    kind: 'missing-price',
    about: { account, priceBooks: missing.map(({ planned }) => planned.priceBook).sort() },
    account,
    message: `There is no price book ${names} for this period: publish it, decide "fixed" and close these dates again.`,
    evidence: { contracts: missing.map(({ planned }) => planned.contract) },
  });
  return { ...base, state: 'excepted', exceptionId };
};

/** The versions to rate a contract with. The price book is the one in force when the covered part begins. */
const planContract = async (
  ports: ClosePorts,
  { entry, period, covered, active }: ContractInPeriod,
  knownAt: string,
): Promise<{ readonly planned: PlannedContract; readonly missing: boolean }> => {
  const contract = entry.body;
  const book = await ports.catalog.get('price-book', contract.priceBook, { effectiveAt: active.from, knownAt });
  return {
    planned: {
      contract: contract.id,
      contractVersion: entry.version,
      priceBook: contract.priceBook,
      priceBookVersion: book?.version ?? 0,
      policy: contract.policy,
      payer: contract.payer,
      entity: contract.entity,
      currency: contract.currency,
      period,
      covered,
      active,
      pinned: false,
    },
    missing: book === undefined,
  };
};
