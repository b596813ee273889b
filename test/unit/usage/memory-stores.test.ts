import { manualClock } from '../../../lambdas/platform/clock.ts';
import { backfillStoreContract } from '../../contract/backfill-store.ts';
import { crossingsContract } from '../../contract/crossings.ts';
import { effectiveStatesContract } from '../../contract/effective-states.ts';
import { jobStoreContract } from '../../contract/job-store.ts';
import { ledgerStoreContract } from '../../contract/ledger-store.ts';
import { projectionStoresContract } from '../../contract/projection-stores.ts';
import { sealedSlotsContract } from '../../contract/sealed-slots.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryBackfills } from '../../twins/memory-backfills.ts';
import { memoryCrossings } from '../../twins/memory-crossings.ts';
import { memoryJobs } from '../../twins/memory-jobs.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { memoryEffectiveStates } from '../../twins/memory-overlays.ts';
import { memoryDirtyMarks, memorySettled, memorySubjects } from '../../twins/memory-projection.ts';
import { memorySealedSlots } from '../../twins/memory-sealed-slots.ts';

crossingsContract('memory', async () => memoryCrossings());
ledgerStoreContract('memory', async () => memoryLedger());
projectionStoresContract('memory', async () => ({
  marks: memoryDirtyMarks(),
  subjects: memorySubjects(),
  settled: memorySettled(),
}));
backfillStoreContract('memory', async () => {
  const audit = memoryAuditLog(manualClock('2026-11-02T00:00:00.000Z'));
  return { store: memoryBackfills(audit), audit };
});
effectiveStatesContract('memory', async () => memoryEffectiveStates());
sealedSlotsContract('memory', async () => memorySealedSlots(1));
jobStoreContract('memory', async () => {
  const audit = memoryAuditLog(manualClock('2026-11-02T00:00:00.000Z'));
  return { jobs: memoryJobs(audit), audit };
});
