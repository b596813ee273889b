import type { DeliveryJob, DeliveryStatus } from '../../delivery/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { countByRegion } from '../count-by-region.ts';
import {
  type DueDelivery,
  dueDeliveries,
  isPosted,
  isStopped,
  maySend,
  needsNothing,
  waitsForStopped,
} from '../due-deliveries.ts';
import { adapterOf } from '../load-plan.ts';
import { isAsFrozen } from '../manifest-hash.ts';
import { totalsOf } from '../money.ts';
import { closeIdOfManifest, documentCorrelationId, exceptionIdOf } from '../names.ts';
import { type ClosePorts, ok, refused, type StepResult } from '../ports.ts';
import { closeOf } from '../progress.ts';
import { type ExceptionDraft, raise } from '../raise.ts';
import type { SlimDocument } from '../records.ts';
import { refreshPosting } from '../refresh-posting.ts';
import { settleException } from '../settle-exception.ts';
import type { CloseRecord, Manifest } from '../types.ts';

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

type Posting = {
  readonly manifest: Manifest;
  readonly adapter: string;
  readonly documents: ReadonlyMap<string, SlimDocument>;
  readonly due: readonly DueDelivery[];
  readonly statuses: ReadonlyMap<string, DeliveryStatus>;
};

const load = async (ports: ClosePorts, manifestId: string): Promise<Posting> => {
  const manifest = await manifestOf(ports, manifestId);
  const adapter = await adapterOf(ports, manifest.entity);
  const stored = await mapBounded(manifest.documents, AT_ONCE, ({ account, documentId }) =>
    ports.store.documentOf(manifest.closeId, account, documentId),
  );
  const documents = new Map(stored.flatMap((each) => (each ? [[each.document.documentId, each.document]] : [])));
  const due = dueDeliveries(manifest, documents);
  const ids = [...new Set(due.flatMap(({ id, after }) => (after === undefined ? [id] : [id, after])))];
  const statuses = await ports.delivery.statuses(adapter, ids);
  return { manifest, adapter, documents, due, statuses: new Map(statuses.map((each) => [each.deliveryId, each])) };
};

const jobOf = async (ports: ClosePorts, adapter: string, due: DueDelivery): Promise<DeliveryJob> => {
  const { document } = due;
  const progress = await ports.store.account(document.closeId, document.account);
  return {
    format: 1,
    adapter,
    deliveryId: due.id,
    record: due.record,
    payloadKey: due.payloadKey,
    payloadHash: due.payloadHash,
    correlationId: documentCorrelationId(document.closeId, due.id),
    ...(progress === undefined ? {} : { salesRegion: progress.salesRegion }),
    expect: { currency: document.currency, total: due.total, customerId: document.customerId },
  };
};

/** Every document that a manifest lists is stored before it; without one nothing can be said of it. */
const refuseIfGone = ({ manifest, documents }: Posting): void => {
  const gone = manifest.documents.find(({ documentId }) => !documents.has(documentId));
  if (gone !== undefined) throw new Error(`document ${gone.documentId} is listed and not stored`);
};

