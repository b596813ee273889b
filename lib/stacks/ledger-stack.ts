import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import {
  addItems,
  changeItems,
  decideFindings,
  publishEvents,
  putItemsOf,
  putRecords,
  readItems,
  readObjects,
  removeItems,
  signWith,
  writeObjects,
  writePartitions,
} from '../constructs/grants.ts';
import { HandlerFunction } from '../constructs/handler-function.ts';
import { MeterbridgeStack } from '../constructs/meterbridge-stack.ts';
import { tableNames } from '../constructs/tables.ts';
import { type Deployment, nameOf } from '../deployment.ts';
import type { FoundationStack } from './foundation-stack.ts';

/** What proves, rebuilds and corrects the ledger: long work, asked for or scheduled. */
export class LedgerStack extends MeterbridgeStack {
  readonly corrections: HandlerFunction;
  readonly walk: HandlerFunction;
  readonly jobs: HandlerFunction;

  constructor(scope: Construct, deployment: Deployment, foundation: FoundationStack) {
    super(scope, 'Ledger', deployment, { description: 'Meterbridge: care of the ledger' });
    this.corrections = this.#corrections(foundation);
    this.walk = this.#walk(foundation);
    this.jobs = this.#jobs(foundation);

    this.output('CorrectionsFunctionName', this.corrections.functionName);
    this.output('LedgerWalkFunctionName', this.walk.functionName);
    this.output('LedgerJobsFunctionName', this.jobs.functionName);
  }

  /**
   * Changes what was counted: by lines of the stream, by the one item of a backfill, and by stating slots anew from the
   * very events that they hold.
   */
  #corrections({ tables, archive, data, stream, bus, asyncFailures }: FoundationStack): HandlerFunction {
    return new HandlerFunction(this, 'Corrections', {
      deployment: this.deployment,
      description: 'Releases by filter, backfills, and old usage under new meters',
      patient: true,
      memoryMegabytes: 1024,
      timeout: Duration.minutes(15),
      environment: {
        ...tableNames(tables, 'ledger', 'projection', 'quarantine', 'audit', 'catalog'),
        ARCHIVE_BUCKET: archive.bucketName,
        DATA_BUCKET: data.bucketName,
        USAGE_STREAM: stream.streamName,
        EVENT_BUS: bus.eventBusName,
        HORIZON_DAYS: String(this.deployment.config.ingest.horizonDays),
      },
      grants: [
        readItems(tables.ledger),
        addItems(tables.ledger),
        readItems(tables.projection),
        // Dirty marks lie under every subject.
        changeItems(tables.projection),
        decideFindings(tables.projection),
        readItems(tables.quarantine, 'gsi1'),
        addItems(tables.quarantine),
        readItems(tables.audit),
        addItems(tables.audit),
        readItems(tables.catalog),
        ...readObjects(archive),
        ...readObjects(data),
        writeObjects(data, 'ledger/'),
        writeObjects(data, 'effective/'),
        putRecords(stream),
        // Thresholds that a backfill has usage cross.
        publishEvents(bus),
      ],
      onFailure: asyncFailures.queue,
      callsItself: true,
    });
  }

  /** Reads every day that was settled anew, once: proofs, journal, ids that were counted twice. It changes no usage. */
  #walk({ tables, data, proofs, proofKey, asyncFailures }: FoundationStack): HandlerFunction {
    const { walkHour, sameIdHorizonDays } = this.deployment.config.ledger;
    const walk = new HandlerFunction(this, 'LedgerWalk', {
      deployment: this.deployment,
      description: 'Verifies, journals and signs the ledger, and finds ids that were counted twice',
      patient: true,
      // The ids of a pass take half a gigabyte; one whole processor for hashing.
      memoryMegabytes: 2048,
      timeout: Duration.minutes(15),
      environment: {
        ...tableNames(tables, 'ledger', 'projection', 'audit'),
        DATA_BUCKET: data.bucketName,
        PROOFS_BUCKET: proofs.bucketName,
        PROOF_KEY_ID: proofKey.keyId,
        SAME_ID_HORIZON_DAYS: String(sameIdHorizonDays),
      },
      grants: [
        readItems(tables.ledger),
        readItems(tables.projection),
        writePartitions(tables.projection, ['PutItem', 'UpdateItem'], 'WALK#', 'SUBJECTS', 'JOBS#'),
        decideFindings(tables.projection),
        readItems(tables.audit),
        ...readObjects(data),
        writeObjects(data, 'journal/'),
        writeObjects(data, 'ids/'),
        writeObjects(data, 'walks/'),
        ...readObjects(proofs),
        writeObjects(proofs, 'heads/'),
        writeObjects(proofs, 'roots/'),
        signWith(proofKey),
      ],
      onFailure: asyncFailures.queue,
      callsItself: true,
    });
    new Rule(this, 'NightlyWalk', {
      ruleName: nameOf(this.deployment, 'nightly-walk'),
      description: 'Walks the ledger once a day',
      schedule: Schedule.cron({ minute: '0', hour: String(walkHour) }),
      targets: [new LambdaFunction(walk.function, { event: RuleTargetInput.fromObject({}) })],
    });
    return walk;
  }

  /** Makes the ledger and its projections again beside what is there, and compares. It changes nothing of them. */
  #jobs({ tables, archive, data, asyncFailures }: FoundationStack): HandlerFunction {
    const { config } = this.deployment;
    return new HandlerFunction(this, 'LedgerJobs', {
      deployment: this.deployment,
      description: 'Rebuilds the ledger into a shadow and compares',
      patient: true,
      // One whole processor: lines are parsed, judged and appended as at ingest.
      memoryMegabytes: 1769,
      timeout: Duration.minutes(15),
      environment: {
        ...tableNames(tables, 'ledger', 'projection', 'quarantine', 'catalog', 'shadow'),
        ARCHIVE_BUCKET: archive.bucketName,
        DATA_BUCKET: data.bucketName,
        LATE_AFTER_HOURS: String(config.ingest.lateAfterHours),
        HORIZON_DAYS: String(config.ingest.horizonDays),
      },
      grants: [
        readItems(tables.ledger),
        readItems(tables.projection),
        putItemsOf(tables.projection, 'JOBS#'),
        readItems(tables.quarantine, 'gsi1'),
        readItems(tables.catalog),
        readItems(tables.shadow),
        addItems(tables.shadow),
        removeItems(tables.shadow),
        ...readObjects(archive),
        ...readObjects(data),
        writeObjects(data, 'jobs/'),
      ],
      onFailure: asyncFailures.queue,
      callsItself: true,
    });
  }
}
