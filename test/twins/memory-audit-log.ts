import { type AuditEntry, type AuditLog, nextEntry } from '../../lambdas/platform/audit-log.ts';
import type { Clock } from '../../lambdas/platform/clock.ts';

/** The audit log in memory, for tests. `also` is the business of the twin that calls: it writes after `append` returns. */
export const memoryAuditLog = (clock: Clock): AuditLog => {
  const entries: AuditEntry[] = [];
  return {
    append: async (record) => {
      const entry = nextEntry(entries.at(-1), structuredClone(record), clock.now());
      entries.push(entry);
      return entry;
    },
    head: async () => structuredClone(entries.at(-1)),
    list: async (after, limit) => structuredClone(entries.filter((entry) => entry.sequence > after).slice(0, limit)),
  };
};
