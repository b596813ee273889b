import type { AccountProgress } from '../../lambdas/close/records.ts';
import type {
  CloseException,
  CloseRecord,
  CloseStep,
  DocumentKind,
  DocumentLine,
  ErpDocument,
  Manifest,
  StepProgress,
} from '../../lambdas/close/types.ts';
import type { DeliveryAttempt, DeliveryStatus } from '../../lambdas/delivery/types.ts';
import { exponentOf } from '../../lambdas/platform/currency.ts';
import { add, formatFixed, parseDecimal, ZERO } from '../../lambdas/platform/decimal.ts';
import { contentHash } from '../../lambdas/platform/hash.ts';
import { addDays } from '../../lambdas/platform/period.ts';
import { type Company, linesOf } from './company.ts';

/** Closes, manifests and documents of the example company, as the API would answer them. */

export const sumText = (currency: string, amounts: readonly string[]): string =>
  formatFixed(
    amounts.reduce((sum, amount) => add(sum, parseDecimal(amount)), ZERO),
    exponentOf(currency),
  );

export const totalsOf = (rows: readonly { currency: string; total: string }[]): Record<string, string> =>
  Object.fromEntries(
    [...Map.groupBy(rows, ({ currency }) => currency)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, own]) => [
        currency,
        sumText(
          currency,
          own.map(({ total }) => total),
        ),
      ]),
  );

const documentOf = (
  company: Company,
  head: { closeId: string; payer: string; kind: DocumentKind; generation: number; start: string; end: string },
  lines: readonly DocumentLine[],
): ErpDocument => {
  const account = company.accounts.find(({ id }) => id === head.payer);
  const contract = company.contracts.find(({ payer }) => payer === head.payer);
  if (!account || !contract) throw new Error(`no account ${head.payer}`);
  const subsidiary = { 'larkspur-inc': '1', 'larkspur-gmbh': '2', 'larkspur-kk': '3' }[contract.entity] ?? '1';
  const { closeId, payer, kind, generation, start, end } = head;
  return {
    format: 1,
    documentId: `mb-${payer}-${start.replaceAll('-', '')}-${kind}-${subsidiary}${contract.currency}-${generation}`,
    closeId,
    manifestId: `${closeId}_${contract.entity}`,
    kind,
    generation,
    account: payer,
    accountName: account.name,
    customerId: account.erp?.customerId ?? '',
    entity: contract.entity,
    subsidiaryId: subsidiary,
    currency: contract.currency,
    period: { start, end, zone: contract.zone },
    documentDate: addDays(end, -1),
    lines,
    total: sumText(
      contract.currency,
      lines.map(({ amount }) => amount),
    ),
  };
};

/** All invoices of a close, held accounts left out; lines of a child are on its parent's invoice. */
export const invoicesOf = (
  company: Company,
  closeId: string,
  dates: { start: string; end: string },
  held: readonly string[],
  seedShift: number,
): ErpDocument[] => {
  const payers = [...new Set(company.contracts.map(({ payer }) => payer))].sort();
  return payers
    .filter((payer) => !held.includes(payer))
    .map((payer) => {
      const contracts = company.contracts.filter((contract) => contract.payer === payer);
      const rated = contracts.flatMap((contract) =>
        linesOf(
          company,
          contract,
          { ...dates, zone: contract.zone },
          Number(contract.account.replace(/\D/g, '')) + seedShift,
        ),
      );
      const lines = rated.map((line) => ({
        lineId: `${line.id}`,
        product: line.product,
        description: line.description,
        quantity: line.quantity,
        unit: line.unit,
        amount: line.amount,
        rated: line,
      }));
      return documentOf(company, { closeId, payer, kind: 'invoice', generation: 0, ...dates }, lines);
    });
};

/** A credit memo on one line of an earlier invoice: late knowledge made it cheaper. */
export const creditOf = (company: Company, invoice: ErpDocument, closeId: string): ErpDocument => {
  const line = invoice.lines.find(({ product }) => product === 'api-calls') ?? invoice.lines[0];
  if (!line) throw new Error('the invoice has no lines');
  const amount = formatFixed(parseDecimal('-18.40'), exponentOf(invoice.currency));
  const memo = documentOf(
    company,
    {
      closeId,
      payer: invoice.account,
      kind: 'credit-memo',
      generation: 1,
      start: invoice.period.start,
      end: invoice.period.end,
    },
    [{ ...line, amount }],
  );
  return { ...memo, corrects: invoice.documentId };
};

export const manifestsOf = (closeId: string, documents: readonly ErpDocument[], maker: string): Manifest[] =>
  [...Map.groupBy(documents, ({ entity }) => entity)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([entity, own]) => {
      const entries = own.map(({ documentId, account, kind, currency, total }) => ({
        documentId,
        account,
        kind,
        currency,
        total,
        mapping: `netsuite-${kind}`,
        mappingVersion: 1,
        payloadKey: `payloads/${contentHash(documentId)}.json`,
        payloadHash: contentHash(documentId),
      }));
      const totals = totalsOf(entries);
      return {
        format: 1,
        manifestId: `${closeId}_${entity}`,
        closeId,
        entity,
        status: 'awaiting approval',
        totals,
        documents: entries,
        hash: contentHash([entity, totals, entries]),
        makers: [maker],
      };
    });

