import type { EnvironmentConfig } from './types.ts';

/** The example company's production. Its archive outlasts ten years of records that tax law asks for. */
export const prod: EnvironmentConfig = {
  name: 'prod',
  awsRegion: 'eu-central-1',
  retention: { streamDays: 7, logDays: 400, archiveDays: 4015 },
  ingest: {
    batchingWindowSeconds: 30,
    batchSize: 10000,
    lateAfterHours: 24,
    horizonDays: 400,
    settleSweepMinutes: 30,
  },
  capacity: { streamShards: 0, writeUnits: { least: 0, most: 0 }, readUnits: { least: 0, most: 0 } },
  ledger: { walkHour: 2, sameIdHorizonDays: 35, proofLock: 'compliance', proofDays: 4015 },
  close: {
    graceHours: 48,
    // Every cent is billed, and nothing is ever too old: both are for finance to decide otherwise.
    carryBelowMinorUnits: 0,
    writeOffAfterDays: 36500,
    postingWaitSeconds: 30,
    // Twelve days: an approver's holiday, not a forgotten close.
    approvalTimeoutSeconds: 1036800,
    // 48 hours after the month has ended in the last zone of the earth (UTC-12).
    schedule: { dayOfMonth: 3, hour: 12 },
  },
  alarms: { emails: ['meterbridge-on-call@larkspur.example'] },
  endpoints: {
    netsuite: 'https://0000001.suitetalk.api.netsuite.com',
    gainsight: 'https://larkspur.gainsightcloud.com',
  },
  queues: {
    // Tries come at most five minutes apart: with 36 an hour's outage of a vendor passes without a person.
    netsuite: { maxReceiveCount: 36, visibilitySeconds: 360, timeoutSeconds: 60, concurrency: 4, batchSize: 1 },
    gainsight: { maxReceiveCount: 36, visibilitySeconds: 360, timeoutSeconds: 60, concurrency: 2, batchSize: 1 },
    signals: { maxReceiveCount: 5, visibilitySeconds: 360, timeoutSeconds: 60, concurrency: 5, batchSize: 10 },
    spill: { maxReceiveCount: 10, visibilitySeconds: 720, timeoutSeconds: 120, concurrency: 5, batchSize: 1 },
  },
  eventsApi: { requestsPerSecond: 200, burst: 400, requestsPerDay: 5000000 },
  signIn: { passwordFlow: false, mfa: 'required', extraOrigin: '' },
  protection: { terminationProtection: true, onDelete: 'retain' },
};
