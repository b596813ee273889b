import type { DeliveryJob, DeliveryStatus } from '../../delivery/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { countByRegion } from '../count-by-region.ts';
import { adapterOf } from '../load-plan.ts';
import { isAsFrozen } from '../manifest-hash.ts';
import { absoluteText, totalsOf } from '../money.ts';
import { closeIdOfManifest, documentCorrelationId, exceptionIdOf } from '../names.ts';
import { type ClosePorts, ok, refused, type StepResult } from '../ports.ts';
import { closeOf } from '../progress.ts';
import { type ExceptionDraft, raise } from '../raise.ts';
import type { SlimDocument } from '../records.ts';
import { refreshPosting } from '../refresh-posting.ts';
import { settleException } from '../settle-exception.ts';
import type { CloseRecord, DocumentKind, Manifest } from '../types.ts';

/** The steps of the manifest machine. The manifest in the table says where it stands; the machine only waits and asks. */

const AT_ONCE = 32;

type Input = { readonly manifestId: string };

const manifestOf = async (ports: ClosePorts, manifestId: string): Promise<Manifest> => {
  const manifest = await ports.store.manifest(manifestId);
  if (manifest === undefined) throw new Error(`there is no manifest ${manifestId}`);
  return manifest;
};

/** Where does this manifest stand? A machine that is started again goes on from there. */
export const manifestStatus = async (ports: ClosePorts, input: Input): Promise<StepResult> => {
  const { status, documents } = await manifestOf(ports, input.manifestId);
  // A token of an execution that has ended wakes nobody: approvals wait for the one that is kept next.
  await ports.store.forgetToken(input.manifestId);
  await refreshPosting(ports, closeIdOfManifest(input.manifestId));
  return ok({ status, documents: documents.length });
};

/**
 * Keeps the task token of the waiting execution.
 * @throws {Error} if the manifest is decided already: the machine catches it, looks, and goes on without waiting.
 */
export const awaitApproval = async (
  ports: ClosePorts,
  input: Input & { readonly taskToken: string },
): Promise<StepResult> => {
  const kept = await ports.store.keepToken(input.manifestId, input.taskToken);
  await refreshPosting(ports, closeIdOfManifest(input.manifestId));
  if (!kept) throw new Error(`${input.manifestId} is decided already`);
  return ok();
};

/** What ends a wait without anything being wrong: it was woken, or its hour was over. */
const USUAL_ENDS = ['', 'States.Timeout'];

/**
 * How did the wait end? The table decides, not the answer to the token: a decision counts even if the wake-up was lost.
 * Undecided when its time is over, the manifest expires; before, the machine waits on.
 */
export const approvalOutcome = async (
  ports: ClosePorts,
  input: Input & { readonly error: string; readonly approvalTimeoutSeconds: number },
): Promise<StepResult> => {
  const closeId = closeIdOfManifest(input.manifestId);
  const { steps } = await closeOf(ports.store, closeId);
  const frozenAt = Date.parse(steps.freeze.endedAt ?? ports.clock.now());
  if (ports.clock.nowMillis() - frozenAt >= input.approvalTimeoutSeconds * 1000) {
    await ports.store.moveManifest(input.manifestId, ['awaiting approval'], 'expired');
  }
  const { status, documents } = await manifestOf(ports, input.manifestId);
  if (status === 'returned') {
    const returned = countByRegion(documents, await ports.store.accounts(closeId));
    for (const [region, count] of returned) ports.metrics.documentsDisputed(region, count);
  }
  await refreshPosting(ports, closeId);
  if (status === 'awaiting approval' && !USUAL_ENDS.includes(input.error)) {
    return refused('APPROVAL_WAIT_FAILED', `Waiting for the approval of ${input.manifestId} failed: ${input.error}.`);
  }
  return ok({ status });
};

/** The vendor's record for each kind of document: a debit memo is a further invoice. */
const RECORDS: Readonly<Record<DocumentKind, string>> = {
  invoice: 'invoice',
  'debit-memo': 'invoice',
  'credit-memo': 'creditMemo',
};

const POSTED: readonly DeliveryStatus['state'][] = ['posted', 'accepted'];
/** Needs nothing more: posted, or given up for good. */
const ENDED: readonly DeliveryStatus['state'][] = [...POSTED, 'void'];
/** Ended without being posted, until a person acts. */
const STOPPED: readonly DeliveryStatus['state'][] = ['parked', 'failed'];

