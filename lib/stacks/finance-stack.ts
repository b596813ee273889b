import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { Adapter } from '../constructs/adapter.ts';
import { closeArns, closeMachine, manifestMachine } from '../constructs/close-machines.ts';
import {
  addItems,
  addManyItems,
  answerTasks,
  changeItems,
  decideFindings,
  dependOnItems,
  getItems,
  getManyItems,
  readExecutions,
  readItems,
  readObjects,
  removeItems,
  sendMessages,
  startExecutions,
  writeObjects,
} from '../constructs/grants.ts';
import { API_TIMEOUT, HandlerFunction } from '../constructs/handler-function.ts';
import { MeterbridgeStack } from '../constructs/meterbridge-stack.ts';
import { PricePreview } from '../constructs/price-preview.ts';
import type { DefinedMachine } from '../constructs/state-machine.ts';
import { tableNames } from '../constructs/tables.ts';
import { type Deployment, nameOf } from '../deployment.ts';
import type { FoundationStack } from './foundation-stack.ts';
import type { LedgerStack } from './ledger-stack.ts';

/** From usage to approved, posted and reconciled ERP documents. */
export class FinanceStack extends MeterbridgeStack {
  readonly api: HandlerFunction;
  readonly netsuite: Adapter;
  readonly closeMachine: DefinedMachine;
  readonly manifestMachine: DefinedMachine;
  readonly preview: PricePreview;

  constructor(scope: Construct, deployment: Deployment, foundation: FoundationStack, ledger: LedgerStack) {
    super(scope, 'Finance', deployment, { description: 'Meterbridge: period close, approval and the ERP' });
    this.netsuite = this.#netsuite(foundation);
    const closeStep = this.#closeStep(foundation);
    const rateAccounts = this.#rateAccounts(foundation);
    this.manifestMachine = manifestMachine(this, deployment, { closeStep });
    this.closeMachine = closeMachine(this, deployment, {
      closeStep,
      rateAccounts,
      ledgerWalk: ledger.walk,
      manifests: this.manifestMachine,
      data: foundation.data,
    });
    const scheduledClose = this.#scheduledClose(foundation);
    this.api = this.#api(foundation);
    this.preview = new PricePreview(this, 'Preview', deployment, foundation);

    this.output('DeliverNetSuiteFunctionName', this.netsuite.handler.functionName);
    this.output('CloseStepFunctionName', closeStep.functionName);
    this.output('RateAccountsFunctionName', rateAccounts.functionName);
    this.output('ScheduledCloseFunctionName', scheduledClose.functionName);
    this.output('FinanceApiFunctionName', this.api.functionName);
    this.output('CloseMachineArn', this.closeMachine.machine.stateMachineArn);
    this.output('ManifestMachineArn', this.manifestMachine.machine.stateMachineArn);
    this.output('PricePreviewFunctionName', this.preview.handler.functionName);
    this.output('PricePreviewMachineArn', this.preview.machine.machine.stateMachineArn);
    this.output('NetSuiteQueueUrl', this.netsuite.consumer.queue.queueUrl);
    this.output('NetSuiteDlqUrl', this.netsuite.consumer.dlq.queueUrl);
    this.output('NetSuiteEndpointParameter', this.netsuite.endpoint.parameterName);
    this.output('NetSuiteSecretId', this.netsuite.secretId);
  }

