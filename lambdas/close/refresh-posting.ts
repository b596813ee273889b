import { adapterOf } from './load-plan.ts';
import { totalsOf } from './money.ts';
import { documentIdIn } from './names.ts';
import type { ClosePorts, DeliveryPort } from './ports.ts';
import type { Manifest, StepProgress } from './types.ts';

const POSTED = ['posted', 'accepted'];
const DECIDED_AGAINST: readonly Manifest['status'][] = ['returned', 'expired', 'superseded'];

/**
 * Counts anew, over all manifests of a close, how many are decided and how many documents are posted, and writes it to
 * the steps "approve" and "post". Counting is from what is stored, so any caller may do it at any time.
 */
export const refreshPosting = async (
  ports: Pick<ClosePorts, 'store' | 'catalog' | 'clock'> & { readonly delivery: Pick<DeliveryPort, 'statuses'> },
  closeId: string,
): Promise<void> => {
  const [record, manifests] = await Promise.all([ports.store.close(closeId), ports.store.manifests(closeId)]);
  if (record === undefined || record.status === 'done' || record.status === 'failed') return;
  const waiting = manifests.filter(({ status }) => status === 'awaiting approval');
  const going = manifests.filter(goesToErp);
  const documents = going.flatMap((manifest) => manifest.documents);
  const posted: Manifest['documents'][number][] = [];
  let givenUp = 0;
  let unpaid = 0;
  for (const manifest of going) {
    const payments = manifest.documents.flatMap((each) => each.payments?.map(({ paymentId }) => paymentId) ?? []);
    const ids = manifest.documents.map(({ documentId }) => documentId);
    const statuses = await ports.delivery.statuses(await adapterOf(ports, manifest.entity), [...ids, ...payments]);
    const states = new Map(statuses.map(({ deliveryId, state }) => [deliveryId, state]));
    const isDone = (id: string): boolean => POSTED.includes(states.get(id) ?? '');
    const isVoid = (id: string): boolean => states.get(id) === 'void';
    givenUp += ids.filter(isVoid).length;
    // A deposit is not applied to a document that was given up.
    unpaid += payments.filter((id) => !isDone(id) && !isVoid(id) && !isVoid(documentIdIn(id))).length;
    posted.push(...manifest.documents.filter(({ documentId }) => isDone(documentId)));
  }
  const before = record.steps.post;
  const now = ports.clock.now();
  const over = waiting.length === 0 && posted.length + givenUp === documents.length && unpaid === 0;
  const post: StepProgress = {
    state: over ? 'done' : going.length > 0 ? 'running' : 'open',
    done: posted.length,
    total: documents.length - givenUp,
    totals: totalsOf(posted.map(({ currency, total }) => ({ currency, amount: total }))),
    ...(going.length > 0 ? { startedAt: before.startedAt ?? now } : {}),
    ...(over ? { endedAt: before.endedAt ?? now } : {}),
  };
  // The machine may have ended the close since it was read here: that stands.
  await ports.store.progressClose(closeId, waiting.length > 0 ? 'needs you' : 'running', {
    approve: approval(record.steps.approve, manifests, now),
    post,
  });
};

/** Approved, and not taken back because it was not what was approved. */
export const goesToErp = ({ decision, status }: Manifest): boolean =>
  decision?.decision === 'approve' && status !== 'returned';

const approval = (before: StepProgress, manifests: readonly Manifest[], now: string): StepProgress => {
  const decided = manifests.filter(({ status }) => status !== 'awaiting approval');
  const over = decided.length === manifests.length;
  const against = decided.filter(({ status }) => DECIDED_AGAINST.includes(status));
  return {
    state: over ? 'done' : 'needs you',
    done: decided.length,
    total: manifests.length,
    totals: totalsOf(
      decided
        .filter(goesToErp)
        .flatMap(({ documents }) => documents.map(({ currency, total }) => ({ currency, amount: total }))),
    ),
    notes: against.map(
      ({ entity, status, decision }) => `${entity}: ${status}${decision?.reason ? `, ${decision.reason}` : ''}`,
    ),
    startedAt: before.startedAt ?? now,
    ...(over ? { endedAt: before.endedAt ?? now } : {}),
  };
};
