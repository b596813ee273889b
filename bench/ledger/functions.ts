import { systemClock } from '../../lambdas/platform/clock.ts';
import type { VirtualTime } from './counted-aws/virtual-time.ts';
import type { FunctionSize } from './lambda.ts';

/** The functions on the way of an event, with the memory that lib/stacks/ gives them. */
export const FUNCTIONS = {
  ingest: { name: 'ingest', memoryMegabytes: 1_769 },
  settle: { name: 'settle', memoryMegabytes: 1_024 },
  walk: { name: 'ledger-walk', memoryMegabytes: 2_048 },
  eventsApi: { name: 'events-api', memoryMegabytes: 1_024 },
  authorizer: { name: 'api-key-authorizer', memoryMegabytes: 256 },
} as const satisfies Record<string, FunctionSize>;

/** The tables and buckets, by the name of the environment variable that tells a function of them. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  LEDGER_TABLE: 'ledger',
  PROJECTION_TABLE: 'projection',
  QUARANTINE_TABLE: 'quarantine',
  CATALOG_TABLE: 'catalog',
  ACCESS_TABLE: 'access',
  AUDIT_TABLE: 'audit',
  ARCHIVE_BUCKET: 'archive',
  DATA_BUCKET: 'data',
  PROOFS_BUCKET: 'proofs',
  PROOF_KEY_ID: 'proof-key',
  SAME_ID_HORIZON_DAYS: '35',
  AWS_LAMBDA_FUNCTION_NAME: 'meterbridge-prod-ledger-walk',
  EVENT_BUS: 'meterbridge-prod',
  USAGE_STREAM: 'meterbridge-prod-usage',
  SPILL_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/meterbridge-prod-spill',
  LATE_AFTER_HOURS: '24',
  HORIZON_DAYS: '400',
  AWS_REGION: 'us-east-1',
  POWERTOOLS_SERVICE_NAME: 'ingest',
  POWERTOOLS_METRICS_NAMESPACE: 'Meterbridge',
};

/**
 * Makes this process the one that the functions run in: their environment, and their clock, which is the machine's in
 * truth and here the one of the simulated month. Must be called before a function is imported.
 */
export const prepareProcess = (time: VirtualTime): void => {
  Object.assign(process.env, ENVIRONMENT);
  Object.assign(systemClock, { now: time.now, nowMillis: time.nowMillis });
};
