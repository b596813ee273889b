import { adapterOf } from './load-plan.ts';
import { totalsOf } from './money.ts';
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
  for (const manifest of going) {
    const ids = manifest.documents.map(({ documentId }) => documentId);
    const statuses = await ports.delivery.statuses(await adapterOf(ports, manifest.entity), ids);
    const done = new Set(statuses.filter(({ state }) => POSTED.includes(state)).map(({ deliveryId }) => deliveryId));
    givenUp += statuses.filter(({ state }) => state === 'void').length;
    posted.push(...manifest.documents.filter(({ documentId }) => done.has(documentId)));
  }
  const before = record.steps.post;
  const now = ports.clock.now();
  const over = waiting.length === 0 && posted.length + givenUp === documents.length;
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
