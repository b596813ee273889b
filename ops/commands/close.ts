import type { CloseException, CloseRecord, Manifest } from '../../lambdas/close/types.ts';
import { type ApiClient, allItems } from '../api-client.ts';
import { grouped, say, table } from '../print.ts';

type CloseAnswer = {
  readonly close: CloseRecord;
  readonly manifests: readonly Manifest[];
  readonly exceptions: readonly CloseException[];
};

const amounts = (totals: Readonly<Record<string, string>> = {}): string =>
  Object.entries(totals)
    .map(([currency, amount]) => `${currency} ${grouped(amount)}`)
    .join(', ');

/**
 * Starts a close of local dates `start` up to, without, `end`. With `supersede`, what waits for approval of these dates
 * gives way to it.
 */
export const startClose = async (api: ApiClient, start: string, end: string, supersede = false): Promise<void> => {
  type Started = { readonly closeId: string; readonly superseded?: readonly string[] };
  const body = { start, end, ...(supersede ? { supersede } : {}) };
  const { closeId, superseded } = await api.post<Started>('/closes', body);
  if (superseded !== undefined) {
    return say(
      `Superseded: ${superseded.join(', ')}. ${closeId} ends, and the next run of these dates starts by itself.`,
    );
  }
  say(`Close ${closeId} is running. Follow it with: npm run ops -- close status ${closeId}`);
};

/** The closes there are, newest first. */
export const listCloses = async (api: ApiClient): Promise<void> => {
  const closes = await allItems<CloseRecord>(api, '/closes');
  if (closes.length === 0)
    return say('No period has been closed yet: npm run ops -- close start 2026-10-01 2026-11-01');
  say(
    table(
      ['close', 'from', 'to (not in it)', 'run', 'status', 'started by'],
      closes.map((c) => [c.closeId, c.start, c.end, c.run, c.status, c.startedBy]),
    ),
  );
};

/** How far a close is, what it says and what it waits for. */
export const closeStatus = async (api: ApiClient, closeId: string): Promise<void> => {
  const { close, manifests, exceptions } = await api.get<CloseAnswer>(`/closes/${closeId}`);
  say(`Close ${close.closeId}: ${close.start} to ${close.end}, run ${close.run}: ${close.status}`);
  if (close.failure) say(`Failed in ${close.failure.step}: ${close.failure.message} (${close.failure.code})`);
  say('');
  say(
    table(
      ['step', 'state', 'done', 'of', 'amounts', 'notes'],
      Object.entries(close.steps).map(([step, p]) => [
        step,
        p.state,
        p.done,
        p.total,
        amounts(p.totals),
        (p.notes ?? []).join(' '),
      ]),
    ),
  );
  if (manifests.length > 0) {
    say('\nManifests');
    say(
      table(
        ['manifest', 'entity', 'status', 'documents', 'amounts', 'hash'],
        manifests.map((m) => [
          m.manifestId,
          m.entity,
          m.status,
          m.documents.length,
          amounts(m.totals),
          m.hash.slice(0, 12),
        ]),
      ),
    );
  }
  const open = exceptions.filter((exception) => exception.state === 'open');
  if (open.length > 0) {
    say('\nExceptions that need you');
    say(
      table(
        ['exception', 'kind', 'account', 'what happened'],
        open.map((e) => [e.exceptionId, e.kind, e.account ?? e.subject, e.message]),
      ),
    );
  }
};

/** Decides one manifest, or all that wait if none is named, over the hash that is shown. */
export const decide = async (
  api: ApiClient,
  closeId: string,
  decision: 'approve' | 'return',
  manifestId?: string,
  reason?: string,
): Promise<void> => {
  const { manifests } = await api.get<CloseAnswer>(`/closes/${closeId}`);
  const waiting = manifests.filter((m) =>
    manifestId ? m.manifestId === manifestId : m.status === 'awaiting approval',
  );
  if (waiting.length === 0) return say(`Nothing of close ${closeId} waits for a decision.`);
  for (const manifest of waiting) {
    await api.post(`/closes/${closeId}/manifests/${manifest.manifestId}/decision`, {
      decision,
      hash: manifest.hash,
      reason,
    });
    say(
      `${decision === 'approve' ? 'Approved' : 'Returned'} ${manifest.manifestId}: ${manifest.documents.length} documents of ${manifest.entity}, ${amounts(manifest.totals)}`,
    );
  }
};

/** Decides an exception, so that its account goes on in the next close. */
export const resolveException = async (
  api: ApiClient,
  exceptionId: string,
  decision: string,
  reason: string,
): Promise<void> => {
  await api.post(`/exceptions/${encodeURIComponent(exceptionId)}/resolution`, { decision, reason });
  const next = exceptionId.includes('-posting-failed-')
    ? 'Start its close again; after "void" close the same dates once more, which bills it anew.'
    : 'A new close of the same dates takes its account up.';
  say(`Resolved ${exceptionId}: ${decision}. ${next}`);
};
