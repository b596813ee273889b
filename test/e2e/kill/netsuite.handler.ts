import { wireNetSuite } from '../../../lambdas/delivery/netsuite/deliver-netsuite.ts';
import { dieOnce } from './die-once.ts';

/** The product's posting handler, dying once right after the ERP booked a document. */
export const handler = wireNetSuite((client) => ({
  ...client,
  create: async (job, payload) => {
    const outcome = await client.create(job, payload);
    dieOnce('posting-right-after-the-effect');
    return outcome;
  },
}));
