import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { Adapter } from '../constructs/adapter.ts';
import {
  addItems,
  addManyItems,
  allow,
  answerTasks,
  changeItems,
  dependOnItems,
  getItems,
  getManyItems,
  invoke,
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
import { DefinedMachine, executionArns, machineArn } from '../constructs/state-machine.ts';
import { type Deployment, nameOf } from '../deployment.ts';
import type { FoundationStack } from './foundation-stack.ts';

/** The files of the machines, without their ending. */
const CLOSE = 'period-close';
const MANIFEST = 'manifest';

/** From usage to approved, posted and reconciled ERP documents. */
export class FinanceStack extends MeterbridgeStack {
  readonly api: HandlerFunction;
  readonly netsuite: Adapter;
  readonly closeMachine: DefinedMachine;
  readonly manifestMachine: DefinedMachine;

  constructor(scope: Construct, deployment: Deployment, foundation: FoundationStack) {
    super(scope, 'Finance', deployment, { description: 'Meterbridge: period close, approval and the ERP' });
    const { config } = deployment;
    const { tables, archive, data, alarmTopic, asyncFailures } = foundation;

    this.netsuite = new Adapter(this, 'NetSuite', {
      deployment,
      vendor: 'netsuite',
      title: 'NetSuite',
      functionId: 'DeliverNetSuite',
      environment: {
        DELIVERY_TABLE: tables.delivery.tableName,
        AUDIT_TABLE: tables.audit.tableName,
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

    const closeStep = new HandlerFunction(this, 'CloseStep', {
      deployment,
      description: 'The steps of a period close',
      memoryMegabytes: 1024,
      timeout: Duration.minutes(5),
      environment: {
        FINANCE_TABLE: tables.finance.tableName,
        AUDIT_TABLE: tables.audit.tableName,
        CATALOG_TABLE: tables.catalog.tableName,
        LEDGER_TABLE: tables.ledger.tableName,
        PROJECTION_TABLE: tables.projection.tableName,
        QUARANTINE_TABLE: tables.quarantine.tableName,
        DELIVERY_TABLE: tables.delivery.tableName,
        DATA_BUCKET: data.bucketName,
        NETSUITE_QUEUE_URL: this.netsuite.consumer.queue.queueUrl,
        CLOSE_GRACE_HOURS: String(config.close.graceHours),
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
        writeObjects(data, 'closes/'),
        writeObjects(data, 'payloads/'),
        sendMessages(this.netsuite.consumer.queue),
        ...this.netsuite.grants,
      ],
    });
    const rateAccounts = new HandlerFunction(this, 'RateAccounts', {
      deployment,
      description: 'Rates a chunk of accounts',
      memoryMegabytes: 1769,
      timeout: Duration.minutes(5),
      environment: {
        FINANCE_TABLE: tables.finance.tableName,
        CATALOG_TABLE: tables.catalog.tableName,
        LEDGER_TABLE: tables.ledger.tableName,
        PROJECTION_TABLE: tables.projection.tableName,
        DATA_BUCKET: data.bucketName,
      },
      grants: [
        readItems(tables.finance),
        changeItems(tables.finance),
        readItems(tables.catalog),
        readItems(tables.ledger),
        readItems(tables.projection),
        ...readObjects(data),
        writeObjects(data, 'closes/'),
      ],
    });

    this.manifestMachine = new DefinedMachine(this, 'Manifest', {
      deployment,
      name: MANIFEST,
      substitutions: {
        CloseStepFunctionArn: closeStep.functionArn,
        PostingWaitSeconds: String(config.close.postingWaitSeconds),
        ApprovalTimeoutSeconds: String(config.close.approvalTimeoutSeconds),
      },
      grants: [invoke(closeStep.function)],
    });
    const closeArn = machineArn(this, deployment, CLOSE);
    const closeExecutions = executionArns(this, deployment, CLOSE);
    this.closeMachine = new DefinedMachine(this, 'PeriodClose', {
      deployment,
      name: CLOSE,
      substitutions: {
        CloseStepFunctionArn: closeStep.functionArn,
        RateAccountsFunctionArn: rateAccounts.functionArn,
        DataBucket: data.bucketName,
        ManifestMachineArn: this.manifestMachine.machine.stateMachineArn,
        PostingWaitSeconds: String(config.close.postingWaitSeconds),
        ApprovalTimeoutSeconds: String(config.close.approvalTimeoutSeconds),
      },
      grants: [
        invoke(closeStep.function),
        invoke(rateAccounts.function),
        // The distributed map reads its chunks and runs as executions of the same machine.
        allow(['s3:GetObject'], data.arnForObjects('closes/*')),
        startExecutions(closeArn),
        startExecutions(this.manifestMachine.machine.stateMachineArn),
        allow(
          ['states:DescribeExecution', 'states:StopExecution'],
          closeExecutions,
          executionArns(this, deployment, MANIFEST),
        ),
        // How Step Functions waits for an execution that it started (.sync:2).
        allow(
          ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
          this.formatArn({
            service: 'events',
            resource: 'rule',
            resourceName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
          }),
        ),
      ],
    });

    const scheduledClose = new HandlerFunction(this, 'ScheduledClose', {
      deployment,
      description: 'Starts the monthly close',
      timeout: Duration.minutes(1),
      environment: {
        FINANCE_TABLE: tables.finance.tableName,
        AUDIT_TABLE: tables.audit.tableName,
        CLOSE_MACHINE_ARN: closeArn,
      },
      grants: [
        readItems(tables.finance),
        changeItems(tables.finance),
        readItems(tables.audit),
        addItems(tables.audit),
        startExecutions(closeArn),
        readExecutions(closeExecutions),
      ],
      onFailure: asyncFailures.queue,
    });
    const { dayOfMonth, hour } = config.close.schedule;
    new Rule(this, 'MonthlyClose', {
      ruleName: nameOf(deployment, 'monthly-close'),
      description: 'Starts the close of the month before, when its grace is over',
      schedule: Schedule.cron({ minute: '0', hour: String(hour), day: String(dayOfMonth) }),
      targets: [new LambdaFunction(scheduledClose.function)],
    });

    this.api = new HandlerFunction(this, 'FinanceApi', {
      deployment,
      description: 'Closes, documents, lines and exceptions for people of finance',
      memoryMegabytes: 1024,
      timeout: API_TIMEOUT,
      environment: {
        FINANCE_TABLE: tables.finance.tableName,
        AUDIT_TABLE: tables.audit.tableName,
        DELIVERY_TABLE: tables.delivery.tableName,
        CATALOG_TABLE: tables.catalog.tableName,
        LEDGER_TABLE: tables.ledger.tableName,
        PROJECTION_TABLE: tables.projection.tableName,
        ARCHIVE_BUCKET: archive.bucketName,
        DATA_BUCKET: data.bucketName,
        CLOSE_MACHINE_ARN: closeArn,
        IDEMPOTENCY_TABLE: tables.idempotency.tableName,
      },
      grants: [
        readItems(tables.finance, 'gsi1'),
        changeItems(tables.finance),
        readItems(tables.audit),
        addItems(tables.audit),
        readItems(tables.delivery),
        getManyItems(tables.delivery),
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
        startExecutions(closeArn),
        readExecutions(closeExecutions),
        answerTasks(this.manifestMachine.machine.stateMachineArn),
      ],
    });

    this.output('DeliverNetSuiteFunctionName', this.netsuite.handler.functionName);
    this.output('CloseStepFunctionName', closeStep.functionName);
    this.output('RateAccountsFunctionName', rateAccounts.functionName);
    this.output('ScheduledCloseFunctionName', scheduledClose.functionName);
    this.output('FinanceApiFunctionName', this.api.functionName);
    this.output('CloseMachineArn', this.closeMachine.machine.stateMachineArn);
    this.output('ManifestMachineArn', this.manifestMachine.machine.stateMachineArn);
    this.output('NetSuiteQueueUrl', this.netsuite.consumer.queue.queueUrl);
    this.output('NetSuiteDlqUrl', this.netsuite.consumer.dlq.queueUrl);
    this.output('NetSuiteEndpointParameter', this.netsuite.endpoint.parameterName);
    this.output('NetSuiteSecretId', this.netsuite.secretId);
  }
}
