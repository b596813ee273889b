import { signalStoreContract } from '../../contract/signal-store.ts';
import { memorySignals } from '../../twins/memory-signals.ts';

signalStoreContract('in memory', async () => memorySignals());