type Posting = {
  readonly manifest: Manifest;
  readonly adapter: string;
  readonly documents: ReadonlyMap<string, SlimDocument>;
  readonly statuses: ReadonlyMap<string, DeliveryStatus>;
};

const load = async (ports: ClosePorts, manifestId: string): Promise<Posting> => {
  const manifest = await manifestOf(ports, manifestId);
  const adapter = await adapterOf(ports, manifest.entity);
  const stored = await mapBounded(manifest.documents, AT_ONCE, ({ account, documentId }) =>
    ports.store.documentOf(manifest.closeId, account, documentId),
  );
  const documents = new Map(stored.flatMap((each) => (each ? [[each.document.documentId, each.document]] : [])));
  const originals = [...documents.values()].flatMap(({ corrects }) => corrects ?? []);
  const ids = [...new Set([...documents.keys(), ...originals])];
  const statuses = await ports.delivery.statuses(adapter, ids);
  return { manifest, adapter, documents, statuses: new Map(statuses.map((each) => [each.deliveryId, each])) };
};

const isPosted = (posting: Posting, documentId: string): boolean => {
  const state = posting.statuses.get(documentId)?.state;
  return state !== undefined && POSTED.includes(state);
};

/** A memo waits for the document it corrects: an ERP cannot correct what it does not have. */
const mayBeSent = (posting: Posting, { corrects }: SlimDocument): boolean =>
  corrects === undefined || isPosted(posting, corrects);

const jobOf = async (
  ports: ClosePorts,
  posting: Posting,
  entry: Manifest['documents'][number],
  document: SlimDocument,
): Promise<DeliveryJob> => {
  const progress = await ports.store.account(document.closeId, document.account);
  return {
    format: 1,
    adapter: posting.adapter,
    deliveryId: document.documentId,
    record: RECORDS[document.kind],
    payloadKey: entry.payloadKey,
    payloadHash: entry.payloadHash,
    correlationId: documentCorrelationId(document.closeId, document.documentId),
    ...(progress === undefined ? {} : { salesRegion: progress.salesRegion }),
    expect: {
      currency: document.currency,
      total: absoluteText(document.total),
      customerId: document.customerId,
    },
  };
};

/** Puts into the ERP's queue what may be sent and `wanted` says is not on its way. */
const send = async (
  ports: ClosePorts,
  posting: Posting,
  wanted: (status: DeliveryStatus | undefined) => boolean,
): Promise<number> => {
  const due = posting.manifest.documents.flatMap((entry) => {
    const document = posting.documents.get(entry.documentId);
    if (document === undefined) throw new Error(`document ${entry.documentId} is listed and not stored`);
    const isDue = mayBeSent(posting, document) && wanted(posting.statuses.get(entry.documentId));
    return isDue ? [{ entry, document }] : [];
  });
  const jobs = await mapBounded(due, AT_ONCE, ({ entry, document }) => jobOf(ports, posting, entry, document));
  await ports.delivery.enqueue(jobs);
  return jobs.length;
};

/** What is not as it was approved, if anything: the payloads themselves are checked by hash when they are sent. */
const changedSinceApproval = ({ manifest, documents }: Posting): string | undefined => {
  if (!isAsFrozen(manifest)) return manifest.manifestId;
  return manifest.documents.find(({ documentId, total, currency, kind }) => {
    const document = documents.get(documentId);
    return document?.total !== total || document.currency !== currency || document.kind !== kind;
  })?.documentId;
};

/** Starts posting: everything that is not posted is sent; what stopped in an earlier try is tried again. */
export const post = async (ports: ClosePorts, input: Input): Promise<StepResult> => {
  const posting = await load(ports, input.manifestId);
  const changed = changedSinceApproval(posting);
  if (changed !== undefined) {
    // Nothing was sent yet: as a returned one it bills nothing, and the next close makes it anew.
    await ports.store.moveManifest(input.manifestId, ['approved'], 'returned');
    await refreshPosting(ports, posting.manifest.closeId);
    return refused('MANIFEST_CHANGED', `${changed} is not what was approved: nothing is posted. Close again.`);
  }
  const moved = await ports.store.moveManifest(input.manifestId, ['approved', 'posting', 'failed'], 'posting');
  if (!moved) return refused('NOT_APPROVED', `${input.manifestId} is not approved: nothing is posted.`);
  const sent = await send(ports, posting, (status) => status === undefined || !ENDED.includes(status.state));
  await refreshPosting(ports, posting.manifest.closeId);
  return ok({ sent });
};

