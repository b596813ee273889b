import { ApiError, allItems } from '../../ops/api-client.ts';
import { grouped } from '../../ops/print.ts';
import type { System } from '../system.ts';
import { type Checks, sameNumber, sumDecimals } from './checks.ts';
import type { Owed } from './invoice-oracle.ts';
import type { People } from './people.ts';
import { until } from './progress.ts';

/** The parts of the finance API's answers that the demo looks at. */
type DocumentKind = 'invoice' | 'debit-memo' | 'credit-memo';
type CloseRecord = {
  readonly run: number;
  readonly status: string;
  readonly endedAt?: string;
  readonly steps: Readonly<Record<string, { readonly state: string }>>;
  readonly failure?: { readonly step: string; readonly message: string };
};
type Manifest = {
  readonly manifestId: string;
  readonly closeId: string;
  readonly status: string;
  readonly hash: string;
  readonly totals: Readonly<Record<string, string>>;
};
type CloseException = {
  readonly exceptionId: string;
  readonly kind: string;
  readonly state: string;
  readonly account?: string;
  readonly subject?: string;
  readonly message: string;
};

type CloseAnswer = {
  readonly close: CloseRecord;
  readonly manifests: readonly Manifest[];
  readonly exceptions: readonly CloseException[];
};
type ListedDocument = {
  readonly document: {
    readonly documentId: string;
    readonly kind: DocumentKind;
    readonly account: string;
    readonly accountName: string;
    readonly entity: string;
    readonly currency: string;
    readonly total: string;
  };
  readonly delivery?: { readonly state: string; readonly attempts: number; readonly vendorId?: string };
};
type Reconciliation = { readonly breaks: number };

/** One close, from start to reconciled, as the demo saw it. */
export type CloseOutcome = {
  readonly closeId: string;
  readonly run: number;
  readonly status: string;
  readonly ownApproval: string;
  readonly manifests: number;
  readonly documents: readonly {
    readonly documentId: string;
    readonly kind: DocumentKind;
    readonly account: string;
    readonly accountName: string;
    readonly currency: string;
    readonly total: string;
    readonly state: string;
    readonly attempts: number;
    readonly vendorId: string;
  }[];
  readonly exceptions: readonly {
    readonly exceptionId: string;
    readonly kind: string;
    readonly about: string;
    readonly message: string;
  }[];
  readonly breaks: number;
};

const readClose = (people: People, closeId: string): Promise<CloseAnswer> =>
  people.preparer.get<CloseAnswer>(`/closes/${closeId}`);

const awaiting = (manifests: readonly Manifest[]): Manifest[] =>
  manifests.filter((m) => m.status === 'awaiting approval');

