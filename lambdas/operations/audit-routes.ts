import { type AuditEntry, type AuditLog, firstBroken } from '../platform/audit-log.ts';
import type { ApiRoute } from '../platform/http-edge.ts';
import { READERS, wholeNumber } from './requests.ts';

const PAGE = 100;
/** Entries read at a time while the chain is verified, and how many of them one request looks at. */
const STRIDE = 500;
const MOST_ENTRIES = 20_000;
const LAST_SEQUENCE = 999_999_999_999;

/**
 * Whether the chain is unbroken behind an entry (0: from the first one on), and where it breaks if not; `next` is the
 * entry behind which the next request goes on.
 */
const verifyAudit = async (
  audit: Pick<AuditLog, 'list'>,
  after: number,
): Promise<{
  readonly entries: number;
  readonly whole: boolean;
  readonly broken?: AuditEntry;
  readonly next?: string;
}> => {
  let head = after === 0 ? undefined : (await audit.list(after - 1, 1))[0];
  for (let entries = 0; ; ) {
    const next = await audit.list(head?.sequence ?? 0, STRIDE);
    const broken = firstBroken(next, head);
    if (broken) return { entries: entries + next.indexOf(broken), whole: false, broken };
    entries += next.length;
    head = next.at(-1) ?? head;
    if (next.length === 0) return { entries, whole: true };
    if (entries >= MOST_ENTRIES && head) return { entries, whole: true, next: String(head.sequence) };
  }
};

/** `GET /v1/audit`, `GET /v1/audit/verification`. */
export const auditRoutes = (audit: Pick<AuditLog, 'list'>): ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/audit/verification',
    roles: READERS,
    run: async ({ query }) => {
      const after = wholeNumber('after', query.after, { least: 0, most: LAST_SEQUENCE, otherwise: 0 });
      return { status: 200, body: await verifyAudit(audit, after) };
    },
  },
  {
    method: 'GET',
    path: '/v1/audit',
    roles: READERS,
    run: async ({ query }) => {
      const after = wholeNumber('after', query.after, { least: 0, most: LAST_SEQUENCE, otherwise: 0 });
      const items = await audit.list(after, PAGE);
      const last = items.at(-1);
      return {
        status: 200,
        body: { items, ...(items.length === PAGE && last ? { next: String(last.sequence) } : {}) },
      };
    },
  },
];
