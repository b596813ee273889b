import type { CapacityRange } from './capacity.ts';

/** The environments there are; each has one file beside this one. */
export const ENVIRONMENTS = ['dev', 'stage', 'prod'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

/** How a queue's consumer tries again. A message is in the dead-letter queue after `maxReceiveCount` tries. */
export type QueueConfig = {
  readonly maxReceiveCount: number;
  /** Seconds before a failed try is repeated; never below the function's own timeout, outside dev six times that. */
  readonly visibilitySeconds: number;
  /** Seconds one invocation may take. */
  readonly timeoutSeconds: number;
  /** Invocations at the same time, 2 or more (SQS knows no 1). */
  readonly concurrency: number;
  /** Messages one invocation gets at most. */
  readonly batchSize: number;
};

/** The queues that feed a function. */
export const QUEUES = ['netsuite', 'gainsight', 'signals', 'spill'] as const;
export type QueueName = (typeof QUEUES)[number];

/** Everything that differs between environments. Checked by `validateConfig` at synth: types alone are not checked when the app runs. */
export type EnvironmentConfig = {
  readonly name: EnvironmentName;
  /** The one AWS region of this deployment. Another region is another deployment with its own data. */
  readonly awsRegion: string;
  readonly retention: {
    /** Days the usage stream keeps records. What ingest cannot take it gives up a day before, and says where it lies. */
    readonly streamDays: number;
    /** Days of function, API and state machine logs; a value that CloudWatch knows. */
    readonly logDays: number;
    /** Days the archive of raw events is kept; never below the dedupe horizon. */
    readonly archiveDays: number;
  };
  readonly ingest: {
    /** The freshness dial: seconds to wait for a fuller batch; more is cheaper (fewer write units per event). */
    readonly batchingWindowSeconds: number;
    /** Stream records per batch. */
    readonly batchSize: number;
    /** An event that comes later than this behind its time counts as late. */
    readonly lateAfterHours: number;
    /** Events older than this go to quarantine: duplicates could not be told any more. */
    readonly horizonDays: number;
    /** Minutes between sweeps that settle what is unsettled. */
    readonly settleSweepMinutes: number;
  };
  /** What is paid by the hour, once its rate is known, and not by use (docs/deploy.md, "Capacity"). 0: by use. */
  readonly capacity: {
    /** Shards of the usage stream, each for 1 MB and 1,000 records a second. */
    readonly streamShards: number;
    /** Writes of 1 KB a second, of the tables `ledger` and `projection` each. */
    readonly writeUnits: CapacityRange;
    /** Strong reads of 4 KB a second, of the same tables. */
    readonly readUnits: CapacityRange;
  };
  readonly ledger: {
    /** The hour, UTC, at which the nightly walk begins. */
    readonly walkHour: number;
    /** Ids that were accepted at most so many days apart are compared; one that comes again later is not found. */
    readonly sameIdHorizonDays: number;
    /** What keeps signed roots from being removed: `governance` gives way to those with a special right, `compliance` to nobody. */
    readonly proofLock: 'governance' | 'compliance';
    /** Days that a signed root cannot be removed. */
    readonly proofDays: number;
  };
  readonly close: {
    /** Hours after the end of a period before it may close: the cut-off for late events. */
    readonly graceHours: number;
    /** Corrections that come to less are carried until they grow, in minor units of their currency; 0: none. */
    readonly carryBelowMinorUnits: number;
    /** Corrections of periods that ended more days ago are written off. */
    readonly writeOffAfterDays: number;
    /** Seconds between looks at postings under way. */
    readonly postingWaitSeconds: number;
    /** Seconds an approval may wait before its manifest expires. */
    readonly approvalTimeoutSeconds: number;
    /** When the monthly close starts by itself, UTC; not before the grace is over in every zone. */
    readonly schedule: { readonly dayOfMonth: number; readonly hour: number };
  };
  readonly alarms: {
    /** Who is told by e-mail; each confirms once. */
    readonly emails: readonly string[];
  };
  /** Where the vendors are. Only the initial value of a parameter that operators may change. */
  readonly endpoints: { readonly netsuite: string; readonly gainsight: string };
  readonly queues: Readonly<Record<QueueName, QueueConfig>>;
  /** Limits of each API key of `POST /v1/events`. */
  readonly eventsApi: {
    readonly requestsPerSecond: number;
    readonly burst: number;
    readonly requestsPerDay: number;
  };
  readonly signIn: {
    /** Name and password directly, for a command line without a browser. */
    readonly passwordFlow: boolean;
    readonly mfa: 'optional' | 'required';
    /** An origin, besides the distribution's own, that may use the console's sign-in, or "". */
    readonly extraOrigin: string;
  };
  readonly protection: {
    /** Whether the foundation stack refuses to be deleted. */
    readonly terminationProtection: boolean;
    /** What happens to tables, buckets and users when their stack is deleted. */
    readonly onDelete: 'destroy' | 'retain';
  };
};
