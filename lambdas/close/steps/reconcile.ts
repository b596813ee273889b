import type { DeliveryState } from '../../delivery/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { equals, parseDecimal, sum } from '../../platform/decimal.ts';
import { adapterOf } from '../load-plan.ts';
import { amountText, negatedText, totalsOf, zeroOf } from '../money.ts';
import { type ClosePorts, ok, refused, type StepResult } from '../ports.ts';
import { beginStep, closeOf, endStep } from '../progress.ts';
import { raise } from '../raise.ts';
import type { ReconciledDocument, Reconciliation, SlimDocument } from '../records.ts';
import { goesToErp } from '../refresh-posting.ts';
import { settleException } from '../settle-exception.ts';
import type { CloseRecord } from '../types.ts';

const AT_ONCE = 16;

/** Where the result lies; each try writes it anew. */
export const reconciliationKeyOf = (closeId: string): string => `closes/${closeId}/reconciliation.json`;

type Compared = ReconciledDocument;
type Theirs = Awaited<ReturnType<ClosePorts['erp']['readTotals']>>[number];

/**
 * Reads every document of the close back from the ERP's own books and compares, per document and in sum per currency.
 * A difference is an exception with an owner. Nothing is changed in the ERP: what to do is for a person.
 */
export const reconcile = async (ports: ClosePorts, input: { readonly closeId: string }): Promise<StepResult> => {
  const record = await closeOf(ports.store, input.closeId);
  const approved = await approvedDocuments(ports, record);
  const states = await statesOf(ports, approved);
  // What was given up is not in the ERP and bills nothing: there is nothing to compare.
  const standing = approved.filter(
    ({ of, documentId }) => states.get(documentId) !== 'void' && states.get(of) !== 'void',
  );
  const documents = standing.filter(({ of, documentId }) => of === documentId);
  await beginStep(ports, record, 'reconcile', documents.length);
  let theirs: readonly Theirs[];
  try {
    const ids = standing.map(({ documentId }) => documentId);
    theirs = ids.length === 0 ? [] : await ports.erp.readTotals(ids, record.closeId);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refused('ERP_NOT_READABLE', `The ERP's totals could not be read: ${why}`);
  }
  const byId = Map.groupBy(theirs, ({ externalId }) => externalId);
  const compareAll = (some: readonly Ours[]) => some.map((each) => compare(each, byId.get(each.documentId) ?? []));
  const compared = compareAll(documents);
  const payments = compareAll(standing.filter(({ of, documentId }) => of !== documentId));
  const all = [...compared, ...payments];
  await mapBounded(all, AT_ONCE, (each) => tell(ports, record, each, isPosted(states.get(each.documentId))));

  const breaks = all.filter(({ equal }) => !equal);
  const result: Reconciliation = {
    format: 1,
    closeId: record.closeId,
    at: ports.clock.now(),
    documents: compared,
    ...(payments.length === 0 ? {} : { payments }),
    currencies: currencies(compared),
    breaks: breaks.length,
  };
  await ports.files.putText(reconciliationKeyOf(record.closeId), JSON.stringify(result));
  await count(ports, record, breaks);
  await endStep(ports, record, 'reconcile', {
    done: compared.filter(({ equal }) => equal).length,
    total: compared.length,
    totals: totalsOf(compared.map(({ currency, theirs: amount }) => ({ currency, amount: amount ?? '0' }))),
    notes: breaks.length === 0 ? [] : [inWords(compared, payments)],
  });
  return ok({ documents: compared.length, breaks: breaks.length });
};

/** A document as we have it, or a deposit `of` one. */
type Ours = Pick<SlimDocument, 'documentId' | 'account' | 'currency' | 'total' | 'entity'> & { readonly of: string };

const inWords = (documents: readonly Compared[], payments: readonly Compared[]): string => {
  const count = (some: readonly Compared[]): number => some.filter(({ equal }) => !equal).length;
  const deposits = count(payments) === 0 ? '' : ` and ${count(payments)} deposits applied to them`;
  return `${count(documents)} documents${deposits} differ between our books and the ERP's.`;
};