  #netsuite({ tables, data, alarmTopic }: FoundationStack): Adapter {
    const { config } = this.deployment;
    return new Adapter(this, 'NetSuite', {
      deployment: this.deployment,
      vendor: 'netsuite',
      title: 'NetSuite',
      functionId: 'DeliverNetSuite',
      environment: {
        ...tableNames(tables, 'delivery', 'audit'),
        DATA_BUCKET: data.bucketName,
        NETSUITE_CONCURRENCY: String(config.queues.netsuite.concurrency),
      },
      grants: [
        readItems(tables.delivery),
        changeItems(tables.delivery),
        readItems(tables.audit),
        addItems(tables.audit),
        ...readObjects(data),
      ],
      topic: alarmTopic,
    });
  }

  #closeStep({ tables, archive, data }: FoundationStack): HandlerFunction {
    const { config } = this.deployment;
    const close = closeArns(this, this.deployment);
    return new HandlerFunction(this, 'CloseStep', {
      deployment: this.deployment,
      description: 'The steps of a period close',
      // A close of 10,000 accounts is planned and frozen in one call each, with all lines in memory.
      memoryMegabytes: 3008,
      timeout: Duration.minutes(15),
      environment: {
        ...tableNames(tables, 'finance', 'audit', 'catalog', 'ledger', 'projection', 'quarantine', 'delivery'),
        ARCHIVE_BUCKET: archive.bucketName,
        DATA_BUCKET: data.bucketName,
        NETSUITE_QUEUE_URL: this.netsuite.consumer.queue.queueUrl,
        CLOSE_GRACE_HOURS: String(config.close.graceHours),
        CLOSE_CARRY_BELOW_MINOR_UNITS: String(config.close.carryBelowMinorUnits),
        CLOSE_WRITE_OFF_AFTER_DAYS: String(config.close.writeOffAfterDays),
        CLOSE_MACHINE_ARN: close.machine,
        NETSUITE_ENDPOINT_PARAMETER: this.netsuite.endpoint.parameterName,
        NETSUITE_SECRET_ID: this.netsuite.secretId,
      },
      grants: [
        readItems(tables.finance, 'gsi1'),
        changeItems(tables.finance),
        addManyItems(tables.finance),
        dependOnItems(tables.finance),
        readItems(tables.audit),
        addItems(tables.audit),
        readItems(tables.catalog),
        readItems(tables.ledger),
        readItems(tables.projection),
        readItems(tables.quarantine, 'gsi1'),
        readItems(tables.delivery),
        getManyItems(tables.delivery),
        changeItems(tables.delivery),
        ...readObjects(data),
        // What backfills correct is computed from the events themselves.
        ...readObjects(archive),
        writeObjects(data, 'closes/'),
        writeObjects(data, 'payloads/'),
        sendMessages(this.netsuite.consumer.queue),
        // What a close leaves to the next period has changed: that one is closed again.
        startExecutions(close.machine),
        readExecutions(close.executions),
        ...this.netsuite.grants,
      ],
    });
  }

  #rateAccounts({ tables, archive, data }: FoundationStack): HandlerFunction {
    return new HandlerFunction(this, 'RateAccounts', {
      deployment: this.deployment,
      description: 'Rates a chunk of accounts',
      memoryMegabytes: 1769,
      timeout: Duration.minutes(15),
      environment: {
        ...tableNames(tables, 'finance', 'catalog', 'ledger', 'projection'),
        ARCHIVE_BUCKET: archive.bucketName,
        DATA_BUCKET: data.bucketName,
      },
      grants: [
        readItems(tables.finance),
        changeItems(tables.finance),
        readItems(tables.catalog),
        readItems(tables.ledger),
        readItems(tables.projection),
        ...readObjects(data),
        ...readObjects(archive),
        writeObjects(data, 'closes/'),
      ],
    });
  }

  /** The monthly close, by the schedule of the configuration. */
  #scheduledClose({ tables, asyncFailures }: FoundationStack): HandlerFunction {
    const close = closeArns(this, this.deployment);
    const scheduledClose = new HandlerFunction(this, 'ScheduledClose', {
      deployment: this.deployment,
      description: 'Starts the monthly close',
      timeout: Duration.minutes(1),
      environment: {
        ...tableNames(tables, 'finance', 'audit'),
        CLOSE_MACHINE_ARN: close.machine,
      },
      grants: [
        readItems(tables.finance),
        changeItems(tables.finance),
        readItems(tables.audit),
        addItems(tables.audit),
        startExecutions(close.machine),
        readExecutions(close.executions),
      ],
      onFailure: asyncFailures.queue,
    });
    const { dayOfMonth, hour } = this.deployment.config.close.schedule;
    new Rule(this, 'MonthlyClose', {
      ruleName: nameOf(this.deployment, 'monthly-close'),
      description: 'Starts the close of the month before, when its grace is over',
      schedule: Schedule.cron({ minute: '0', hour: String(hour), day: String(dayOfMonth) }),
      targets: [new LambdaFunction(scheduledClose.function)],
    });
    return scheduledClose;
  }

  #api({ tables, archive, data }: FoundationStack): HandlerFunction {
    const close = closeArns(this, this.deployment);
    return new HandlerFunction(this, 'FinanceApi', {
      deployment: this.deployment,
      description: 'Closes, documents, lines and exceptions for people of finance',
      memoryMegabytes: 1024,
      timeout: API_TIMEOUT,
      environment: {
        ...tableNames(tables, 'finance', 'audit', 'delivery', 'catalog', 'ledger', 'projection'),
        ARCHIVE_BUCKET: archive.bucketName,
        DATA_BUCKET: data.bucketName,
        ...tableNames(tables, 'idempotency'),
        CLOSE_MACHINE_ARN: close.machine,
      },
      grants: [
        readItems(tables.finance, 'gsi1'),
        changeItems(tables.finance),
        readItems(tables.audit),
        addItems(tables.audit),
        readItems(tables.delivery),
        getManyItems(tables.delivery),
        // Who accepts an exception about an id that came again decides its finding.
        decideFindings(tables.projection),
        // A document that a person gives up is never sent again.
        changeItems(tables.delivery),
        readItems(tables.catalog),
        readItems(tables.ledger),
        readItems(tables.projection),
        getItems(tables.idempotency),
        changeItems(tables.idempotency),
        removeItems(tables.idempotency),
        ...readObjects(archive),
        ...readObjects(data),
        startExecutions(close.machine),
        readExecutions(close.executions),
        answerTasks(this.manifestMachine.machine.stateMachineArn),
      ],
    });
  }
}
