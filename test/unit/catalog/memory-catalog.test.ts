import { manualClock } from '../../../lambdas/platform/clock.ts';
import { catalogStoreContract } from '../../contract/catalog-store.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';

catalogStoreContract('catalog in memory', async () => ({
  catalog: memoryCatalog(),
  audit: memoryAuditLog(manualClock('2026-11-02T00:00:00.000Z')),
}));