const approvedDocuments = async (ports: ClosePorts, record: CloseRecord): Promise<Ours[]> => {
  const manifests = (await ports.store.manifests(record.closeId)).filter(goesToErp);
  const entries = manifests.flatMap(({ documents }) => documents);
  const stored = await mapBounded(entries, AT_ONCE, async ({ account, documentId, payments = [] }): Promise<Ours[]> => {
    const document = (await ports.store.documentOf(record.closeId, account, documentId))?.document;
    if (document === undefined) return [];
    const { currency, total, entity } = document;
    const own = { documentId, account, currency, total, entity, of: documentId };
    return [own, ...payments.map(({ paymentId, amount }) => ({ ...own, documentId: paymentId, total: amount }))];
  });
  return stored.flat();
};

const statesOf = async (ports: ClosePorts, documents: readonly Ours[]): Promise<ReadonlyMap<string, DeliveryState>> => {
  const states = new Map<string, DeliveryState>();
  for (const [entity, some] of Map.groupBy(documents, (document) => document.entity)) {
    const ids = some.map(({ documentId }) => documentId);
    for (const { deliveryId, state } of await ports.delivery.statuses(await adapterOf(ports, entity), ids)) {
      states.set(deliveryId, state);
    }
  }
  return states;
};

const isPosted = (state: DeliveryState | undefined): boolean => state === 'posted' || state === 'accepted';

/** Their amount with our sign: an ERP writes a credit as a positive amount of another kind. */
const signed = ({ kind, total }: Theirs, currency: string): string =>
  kind === 'credit-memo' ? negatedText(total, currency) : amountText(parseDecimal(total), currency);

const compare = (document: Ours, theirs: readonly Theirs[]): Compared => {
  const { documentId, account, currency, total } = document;
  const inCurrency = theirs.filter((each) => each.currency === currency);
  const amount =
    inCurrency.length === 0
      ? null
      : sumText(
          inCurrency.map((each) => signed(each, currency)),
          currency,
        );
  const one = theirs.length === 1 ? theirs[0] : undefined;
  return {
    documentId,
    account,
    currency,
    ours: total,
    theirs: amount,
    ...(one === undefined ? {} : { vendorId: one.vendorId }),
    // Exactly one record, of the same currency and amount: two that add up are a break as well.
    equal: one !== undefined && amount !== null && equals(parseDecimal(amount), parseDecimal(total)),
  };
};

const sumText = (amounts: readonly string[], currency: string): string =>
  amountText(sum(amounts.map(parseDecimal)), currency);

const currencies = (compared: readonly Compared[]): Reconciliation['currencies'] =>
  [...Map.groupBy(compared, ({ currency }) => currency)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, some]) => {
      const ours = sumText(
        some.map((each) => each.ours),
        currency,
      );
      const theirs = sumText(
        some.map((each) => each.theirs ?? zeroOf(currency)),
        currency,
      );
      return { currency, ours, theirs, equal: ours === theirs };
    });

/** What is not posted has an exception of its own already. */
const tell = async (ports: ClosePorts, record: CloseRecord, each: Compared, posted: boolean): Promise<void> => {
  const about = { documentId: each.documentId };
  if (each.equal) {
    const gone = { decision: 'reconciled', reason: "The ERP's amount is ours now." };
    return settleException(ports, record, 'reconciliation-break', about, gone);
  }
  if (!posted) return;
  // Found now: whoever said before that it is mended is asked again.
  const found = { ...record, startedAt: ports.clock.now() };
  await raise(ports, found, {
    kind: 'reconciliation-break',
    about,
    account: each.account,
    message: `${each.documentId} is ${each.ours} ${each.currency} with us and ${each.theirs ?? 'missing'} in the ERP. Find out which is right. If the ERP is wrong, mend it there and decide "fixed". If we are, mend the cause, decide "fixed" and close again, which bills the difference. "accepted" leaves both as they are.`,
    evidence: { ...about, ours: each.ours, theirs: each.theirs, owner: ownerOf(record) },
    amountAtStake: { currency: each.currency, amount: each.ours },
  });
};

/** Who has to look at a break: who started the close, or whoever prepares when a schedule did. */
const ownerOf = (record: CloseRecord): string =>
  record.startedBy === 'schedule' ? 'finance-preparer' : record.startedBy;

const count = async (ports: ClosePorts, record: CloseRecord, breaks: readonly Compared[]): Promise<void> => {
  const progress = await ports.store.accounts(record.closeId);
  const regions = new Map(progress.map(({ account, salesRegion }) => [account, salesRegion]));
  const byRegion = Map.groupBy(breaks, ({ account }) => regions.get(account) ?? 'none');
  for (const region of new Set(regions.values())) {
    ports.metrics.reconciliationBreaks(region, byRegion.get(region)?.length ?? 0);
  }
};
