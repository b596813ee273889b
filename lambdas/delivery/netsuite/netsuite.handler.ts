import { wireNetSuite } from './deliver-netsuite.ts';

/** Delivers what waits in the NetSuite queue. */
export const handler = wireNetSuite();