export type Delivered = { readonly delivery: DeliveryStatus; readonly attempts: readonly DeliveryAttempt[] };

/** A delivery with its journal. `tries` is how it went: `ambiguous` means the answer was lost and the effect found. */
export const deliveryOf = (document: ErpDocument, index: number, at: string): Delivered => {
  const vendorId = String(48_210 + index);
  const parked = index % 9 === 7;
  const lost = index % 9 === 3;
  const closed = { code: 'USER_ERROR', message: 'The posting period of the document date is closed in the ERP.' };
  const timeout = { code: 'TIMEOUT', message: 'No answer came within 30 s; whether it was made is not known.' };
  const attempts: DeliveryAttempt[] = [
    { number: 1, at, step: 'lookup', outcome: 'absent', millis: 182 },
    parked
      ? { number: 1, at, step: 'create', outcome: 'closed-period', ...closed, millis: 611 }
      : lost
        ? { number: 1, at, step: 'create', outcome: 'ambiguous', ...timeout, millis: 30_002 }
        : { number: 1, at, step: 'create', outcome: 'posted', millis: 744 },
    ...(lost
      ? [
          { number: 2, at, step: 'lookup', outcome: 'found', millis: 201 } as const,
          { number: 2, at, step: 'adopt', outcome: 'posted', millis: 35 } as const,
        ]
      : []),
  ];
  return {
    delivery: {
      adapter: 'netsuite',
      deliveryId: document.documentId,
      state: parked ? 'parked' : 'posted',
      attempts: lost ? 2 : 1,
      ...(parked ? { lastError: { class: 'closed-period', ...closed } } : { vendorId }),
      updatedAt: at,
      correlationId: contentHash(document.documentId).slice(0, 12),
    },
    attempts,
  };
};

const STEPS: readonly CloseStep[] = [
  'readiness',
  'prepare',
  'rate',
  'judge',
  'exceptions',
  'freeze',
  'approve',
  'post',
  'reconcile',
  'done',
];

export const stepsOf = (
  given: Partial<Record<CloseStep, Omit<StepProgress, 'startedAt'>>>,
  startedAt: string,
): CloseRecord['steps'] =>
  Object.fromEntries(
    STEPS.map((step) => [step, { ...(given[step] ?? { state: 'open', done: 0, total: 0 }), startedAt }]),
  ) as CloseRecord['steps'];

export const progressOf = (
  company: Company,
  closeId: string,
  documents: readonly ErpDocument[],
  excepted: readonly string[],
  knownAt: string,
): AccountProgress[] =>
  company.accounts.map(({ id, name, salesRegion }) => {
    const lines = documents.flatMap((document) => document.lines).filter(({ rated }) => rated.account === id);
    const rows = lines.map(({ rated }) => ({ currency: rated.currency, total: rated.amount }));
    return {
      format: 1,
      closeId,
      account: id,
      accountName: name,
      salesRegion,
      state: excepted.includes(id) ? 'excepted' : 'rated',
      contracts: [],
      subjects: [],
      knownAt,
      ...(lines.length > 0
        ? {
            rated: {
              lines: lines.length,
              totals: totalsOf(rows),
              linesKey: `closes/${closeId}/lines/${id}.json`,
              linesHash: contentHash(rows),
              pinsKey: `closes/${closeId}/pins/${id}.json`,
              pinsHash: contentHash(id),
              at: knownAt,
            },
          }
        : {}),
    };
  });

export const exceptionsOf = (dates: { start: string; end: string }, raisedAt: string): CloseException[] => [
  {
    format: 1,
    exceptionId: 'ex-20261001-20261101-same-id-at-two-times-0c9b1e44aa17f003',
    kind: 'same-id-at-two-times',
    account: 'acct-18',
    subject: 'org-18',
    ...dates,
    message:
      'One event id came at two times, so its 412 API calls are counted twice. Ask the product team which one is right and cancel the other, or say that both are.',
    evidence: {
      eventId: 'evt-7f21c0',
      firstTime: '2026-10-14T08:02:11Z',
      secondTime: '2026-10-14T09:31:40Z',
      calls: 412,
    },
    amountAtStake: { currency: 'USD', amount: '0.49' },
    state: 'open',
    raisedAt,
  },
  {
    format: 1,
    exceptionId: 'ex-20261001-20261101-unattributed-usage-5be0913dd2a1c7e8',
    kind: 'unattributed-usage',
    subject: 'org-99',
    ...dates,
    message: 'Usage of subject org-99 belongs to no account. Attribute it to one, or accept that it is not billed.',
    evidence: { events: 1_204, firstSeen: '2026-10-03T11:20:00Z', meters: ['api_calls', 'storage'] },
    state: 'open',
    raisedAt,
  },
];
