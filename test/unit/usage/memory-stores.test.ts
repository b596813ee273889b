import { ledgerStoreContract } from '../../contract/ledger-store.ts';
import { projectionStoresContract } from '../../contract/projection-stores.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import {
  memoryCrossings,
  memoryDirtyMarks,
  memorySettled,
  memorySettlements,
  memorySubjects,
} from '../../twins/memory-projection.ts';

ledgerStoreContract('memory', async () => memoryLedger());
projectionStoresContract('memory', async () => ({
  marks: memoryDirtyMarks(),
  subjects: memorySubjects(),
  settled: memorySettled(),
  crossings: memoryCrossings(),
  settlements: memorySettlements(),
}));