/** The code with which an approval is refused; `approved` if it was not. */
const refusalOf = async (people: People, manifest: Manifest): Promise<string> => {
  try {
    await people.preparer.post(`/closes/${manifest.closeId}/manifests/${manifest.manifestId}/decision`, {
      decision: 'approve',
      hash: manifest.hash,
    });
    return 'approved';
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
};

/**
 * Closes a period: the preparer starts it, tries to approve her own work and is refused; the approver approves every
 * manifest; the documents are posted and reconciled. `beforePosting` runs between freeze and approval.
 */
export const runClose = async (
  people: People,
  checks: Checks,
  period: { readonly start: string; readonly end: string },
  beforePosting: () => void,
  note: (text: string) => void,
): Promise<CloseOutcome> => {
  const { closeId } = await people.preparer.post<{ closeId: string }>('/closes', period);
  note(`the preparer starts close ${closeId}`);
  const frozen = await until('the frozen manifests', 180, async () => {
    const answer = await readClose(people, closeId);
    if (answer.close.failure)
      throw new Error(`close ${closeId} failed in ${answer.close.failure.step}: ${answer.close.failure.message}`);
    const waits =
      answer.close.steps.approve?.state === 'needs you' &&
      awaiting(answer.manifests).length === answer.manifests.length;
    return waits && answer.manifests.length > 0 ? answer : undefined;
  });
  const totals = frozen.manifests.map((m) =>
    Object.entries(m.totals)
      .map(([currency, amount]) => `${currency} ${grouped(amount)}`)
      .join(' + '),
  );
  note(`${frozen.manifests.length} manifests frozen: ${totals.join('; ')}`);

  const [first] = frozen.manifests;
  const ownApproval = first ? await refusalOf(people, first) : 'no manifest';
  checks.equal(`own approval of close ${frozen.close.run}`, 'MAKER_IS_CHECKER', ownApproval);
  note(`the preparer's own approval is refused: ${ownApproval}`);

  beforePosting();
  for (const manifest of frozen.manifests) {
    await people.approver.post(`/closes/${closeId}/manifests/${manifest.manifestId}/decision`, {
      decision: 'approve',
      hash: manifest.hash,
    });
  }
  note('the approver approves all of them');
  const ended = await until('the reconciled close', 240, async () => {
    const answer = await readClose(people, closeId);
    return answer.close.status === 'done' || answer.close.status === 'failed' || answer.close.endedAt
      ? answer
      : undefined;
  });
  const documents = await allItems<ListedDocument>(people.preparer, '/documents', { closeId });
  const { breaks } = await people.preparer.get<Reconciliation>(`/closes/${closeId}/reconciliation`);
  checks.equal(`close ${ended.close.run} ends`, 'done', ended.close.status);
  checks.equal(`close ${ended.close.run} reconciliation breaks`, 0, breaks);
  return {
    closeId,
    run: ended.close.run,
    status: ended.close.status,
    ownApproval,
    manifests: ended.manifests.length,
    documents: documents.map(({ document, delivery }) => ({
      documentId: document.documentId,
      kind: document.kind,
      account: document.account,
      accountName: document.accountName,
      currency: document.currency,
      total: document.total,
      state: delivery?.state ?? 'not sent',
      attempts: delivery?.attempts ?? 0,
      vendorId: delivery?.vendorId ?? '',
    })),
    exceptions: ended.exceptions
      .filter((exception) => exception.state === 'open')
      .map(({ exceptionId, kind, account, subject, message }) => ({
        exceptionId,
        kind,
        about: account ?? subject ?? '',
        message,
      })),
    breaks,
  };
};

/** The outage: the ERP books two documents and loses its answers, and drops the connection for a third. */
export const breakErp = (system: System): void => {
  const match = 'POST /services/rest/record/v1/invoice';
  system.sandboxes.netsuite.misbehave({ kind: 'status', status: 500, effect: 'after', times: 2, skip: 3, match });
  system.sandboxes.netsuite.misbehave({ kind: 'drop', effect: 'after', times: 1, skip: 2, match });
};

/** Compares the ERP's own books with the documents of all closes: each once, each to the last digit. */
export const checkBooks = (system: System, checks: Checks, closes: readonly CloseOutcome[]): void => {
  const books = system.sandboxes.netsuite.books();
  const documents = closes.flatMap((close) => close.documents);
  const ids = books.map((document) => document.externalId);
  checks.equal('documents in the ERP', documents.length, books.length);
  checks.equal('documents in the ERP twice', 0, ids.length - new Set(ids).size);
  for (const document of documents) {
    const booked = books.find((candidate) => candidate.externalId === document.documentId);
    const signed = booked && (booked.record === 'creditMemo' ? `-${booked.total}` : booked.total);
    checks.equal(
      `${document.documentId} in the ERP`,
      document.total,
      signed !== undefined && sameNumber(signed, document.total) ? document.total : (signed ?? 'missing'),
    );
    checks.equal(`${document.documentId} state`, 'posted', document.state);
  }
};

/**
 * Compares what was billed with what is owed by the oracle: the first close bills every payer but the one that waits,
 * both closes together bill everybody, the late event included.
 */
export const checkAmounts = (
  checks: Checks,
  atClose: readonly Owed[],
  atLast: readonly Owed[],
  closes: readonly CloseOutcome[],
): void => {
  const [first] = closes;
  for (const { payer, currency, total } of atLast) {
    const billed = closes
      .flatMap((close) => close.documents)
      .filter((d) => d.account === payer && d.currency === currency);
    const amount = sumDecimals(billed.map((document) => document.total));
    checks.equal(`${payer} billed ${currency}`, total, sameNumber(amount, total) ? total : amount);
    const invoice = first?.documents.find((document) => document.account === payer);
    const before = atClose.find((owed) => owed.payer === payer)?.total;
    if (invoice && before)
      checks.equal(`${payer} first invoice`, before, sameNumber(invoice.total, before) ? before : invoice.total);
  }
};

/** An amount with as many decimals as the others have: a sum of 12.25 and 0.25 is 12.50. */
const withDecimalsOf = (amount: string, others: readonly string[]): string => {
  const [whole = '', fraction = ''] = amount.split('.');
  const decimals = Math.max(...others.map((other) => other.split('.')[1]?.length ?? 0));
  return decimals === 0 ? whole : `${whole}.${fraction.padEnd(decimals, '0')}`;
};

/** Totals of documents by currency. */
export const totalsByCurrency = (
  documents: CloseOutcome['documents'],
): { currency: string; documents: number; total: string }[] =>
  [...Map.groupBy(documents, (document) => document.currency)].map(([currency, own]) => {
    const totals = own.map(({ total }) => total);
    return { currency, documents: own.length, total: withDecimalsOf(sumDecimals(totals), totals) };
  });