/** A death between marking and sending leaves a document queued that is in no queue. A second message does no harm. */
const LOST_MILLIS = 30 * 60_000;
const isLost = ({ state, attempts, updatedAt }: DeliveryStatus, now: number): boolean =>
  state === 'queued' && attempts === 0 && now - Date.parse(updatedAt) >= LOST_MILLIS;

/** How far is the ERP? `settled` when every document is posted, given up or stopped. Sends what was waiting for its original, or got lost. */
export const checkPostings = async (ports: ClosePorts, input: Input): Promise<StepResult> => {
  const posting = await load(ports, input.manifestId);
  const now = ports.clock.nowMillis();
  await send(ports, posting, (status) => status === undefined || isLost(status, now));
  const states = posting.manifest.documents.map(({ documentId }) => posting.statuses.get(documentId)?.state);
  const posted = states.filter((state) => state !== undefined && ENDED.includes(state)).length;
  const stopped = states.filter((state) => state !== undefined && STOPPED.includes(state)).length;
  const blocked = waitingForStopped(posting);
  const pending = states.length - posted - stopped - blocked;
  await refreshPosting(ports, posting.manifest.closeId);
  return ok({ posted, stopped: stopped + blocked, pending, settled: pending === 0 });
};

/** Memos never sent because what they correct has stopped: they cannot move either. */
const waitingForStopped = (posting: Posting): number =>
  [...posting.documents.values()].filter(({ documentId, corrects }) => {
    const original = corrects === undefined ? undefined : posting.statuses.get(corrects)?.state;
    return posting.statuses.get(documentId) === undefined && original !== undefined && STOPPED.includes(original);
  }).length;

/** Ends posting: `posted` when every document is posted or given up, else `failed` with an exception for each. */
export const endPosting = async (ports: ClosePorts, input: Input): Promise<StepResult> => {
  const posting = await load(ports, input.manifestId);
  const { manifest, documents } = posting;
  const record = await closeOf(ports.store, manifest.closeId);
  const all = [...documents.values()];
  const ended = await mapBounded(all, AT_ONCE, (document) => hasEnded(ports, record, posting, document));
  const open = all.filter((_, n) => ended[n] === false);
  // Found now: whoever said before that it is mended is asked again.
  const found = { ...record, startedAt: ports.clock.now() };
  for (const document of open)
    await raise(ports, found, notPosted(document, posting.statuses.get(document.documentId)));
  const status = open.length === 0 ? 'posted' : 'failed';
  await ports.store.moveManifest(input.manifestId, ['posting'], status);
  await refreshPosting(ports, manifest.closeId);
  const totals = totalsOf(manifest.documents.map(({ currency, total }) => ({ currency, amount: total })));
  return ok({ status, posted: documents.size - open.length, open: open.length, totals });
};

/** Posted: its exception is settled. Given up: somebody must have decided so, and not only begun to. */
const hasEnded = async (
  ports: ClosePorts,
  record: CloseRecord,
  posting: Posting,
  { documentId }: SlimDocument,
): Promise<boolean> => {
  const about = { documentId };
  if (isPosted(posting, documentId)) {
    const gone = { decision: 'posted', reason: 'The ERP has it now.' };
    await settleException(ports, record, 'posting-failed', about, gone);
    return true;
  }
  if (posting.statuses.get(documentId)?.state !== 'void') return false;
  const decided = await ports.store.exception(exceptionIdOf(record, 'posting-failed', about));
  return decided?.resolution?.decision === 'void';
};

const notPosted = (document: SlimDocument, status: DeliveryStatus | undefined): ExceptionDraft => {
  const { documentId, account, accountName, currency, total } = document;
  const why = status?.lastError ? `${status.lastError.code}: ${status.lastError.message}` : 'it was never tried';
  const state = status?.state ?? 'not sent';
  return {
    kind: 'posting-failed',
    about: { documentId },
    account,
    message: `${documentId} of ${accountName} is not posted (${state}, ${why}). Mend the cause in the ERP and start the close again, which sends it again as it was approved. If the ERP will never take it so, decide "void": start the close again, which ends it; then close these dates once more, which bills it anew, by the mapping that holds then.`,
    evidence: { documentId, state },
    amountAtStake: { currency, amount: total },
  };
};
