import { isNegative, isZero, parseDecimal, sum, ZERO } from '../platform/decimal.ts';
import { addDays } from '../platform/period.ts';
import type { CorrectionPolicy } from './correction.ts';
import {
  type BillableLine,
  type BilledDocument,
  type BillingGroup,
  differencesOf,
  type OpenLine,
} from './differences.ts';
import type { HeldLine, Holds } from './holds.ts';
import { amountText } from './money.ts';
import { type CloseDates, documentIdOf, manifestIdOf } from './names.ts';
import { type DuePayment, paymentDifferences, withAppliedBy } from './payments.ts';
import type { PeriodEntry, SlimDocument } from './records.ts';
import type { DocumentKind, DocumentLine, DocumentPayment, ErpDocument } from './types.ts';

export type { BillableLine, BilledDocument } from './differences.ts';

/** Who is billed, as the catalog says it. */
export type Payer = { readonly account: string; readonly name: string; readonly customerId: string };
/** Who bills. */
export type Biller = { readonly entity: string; readonly subsidiaryId: string };

export type PlanInput = {
  readonly closeId: string;
  readonly dates: CloseDates;
  /** The result of rating, all of it, for the accounts in `decided`. */
  readonly lines: readonly BillableLine[];
  /** Accounts that are rated and not held: only their lines move, the others stay as they are billed. */
  readonly decided: ReadonlySet<string>;
  /** Lines of decided accounts that are held nevertheless; absent: none. */
  readonly isHeld?: Holds['isHeld'];
  readonly billed: readonly BilledDocument[];
  /** What prepaid credit pays for the lines; absent: nothing. */
  readonly payments?: readonly DuePayment[];
  /** Adjustments, and what was written off by earlier closes. */
  readonly entries?: readonly PeriodEntry[];
  /** Which corrections of a currency are too small or too old; absent: none. */
  readonly policyOf?: (currency: string) => CorrectionPolicy;
  /** Days since the end of the dates. */
  readonly ageDays?: number;
  readonly payers: ReadonlyMap<string, Payer>;
  readonly billers: ReadonlyMap<string, Biller>;
  /** The zone of a payer's own contract, for the document's period. */
  readonly zoneOf: (payer: string) => string | undefined;
};

/** A document that cannot be made, because someone is missing in the catalog. */
export type PlanGap = { readonly payer: string; readonly entity: string; readonly missing: 'customer' | 'entity' };

/** Differences of one payer that no document carries. */
export type OpenDifference = Group & { readonly lines: readonly OpenLine[] };

/** Lines of one payer whose revenue moves between months and whose amounts stay. */
export type MovedRevenue = Group & { readonly lines: readonly string[] };

export type UnsaidPayments = Group & { readonly payments: readonly DocumentPayment[] };

export type DocumentPlan = {
  readonly documents: readonly ErpDocument[];
  readonly gaps: readonly PlanGap[];
  /** Too small for a document: they are looked at again with the next close. */
  readonly carried: readonly OpenDifference[];
  /** Too old: they are settled by this. */
  readonly writtenOff: readonly OpenDifference[];
  /** What prepaid credit pays otherwise than documents say, where no amount changes and so no document is made. */
  readonly unsaid: readonly UnsaidPayments[];
  /** Revenue that lies in other months than documents say, for the same reason. */
  readonly moved: readonly MovedRevenue[];
};

type Group = { readonly payer: string; readonly entity: string; readonly currency: string };

const EVERY_DIFFERENCE: CorrectionPolicy = { carryBelow: ZERO };

const groupKey = ({ payer, entity, currency }: Group): string => `${payer}\u0000${entity}\u0000${currency}`;

/**
 * The documents of a close: per payer, entity and currency, what is rated less what is billed. An invoice when nothing
 * was billed, a debit memo after, a credit memo for what is below zero; lines that did not change and documents of zero are left out.
 * Summed over all generations the lines of a group are what is rated now, to the cent.
 */
