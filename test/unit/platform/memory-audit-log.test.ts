import { manualClock } from '../../../lambdas/platform/clock.ts';
import { auditLogContract } from '../../contract/audit-log.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';

auditLogContract('in memory', async () => {
  const log = memoryAuditLog(manualClock('2026-11-02T00:00:00.000Z'));
  return { writer: () => log };
});
