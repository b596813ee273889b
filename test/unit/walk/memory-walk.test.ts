import {
  findingStoreContract,
  walkLedgerContract,
  walkObjectsContract,
  walkStoreContract,
} from '../../contract/walk-stores.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { memoryFindings, memoryWalkLedger, memoryWalkObjects, memoryWalks } from '../../twins/memory-walk.ts';

walkStoreContract('memory', async () => memoryWalks());
findingStoreContract('memory', async () => memoryFindings());
walkObjectsContract('memory', async () => memoryWalkObjects());
walkLedgerContract('memory', async () => {
  const ledger = memoryLedger();
  return { ledger, walk: memoryWalkLedger(ledger.items, memoryWalkObjects(), 5) };
});
