import type { EnvironmentConfig } from './types.ts';

/**
 * For one engineer and for the local system: everything can be thrown away, batches do not wait, and a dead-letter
 * queue fills within half a minute.
 */
export const dev: EnvironmentConfig = {
  name: 'dev',
  awsRegion: 'us-east-1',
  retention: { streamDays: 7, logDays: 7, archiveDays: 400 },
  ingest: {
    batchingWindowSeconds: 0,
    batchSize: 10000,
    lateAfterHours: 24,
    horizonDays: 400,
    settleSweepMinutes: 30,
  },
  capacity: { streamShards: 0, writeUnits: { least: 0, most: 0 }, readUnits: { least: 0, most: 0 } },
  // A lock of a day: a deployment that is thrown away must not be held by its proofs.
  ledger: { walkHour: 2, sameIdHorizonDays: 35, proofLock: 'governance', proofDays: 1 },
  close: {
    graceHours: 0,
    carryBelowMinorUnits: 0,
    writeOffAfterDays: 36500,
    postingWaitSeconds: 2,
    approvalTimeoutSeconds: 86400,
    schedule: { dayOfMonth: 3, hour: 6 },
  },
  alarms: { emails: [] },
  endpoints: {
    netsuite: 'https://tstdrv0000001.suitetalk.api.netsuite.com',
    gainsight: 'https://larkspur-dev.gainsightcloud.com',
  },
  queues: {
    // Three tries of six seconds: long enough for a vendor's test system, short enough to watch.
    netsuite: { maxReceiveCount: 3, visibilitySeconds: 6, timeoutSeconds: 6, concurrency: 4, batchSize: 1 },
    gainsight: { maxReceiveCount: 3, visibilitySeconds: 6, timeoutSeconds: 6, concurrency: 2, batchSize: 1 },
    signals: { maxReceiveCount: 3, visibilitySeconds: 30, timeoutSeconds: 30, concurrency: 2, batchSize: 10 },
    spill: { maxReceiveCount: 3, visibilitySeconds: 30, timeoutSeconds: 30, concurrency: 2, batchSize: 1 },
  },
  eventsApi: { requestsPerSecond: 100, burst: 200, requestsPerDay: 1000000 },
  signIn: { passwordFlow: true, mfa: 'optional', extraOrigin: 'http://127.0.0.1:4600' },
  protection: { terminationProtection: false, onDelete: 'destroy' },
};
