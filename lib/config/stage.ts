import { prod } from './prod.ts';
import type { EnvironmentConfig } from './types.ts';

/** As production, with the vendors' test systems, fresher usage and shorter memory: what passes here passes there. */
export const stage: EnvironmentConfig = {
  ...prod,
  name: 'stage',
  retention: { streamDays: 7, logDays: 30, archiveDays: 731 },
  ingest: { ...prod.ingest, batchingWindowSeconds: 5 },
  ledger: { ...prod.ledger, proofLock: 'governance', proofDays: 30 },
  close: { ...prod.close, graceHours: 1, postingWaitSeconds: 10 },
  endpoints: {
    netsuite: 'https://0000001-sb1.suitetalk.api.netsuite.com',
    gainsight: 'https://larkspur-sandbox.gainsightcloud.com',
  },
};
