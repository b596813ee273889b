import { add, formatDecimal, isNegative, isZero, parseDecimal, subtract, sum, ZERO } from '../platform/decimal.ts';
import { addDays } from '../platform/period.ts';
import type { RatedLine } from '../rating/types.ts';
import { amountText } from './money.ts';
import { type CloseDates, documentIdOf, manifestIdOf } from './names.ts';
import type { SlimDocument, SlimLine } from './records.ts';
import type { DocumentKind, DocumentLine, ErpDocument } from './types.ts';

/** A rated line and the legal entity of its contract. */
export type BillableLine = { readonly rated: RatedLine; readonly entity: string };

/** A document that was approved in an earlier close of the same dates. */
export type BilledDocument = {
  readonly document: SlimDocument;
  /** Refused by the ERP for good and given up by a person: its id is used up, but it bills nothing. */
  readonly void: boolean;
};

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
  readonly billed: readonly BilledDocument[];
  readonly payers: ReadonlyMap<string, Payer>;
  readonly billers: ReadonlyMap<string, Biller>;
  /** The zone of a payer's own contract, for the document's period. */
  readonly zoneOf: (payer: string) => string | undefined;
};

/** A document that cannot be made, because someone is missing in the catalog. */
export type PlanGap = { readonly payer: string; readonly entity: string; readonly missing: 'customer' | 'entity' };

export type DocumentPlan = { readonly documents: readonly ErpDocument[]; readonly gaps: readonly PlanGap[] };

type Group = { readonly payer: string; readonly entity: string; readonly currency: string };

const groupKey = ({ payer, entity, currency }: Group): string => `${payer}\u0000${entity}\u0000${currency}`;

/**
 * The documents of a close: per payer, entity and currency, what is rated less what is billed. An invoice when nothing
 * was billed, a debit memo after, a credit memo for what is below zero; lines that did not change and documents of zero are left out.
 * Summed over all generations the lines of a group are what is rated now, to the cent.
 */
export const planDocuments = (input: PlanInput): DocumentPlan => {
  const groups = new Map<string, Group & { readonly lines: BillableLine[]; readonly billed: BilledDocument[] }>();
  const groupOf = (group: Group) => {
    const key = groupKey(group);
    const known = groups.get(key) ?? { ...group, lines: [], billed: [] };
    groups.set(key, known);
    return known;
  };
  for (const line of input.lines) {
    if (!input.decided.has(line.rated.account)) continue;
    groupOf({ payer: line.rated.payer, entity: line.entity, currency: line.rated.currency }).lines.push(line);
  }
  for (const billed of input.billed) {
    const { account, entity, currency } = billed.document;
    groupOf({ payer: account, entity, currency }).billed.push(billed);
  }

  const documents: ErpDocument[] = [];
  const gaps: PlanGap[] = [];
  for (const [, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const lines = differences(group.lines, group.billed, input.decided);
    const total = sum(lines.map((line) => parseDecimal(line.amount)));
    if (isZero(total)) continue;
    const payer = input.payers.get(group.payer);
    const biller = input.billers.get(group.entity);
    if (payer === undefined || biller === undefined) {
      gaps.push({ payer: group.payer, entity: group.entity, missing: payer === undefined ? 'customer' : 'entity' });
      continue;
    }
    documents.push(documentOf(input, group, payer, biller, lines, amountText(total, group.currency)));
  }
  return { documents, gaps };
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

/** What was billed of each line by the standing documents, and how it was last described. */
const billedLines = (billed: readonly BilledDocument[]) => {
  const sums = new Map<string, { last: SlimLine; quantity: string; amount: string }>();
  for (const { document } of billed.filter((each) => !each.void)) {
    for (const line of document.lines) {
      const before = sums.get(line.lineId);
      sums.set(line.lineId, {
        last: line,
        quantity: formatDecimal(add(parseDecimal(before?.quantity ?? '0'), parseDecimal(line.quantity))),
        amount: formatDecimal(add(parseDecimal(before?.amount ?? '0'), parseDecimal(line.amount))),
      });
    }
  }
  return sums;
};

const differences = (
  lines: readonly BillableLine[],
  billed: readonly BilledDocument[],
  decided: ReadonlySet<string>,
): DocumentLine[] => {
  const before = billedLines(billed);
  const isFirst = before.size === 0;
  const now = lines.flatMap(({ rated }): DocumentLine[] => {
    const was = before.get(rated.id);
    const amount = subtract(parseDecimal(rated.amount), parseDecimal(was?.amount ?? '0'));
    if (!isFirst && isZero(amount)) return [];
    return [
      {
        lineId: rated.id,
        product: rated.product,
        description: rated.description,
        quantity: formatDecimal(subtract(parseDecimal(rated.quantity), parseDecimal(was?.quantity ?? '0'))),
        unit: rated.unit,
        amount: amountText(amount, rated.currency),
        rated,
      },
    ];
  });
  const present = new Set(lines.map(({ rated }) => rated.id));
  const currency = billed[0]?.document.currency ?? '';
  const gone = [...before].flatMap(([lineId, was]): DocumentLine[] => {
    const amount = subtract(ZERO, parseDecimal(was.amount));
    if (present.has(lineId) || !decided.has(was.last.account) || isZero(amount)) return [];
    const { account: _account, ...line } = was.last;
    return [
      {
        ...line,
        quantity: formatDecimal(subtract(ZERO, parseDecimal(was.quantity))),
        amount: amountText(amount, currency),
        rated: nothingLeft(was.last, billed, currency),
      },
    ];
  });
  return [...now, ...gone];
};

/** The rated line of something that is not rated any more: an amount of 0 that says so. */
const nothingLeft = (line: SlimLine, billed: readonly BilledDocument[], currency: string): RatedLine => {
  const document = billed.find(({ document: each }) =>
    each.lines.some(({ lineId }) => lineId === line.lineId),
  )?.document;
  const zero = amountText(ZERO, currency);
  return {
    format: 1,
    id: line.lineId,
    account: line.account,
    payer: document?.account ?? line.account,
    contract: '',
    item: '',
    product: line.product,
    description: line.description,
    dimensions: {},
    period: document?.period ?? { start: '', end: '', zone: '' },
    quantity: '0',
    unit: line.unit,
    currency,
    amount: zero,
    arithmetic: {
      step: 'line',
      text: `${line.description}: nothing is rated here any more, so what was billed is taken back`,
      result: zero,
      unit: currency,
      children: [],
    },
    pins: { usageHash: '', contractVersion: 0, priceBook: '', priceBookVersion: 0, policy: '', engine: '' },
    inputsHash: '',
  };
};

/** The document without the arithmetic behind its lines, for lists and for what is billed. */
export const slimDocument = (document: ErpDocument): SlimDocument => ({
  ...document,
  lines: document.lines.map(({ rated, ...line }) => ({ ...line, account: rated.account })),
});
