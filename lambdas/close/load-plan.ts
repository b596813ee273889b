import type { CatalogEntry, Mapping } from '../catalog/types.ts';
import { mapBounded } from '../platform/bounded.ts';
import { exponentOf } from '../platform/currency.ts';
import { fromMinorUnits } from '../platform/decimal.ts';
import { daysBetween } from '../platform/period.ts';
import { earlierCloses } from './billed.ts';
import type { CorrectionPolicy } from './correction.ts';
import { getPinned } from './data-files.ts';
import { heldLineOf, heldSlimOf, holdsOf, unratedOf } from './holds.ts';
import type { MappedKind, Mappings } from './map-document.ts';
import { endOfDates } from './names.ts';
import type { DuePayment } from './payments.ts';
import { type BillableLine, type Biller, type DocumentPlan, type Payer, planDocuments } from './plan-documents.ts';
import type { ClosePorts, CorrectionSettings } from './ports.ts';
import type { LinesFile } from './rate-account.ts';
import type { AccountProgress, PeriodEntry } from './records.ts';
import type { CloseException, CloseRecord } from './types.ts';

const AT_ONCE = 32;

/** The documents that a close would make now, with what they were made from. */
export type LoadedPlan = DocumentPlan & {
  readonly accounts: readonly AccountProgress[];
  readonly exceptions: readonly CloseException[];
  /** Accounts that are held whole, and contracts and lines of others that are held. */
  readonly held: ReadonlySet<string>;
  readonly heldParts: readonly string[];
  /** Adjustments of the dates, and what earlier closes wrote off. */
  readonly entries: readonly PeriodEntry[];
};

/** Reads what is rated, held and billed, and plans the documents. Reading twice with nothing changed plans the same. */
export const loadPlan = async (ports: ClosePorts, record: CloseRecord): Promise<LoadedPlan> => {
  const [accounts, exceptions, earlier, allEntries] = await Promise.all([
    ports.store.accounts(record.closeId),
    ports.store.exceptions(record),
    earlierCloses(ports.store, record, record.run),
    ports.store.entries(record),
  ]);
  // What this close wrote off itself, in a try before, it plans again.
  const entries = allEntries.filter((entry) => entry.kind !== 'written-off' || entry.closeId !== record.closeId);
  const rated = accounts.filter(({ state }) => state === 'rated');
  const files = await mapBounded(rated, AT_ONCE, (progress) => ratedOf(ports, progress));
  const all = files.flatMap((file) => file.lines);
  const billed = earlier.documents.flatMap(({ document }) => document.lines);
  const holds = holdsOf(exceptions, unratedOf(accounts), [
    ...billed.map(heldSlimOf),
    ...all.map(({ rated: line }) => heldLineOf(line)),
  ]);
  const decided = rated.filter(({ account }) => !holds.accounts.has(account));
  const lines = all.filter(({ rated: line }) => !holds.accounts.has(line.account));
  const payers = await payersOf(
    ports,
    record,
    new Set([
      ...lines.map(({ rated }) => rated.payer),
      ...earlier.documents.map(({ document }) => document.account),
      ...entries.map(({ payer }) => payer),
    ]),
  );
  const zones = new Map(accounts.map(({ account, contracts }) => [account, contracts[0]?.period.zone]));
  const plan = planDocuments({
    closeId: record.closeId,
    dates: record,
    lines,
    decided: new Set(decided.map(({ account }) => account)),
    isHeld: holds.isHeld,
    billed: earlier.documents,
    payments: files.flatMap((file) => file.payments),
    entries,
    policyOf: (currency) => correctionPolicy(ports.corrections, currency),
    ageDays: daysBetween(record.end, record.startedAt.slice(0, 10)),
    payers,
    billers: await billersOf(ports, record),
    zoneOf: (payer) => zones.get(payer),
  });
  return { ...plan, accounts, exceptions, held: holds.accounts, heldParts: holds.parts, entries };
};

