import type { AuditLog } from '../platform/audit-log.ts';
import type { CloseStore } from './close-store.ts';
import type { TaskTokens } from './machine-client.ts';
import type { CloseDates } from './names.ts';

export type SupersedePorts = {
  readonly store: Pick<CloseStore, 'latestClose' | 'changeClose' | 'manifests' | 'moveManifest' | 'token'>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly tokens: TaskTokens;
};

/**
 * Newer knowledge takes the place of what waits for approval: of dates there is one open correction at most. Every
 * manifest of the newest close that nobody has decided yet is superseded and bills nothing; its close ends with what was
 * approved, and the next run, in the name of who asked, rates all of it anew. A manifest that is decided in the same
 * moment stays decided.
 * @returns `undefined` if nothing waits: then a close is simply started.
 */
export const supersedeOpen = async (
  ports: SupersedePorts,
  dates: CloseDates,
  by: string,
): Promise<{ readonly closeId: string; readonly superseded: readonly string[] } | undefined> => {
  const latest = await ports.store.latestClose(dates);
  if (latest?.status !== 'needs you') return undefined;
  const waiting = (await ports.store.manifests(latest.closeId)).filter(({ status }) => status === 'awaiting approval');
  if (waiting.length === 0) return undefined;
  // First who asked: a close that ends with superseded manifests starts the next run for that person.
  await ports.store.changeClose(latest.closeId, { supersededBy: by });
  const superseded: string[] = [];
  for (const { manifestId, hash } of waiting) {
    if (!(await ports.store.moveManifest(manifestId, ['awaiting approval'], 'superseded'))) continue;
    superseded.push(manifestId);
    await ports.audit.append({ actor: by, action: 'manifest.supersede', target: manifestId, details: { hash } });
    const token = await ports.store.token(manifestId);
    if (token !== undefined) await ports.tokens.wake(token, { status: 'superseded' });
  }
  return superseded.length === 0 ? undefined : { closeId: latest.closeId, superseded };
};
