import type { ApiClient } from '../api-client.ts';
import { grouped, say, table } from '../print.ts';

type Entry = {
  readonly sequence: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
};

/** Whether the audit log's chain is whole, and at which entry it breaks if not. */
export type AuditChain = {
  readonly entries: number;
  readonly whole: boolean;
  readonly broken?: { readonly sequence: number };
};

/** Verifies the hash chain of the audit log from its first entry on, request by request. */
export const auditChain = async (api: ApiClient): Promise<AuditChain> => {
  let [entries, after]: [number, string | undefined] = [0, undefined];
  for (;;) {
    const page: AuditChain & { readonly next?: string } = await api.get('/audit/verification', { after });
    const { next, ...found } = page;
    entries += found.entries;
    if (!found.whole || next === undefined) return { ...found, entries };
    after = next;
  }
};

/** `auditChain`, told to a person; a broken chain makes the command fail. */
export const verifyAudit = async (api: ApiClient): Promise<void> => {
  const { entries, whole, broken } = await auditChain(api);
  if (whole) return say(`The audit chain is whole: ${grouped(entries)} entries.`);
  say(`The audit chain is BROKEN at entry ${broken?.sequence}.`);
  process.exitCode = 1;
};

/** The last entries of the audit log. */
export const listAudit = async (api: ApiClient, after: string | undefined): Promise<void> => {
  const { items } = await api.get<{ items: Entry[] }>('/audit', { after });
  say(
    table(
      ['entry', 'when', 'who', 'what', 'on'],
      items.map((e) => [e.sequence, e.at, e.actor, e.action, e.target]),
    ),
  );
};
