import { manualClock } from '../../../lambdas/platform/clock.ts';
import { closeStoreContract } from '../../contract/close-store.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryCloseStore } from '../../twins/memory-close.ts';

closeStoreContract('close store in memory', async () => {
  const audit = memoryAuditLog(manualClock('2026-11-02T00:00:00.000Z'));
  return { store: memoryCloseStore(audit), audit };
});