/** Puts into the ERP's queue what may be sent and `wanted` says is not on its way. */
const send = async (
  ports: ClosePorts,
  posting: Posting,
  wanted: (status: DeliveryStatus | undefined) => boolean,
): Promise<number> => {
  refuseIfGone(posting);
  const { adapter, due, statuses } = posting;
  const now = due.filter((each) => maySend(statuses, each) && wanted(statuses.get(each.id)));
  const jobs = await mapBounded(now, AT_ONCE, (each) => jobOf(ports, adapter, each));
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

/** Posted, or given up for good. */
const ENDED: readonly DeliveryStatus['state'][] = ['posted', 'accepted', 'void'];

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

/**
 * How far is the ERP? `settled` when every document and deposit is posted, given up or stopped. Sends what was waiting for
 * its document, or got lost.
 */
export const checkPostings = async (ports: ClosePorts, input: Input): Promise<StepResult> => {
  const posting = await load(ports, input.manifestId);
  const { due, statuses, manifest } = posting;
  const now = ports.clock.nowMillis();
  await send(ports, posting, (status) => status === undefined || isLost(status, now));
  const posted = due.filter((each) => needsNothing(statuses, each)).length;
  const stopped = due.filter((each) => isStopped(statuses, each.id) || waitsForStopped(statuses, each, due)).length;
  const pending = due.length - posted - stopped;
  await refreshPosting(ports, manifest.closeId);
  return ok({ posted, stopped, pending, settled: pending === 0 });
};

/** Ends posting: `posted` when everything is posted or given up, else `failed` with an exception for each that is not. */
export const endPosting = async (ports: ClosePorts, input: Input): Promise<StepResult> => {
  const posting = await load(ports, input.manifestId);
  refuseIfGone(posting);
  const { manifest, due } = posting;
  const record = await closeOf(ports.store, manifest.closeId);
  const ended = await mapBounded(due, AT_ONCE, (each) => hasEnded(ports, record, posting, each));
  const open = due.filter((_, n) => ended[n] === false);
  // Found now: whoever said before that it is mended is asked again.
  const found = { ...record, startedAt: ports.clock.now() };
  // A deposit that waits for its document has nothing of its own to mend.
  const raised = open.filter((each) => each.kind === 'document' || maySend(posting.statuses, each));
  for (const each of raised) await raise(ports, found, notPosted(each, posting.statuses.get(each.id)));
  const status = open.length === 0 ? 'posted' : 'failed';
  await ports.store.moveManifest(input.manifestId, ['posting'], status);
  await refreshPosting(ports, manifest.closeId);
  const totals = totalsOf(manifest.documents.map(({ currency, total }) => ({ currency, amount: total })));
  return ok({ status, posted: due.length - open.length, open: open.length, totals });
};

/** Posted: its exception is settled. Given up: somebody must have decided so, and not only begun to. */
const hasEnded = async (
  ports: ClosePorts,
  record: CloseRecord,
  { statuses }: Posting,
  due: DueDelivery,
): Promise<boolean> => {
  const about = { documentId: due.id };
  if (isPosted(statuses, due.id)) {
    const gone = { decision: 'posted', reason: 'The ERP has it now.' };
    await settleException(ports, record, 'posting-failed', about, gone);
    return true;
  }
  if (statuses.get(due.id)?.state !== 'void') return needsNothing(statuses, due);
  const decided = await ports.store.exception(exceptionIdOf(record, 'posting-failed', about));
  return decided?.resolution?.decision === 'void';
};

/** What giving up leads to. */
const GIVEN_UP: Readonly<Record<DueDelivery['kind'], string>> = {
  document:
    'start the close again, which ends it; then close these dates once more, which bills it anew, by the mapping that holds then.',
  payment: 'start the close again, which ends it; the deposit is then yours to apply in the ERP, by hand.',
};

const notPosted = (due: DueDelivery, status: DeliveryStatus | undefined): ExceptionDraft => {
  const { account, accountName, currency, total } = due.document;
  const why = status?.lastError ? `${status.lastError.code}: ${status.lastError.message}` : 'it was never tried';
  const state = status?.state ?? 'not sent';
  const what = due.kind === 'document' ? due.id : `The deposit that pays for ${due.document.documentId} (${due.id})`;
  return {
    kind: 'posting-failed',
    about: { documentId: due.id },
    account,
    message: `${what} of ${accountName} is not posted (${state}, ${why}). Mend the cause in the ERP and start the close again, which sends it again as it was approved. If the ERP will never take it so, decide "void": ${GIVEN_UP[due.kind]}`,
    evidence: { documentId: due.id, state },
    amountAtStake: { currency, amount: due.kind === 'document' ? total : due.total },
  };
};