export const planDocuments = (input: PlanInput): DocumentPlan => {
  const { decided, isHeld = () => false, policyOf = () => EVERY_DIFFERENCE, ageDays = 0 } = input;
  const moves = (line: HeldLine): boolean => decided.has(line.account) && !isHeld(line);
  const plan = {
    documents: [] as ErpDocument[],
    gaps: [] as PlanGap[],
    carried: [] as OpenDifference[],
    unsaid: [] as UnsaidPayments[],
    moved: [] as MovedRevenue[],
  };
  const writtenOff: OpenDifference[] = [];
  for (const group of groupsOf(input)) {
    const { payer: payerId, entity, currency } = group;
    const rules = { moves, policy: policyOf(currency), ageDays };
    const { lines, ...open } = differencesOf(group, currency, rules);
    if (open.carried.length > 0) plan.carried.push({ payer: payerId, entity, currency, lines: open.carried });
    if (open.writtenOff.length > 0) writtenOff.push({ payer: payerId, entity, currency, lines: open.writtenOff });
    if (open.moved.length > 0) plan.moved.push({ payer: payerId, entity, currency, lines: open.moved });
    const payments = paymentsOf(input, group, moves);
    const total = sum(lines.map((line) => parseDecimal(line.amount)));
    if (isZero(total)) {
      if (payments.length > 0) plan.unsaid.push({ payer: payerId, entity, currency, payments });
      continue;
    }
    const payer = input.payers.get(payerId);
    const biller = input.billers.get(entity);
    if (payer === undefined || biller === undefined) {
      plan.gaps.push({ payer: payerId, entity, missing: payer === undefined ? 'customer' : 'entity' });
      continue;
    }
    const document = documentOf(input, group, payer, biller, lines, amountText(total, currency));
    const applied = withAppliedBy(document.kind, payments);
    plan.documents.push(payments.length === 0 ? document : { ...document, payments: applied });
  }
  return { ...plan, writtenOff };
};

/** What prepaid credit pays now and documents do not say yet, of contracts that move. */
const paymentsOf = (
  { payments = [] }: PlanInput,
  { payer, entity, currency, billed }: Group & Pick<BillingGroup, 'billed'>,
  moves: (line: HeldLine) => boolean,
): DocumentPayment[] => {
  const owners = new Map(
    billed.flatMap(({ document }) => document.lines.map(({ contract = '', account }) => [contract, account] as const)),
  );
  const isMoving = (contract: string, account: string | undefined): boolean =>
    account !== undefined && moves({ lineId: '', account, contract });
  const due = payments.filter(
    (each) =>
      each.payer === payer &&
      each.entity === entity &&
      each.currency === currency &&
      isMoving(each.contract, each.account),
  );
  return paymentDifferences(due, billed, currency, (contract) => isMoving(contract, owners.get(contract)));
};

type OwnGroup = Group & { [K in keyof BillingGroup]: BillingGroup[K][number][] };

/** What is known per payer, entity and currency, in order. */
const groupsOf = ({ lines, billed, entries = [] }: PlanInput): OwnGroup[] => {
  const groups = new Map<string, OwnGroup>();
  const groupOf = (group: Group): OwnGroup => {
    const key = groupKey(group);
    const known = groups.get(key) ?? { ...group, lines: [], billed: [], adjustments: [], writeOffs: [] };
    groups.set(key, known);
    return known;
  };
  for (const line of lines) {
    const { payer, currency } = line.rated;
    groupOf({ payer, entity: line.entity, currency }).lines.push(line);
  }
  for (const each of billed) {
    const { account, entity, currency } = each.document;
    groupOf({ payer: account, entity, currency }).billed.push(each);
  }
  for (const entry of entries) {
    const { payer, entity, currency } = entry;
    const group = groupOf({ payer, entity, currency });
    if (entry.kind === 'written-off') group.writeOffs.push(entry);
    else group.adjustments.push(entry);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
};

const documentOf = (
  input: PlanInput,
  group: Group & { readonly billed: readonly BilledDocument[] },
  payer: Payer,
  biller: Biller,
  lines: readonly DocumentLine[],
  total: string,
): ErpDocument => {
  const standing = group.billed.filter((billed) => !billed.void).map((billed) => billed.document);
  const original = standing.find((document) => document.kind === 'invoice') ?? standing[0];
  const isCredit = isNegative(parseDecimal(total));
  const kind: DocumentKind = isCredit ? 'credit-memo' : original === undefined ? 'invoice' : 'debit-memo';
  const generation = group.billed.length;
  const { start, end } = input.dates;
  return {
    format: 1,
    documentId: documentIdOf({
      payer: group.payer,
      start,
      kind,
      part: `${biller.subsidiaryId}${group.currency}`,
      generation,
    }),
    closeId: input.closeId,
    manifestId: manifestIdOf(input.closeId, group.entity),
    kind,
    generation,
    account: group.payer,
    accountName: payer.name,
    customerId: payer.customerId,
    entity: group.entity,
    subsidiaryId: biller.subsidiaryId,
    currency: group.currency,
    period: { start, end, zone: input.zoneOf(group.payer) ?? lines[0]?.rated.period.zone ?? 'Etc/UTC' },
    documentDate: addDays(end, -1),
    lines,
    total,
    ...(original === undefined ? {} : { corrects: original.documentId }),
  };
};

/** The document without the arithmetic behind its lines, for lists and for what is billed. */
export const slimDocument = (document: ErpDocument): SlimDocument => ({
  ...document,
  lines: document.lines.map(({ rated: { account, contract, group }, ...line }) => ({
    ...line,
    account,
    ...(contract === '' ? {} : { contract }),
    ...(group === undefined ? {} : { group }),
  })),
});
