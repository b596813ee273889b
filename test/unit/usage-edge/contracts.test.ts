import { manualClock } from '../../../lambdas/platform/clock.ts';
import { accessStoreContract } from '../../contract/access-store.ts';
import { archiveObjectsContract } from '../../contract/archive-objects.ts';
import { quarantineContract } from '../../contract/quarantine.ts';
import { memoryAccess } from '../../twins/memory-access.ts';
import { memoryArchiveObjects } from '../../twins/memory-archive-objects.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryQuarantine } from '../../twins/memory-quarantine.ts';

quarantineContract('in memory', async () => {
  const audit = memoryAuditLog(manualClock('2026-11-09T00:00:00.000Z'));
  return { store: memoryQuarantine(audit), audit };
});
archiveObjectsContract('in memory', async () => memoryArchiveObjects());
accessStoreContract('in memory', async () => {
  const audit = memoryAuditLog(manualClock('2026-11-01T00:00:00.000Z'));
  return { store: memoryAccess(audit), audit };
});