/** The company's rule for a currency. */
const correctionPolicy = (
  { carryBelowMinorUnits, writeOffAfterDays }: CorrectionSettings,
  currency: string,
): CorrectionPolicy => ({
  carryBelow: fromMinorUnits(BigInt(carryBelowMinorUnits), exponentOf(currency)),
  writeOffAfterDays,
});

type Rated = { readonly lines: readonly BillableLine[]; readonly payments: readonly DuePayment[] };

/** What a close rated of an account: its lines, and what prepaid credit pays for them. */
const ratedOf = async (ports: ClosePorts, progress: AccountProgress): Promise<Rated> => {
  if (progress.rated === undefined) return { lines: [], payments: [] };
  const { linesKey, linesHash } = progress.rated;
  const file = await getPinned<LinesFile>(ports.files, { key: linesKey, hash: linesHash });
  const contracts = new Map(progress.contracts.map((planned) => [planned.contract, planned]));
  // Parts of a period may be billed by another entity each.
  const entities = new Map(
    progress.contracts.map(({ contract, contractVersion, entity }) => [`${contract}#${contractVersion}`, entity]),
  );
  return {
    lines: file.lines.map((rated) => {
      const used = file.used?.[rated.id];
      const entity = entities.get(`${rated.contract}#${rated.pins.contractVersion}`) ?? '';
      return { rated, entity, ...(used === undefined ? {} : { used }) };
    }),
    payments: (file.payments ?? []).flatMap((payment) => {
      const planned = contracts.get(payment.contract);
      if (planned === undefined) return [];
      const { payer, entity, currency } = planned;
      return [{ ...payment, account: progress.account, payer, entity, currency }];
    }),
  };
};

const payersOf = async (
  ports: ClosePorts,
  record: CloseRecord,
  accounts: ReadonlySet<string>,
): Promise<Map<string, Payer>> => {
  const effectiveAt = endOfDates(record);
  const found = await mapBounded([...accounts], AT_ONCE, async (account): Promise<[string, Payer][]> => {
    const entry = await ports.catalog.get('account', account, { effectiveAt });
    const customerId = entry?.body.erp?.customerId;
    return entry && customerId !== undefined ? [[account, { account, name: entry.body.name, customerId }]] : [];
  });
  return new Map(found.flat());
};

const billersOf = async (ports: ClosePorts, record: CloseRecord): Promise<Map<string, Biller>> => {
  const entities = await ports.catalog.list('entity', { effectiveAt: endOfDates(record) });
  return new Map(
    entities.map(({ id, body }): [string, Biller] => [id, { entity: id, subsidiaryId: body.erp.subsidiaryId }]),
  );
};

/**
 * The mapping that holds now for each kind of document of an adapter, and for deposits. A debit memo is a further invoice,
 * so the invoice's mapping serves it unless it has one of its own.
 */
export const mappingsNow = async (ports: Pick<ClosePorts, 'catalog' | 'clock'>, adapter: string): Promise<Mappings> => {
  const all = await ports.catalog.list('mapping', { effectiveAt: ports.clock.now() });
  const of = (kind: MappedKind) => all.find(({ body }) => body.adapter === adapter && body.kind === kind);
  const found: readonly [MappedKind, CatalogEntry<Mapping> | undefined][] = [
    ['invoice', of('invoice')],
    ['debit-memo', of('debit-memo') ?? of('invoice')],
    ['credit-memo', of('credit-memo')],
    ['payment', of('payment')],
  ];
  return new Map(found.flatMap(([kind, entry]) => (entry === undefined ? [] : [[kind, entry] as const])));
};

/** The ERP of an entity; an entity that is gone has none and is a gap of the plan. */
export const adapterOf = async (ports: Pick<ClosePorts, 'catalog' | 'clock'>, entity: string): Promise<string> =>
  (await ports.catalog.get('entity', entity, { effectiveAt: ports.clock.now() }))?.body.erp.adapter ?? 'none';
