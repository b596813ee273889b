import { deliveryStoreContract } from '../../contract/delivery-store.ts';
import { memoryDeliveryStore } from '../../twins/memory-delivery-store.ts';

deliveryStoreContract('in memory', async () => memoryDeliveryStore());
