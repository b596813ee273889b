import { type AuditEntry, type AuditLog, firstBroken } from '../platform/audit-log.ts';
import type { ApiRoute } from '../platform/http-edge.ts';
import { READERS, wholeNumber } from './requests.ts';

const PAGE = 100;
/** Entries read at a time while the chain is verified. */
const STRIDE = 500;

/** Whether the whole chain is unbroken from the first entry on, and where it breaks if not. */
export const verifyAudit = async (
  audit: Pick<AuditLog, 'list'>,
): Promise<{ readonly entries: number; readonly whole: boolean; readonly broken?: AuditEntry }> => {
  let head: AuditEntry | undefined;
  for (let entries = 0; ; ) {
    const next = await audit.list(head?.sequence ?? 0, STRIDE);
    const broken = firstBroken(next, head);
    if (broken) return { entries: entries + next.indexOf(broken), whole: false, broken };
    entries += next.length;
    head = next.at(-1) ?? head;
    if (next.length === 0) return { entries, whole: true };
  }
};

/** `GET /v1/audit`, `GET /v1/audit/verification`. */
export const auditRoutes = (audit: Pick<AuditLog, 'list'>): ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/audit/verification',
    roles: READERS,
    run: async () => ({ status: 200, body: await verifyAudit(audit) }),
  },
  {
    method: 'GET',
    path: '/v1/audit',
    roles: READERS,
    run: async ({ query }) => {
      const after = wholeNumber('after', query.after, { least: 0, most: 999_999_999_999, otherwise: 0 });
      const items = await audit.list(after, PAGE);
      const last = items.at(-1);
      return {
        status: 200,
        body: { items, ...(items.length === PAGE && last ? { next: String(last.sequence) } : {}) },
      };
    },
  },
];
