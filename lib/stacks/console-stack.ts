import { ArnFormat, CfnCondition, CfnParameter, Duration, Fn, Token } from 'aws-cdk-lib';
import { OAuthScope, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import { runbookLink } from '../constructs/alarm-with-runbook.ts';
import type { QueueEntry } from '../constructs/dead-lettered-consumer.ts';
import { EdgeApi, STAGE } from '../constructs/edge-api.ts';
import { Firewall } from '../constructs/firewall.ts';
import {
  addItems,
  allow,
  changeItems,
  decideFindings,
  getItems,
  invoke,
  putRecords,
  readExecutions,
  readItems,
  readObjects,
  readPublicKey,
  redriveMessages,
  startExecutions,
  writeObjects,
  writePartitions,
} from '../constructs/grants.ts';
import { API_TIMEOUT, HandlerFunction, kebab } from '../constructs/handler-function.ts';
import { MeterbridgeStack } from '../constructs/meterbridge-stack.ts';
import { Site } from '../constructs/site.ts';
import { tableNames } from '../constructs/tables.ts';
import { type Deployment, nameOf } from '../deployment.ts';
import type { FinanceStack } from './finance-stack.ts';
import type { FoundationStack } from './foundation-stack.ts';
import type { IngestStack } from './ingest-stack.ts';
import type { LedgerStack } from './ledger-stack.ts';
import type { SuccessStack } from './success-stack.ts';

const OPERATIONS = 'OperationsApi';

/**
 * Where the command line waits for its sign-in: the person's own machine (RFC 8252), at a fixed port because Cognito
 * compares whole addresses. Plain http never leaves that machine, and the code is worth nothing without the verifier.
 */
const COMMAND_LINE = 'http://127.0.0.1:4605/signed-in';

export type Parts = {
  readonly foundation: FoundationStack;
  readonly ingest: IngestStack;
  readonly ledger: LedgerStack;
  readonly finance: FinanceStack;
  readonly success: SuccessStack;
};

/** The edge: the REST API with its front functions, the console's site, and the client it signs in with. */
export class ConsoleStack extends MeterbridgeStack {
  readonly edge: EdgeApi;

  constructor(scope: Construct, deployment: Deployment, parts: Parts) {
    super(scope, 'Console', deployment, { description: 'Meterbridge: API, console and sign-in' });
    const { foundation, finance, success } = parts;
    const { tables, stream, people } = foundation;

    const keyAuthorizer = new HandlerFunction(this, 'ApiKeyAuthorizer', {
      deployment,
      description: 'Knows the hashes of API keys',
      memoryMegabytes: 256,
      timeout: API_TIMEOUT,
      environment: tableNames(tables, 'access'),
      grants: [getItems(tables.access)],
    });
    const events = new HandlerFunction(this, 'EventsApi', {
      deployment,
      description: 'Usage events into the stream',
      memoryMegabytes: 1024,
      timeout: API_TIMEOUT,
      environment: { USAGE_STREAM: stream.streamName },
      grants: [putRecords(stream)],
    });
    const eventStatus = this.#eventStatus(foundation);
    const entitlements = this.#entitlements(foundation);
    const { userPool } = people;
    this.edge = new EdgeApi(this, 'Edge', { deployment, userPool, keyAuthorizer, events, eventStatus, entitlements });
    const operations = this.#operations(parts);
    this.edge.forPeople(success.api, 'accounts');
    this.edge.forPeople(finance.api, 'closes', 'documents', 'lines', 'exceptions');
    this.edge.forPeopleByName(
      operations,
      nameOf(deployment, kebab(OPERATIONS)),
      'quarantine',
      'queues',
      'audit',
      'catalog',
      'usage',
      'ledger',
      'jobs',
      'backfills',
      'api-keys',
      'price-previews',
    );

    const { api, usagePlan } = this.edge;
    new Firewall(this, 'Firewall', { deployment, stageArn: api.deploymentStage.stageArn });
    const site = new Site(this, 'Site', { deployment, api, onDelete: this.onDelete });
    const client = this.#client(foundation, site);

    this.output('ApiId', api.restApiId);
    this.output('ApiStage', STAGE);
    this.output('ApiUrl', api.url);
    this.output('UsagePlanId', usagePlan.usagePlanId);
    this.output('UserPoolClientId', client.userPoolClientId);
    this.output('SiteBucket', site.bucket.bucketName);
    this.output('DistributionId', site.distribution.distributionId);
    this.output('DistributionDomain', site.distribution.distributionDomainName);
    this.output('EventsApiFunctionName', events.functionName);
    this.output('EventStatusFunctionName', eventStatus.functionName);
    this.output('EntitlementsFunctionName', entitlements.functionName);
    this.output('ApiKeyAuthorizerFunctionName', keyAuthorizer.functionName);
    this.output('OperationsApiFunctionName', operations.functionName);
  }

  /** A function of its own: the front of the events puts records into the stream and reads nothing. */
  #eventStatus({ tables, archive, data }: FoundationStack): HandlerFunction {
    return new HandlerFunction(this, 'EventStatus', {
      deployment: this.deployment,
      description: 'Tells those who sent an event where it went',
      memoryMegabytes: 1024,
      timeout: API_TIMEOUT,
      environment: {
        ...tableNames(tables, 'ledger', 'projection', 'quarantine'),
        ARCHIVE_BUCKET: archive.bucketName,
        DATA_BUCKET: data.bucketName,
      },
      grants: [
        readItems(tables.ledger),
        readItems(tables.projection),
        readItems(tables.quarantine),
        ...readObjects(archive),
        ...readObjects(data),
      ],
    });
  }

  /** Reads what a balance is made of and nothing else: no line, no amount, no key. It writes nowhere. */
  #entitlements({ tables, archive, data }: FoundationStack): HandlerFunction {
    return new HandlerFunction(this, 'Entitlements', {
      deployment: this.deployment,
      description: 'Tells product services what an account may use',
      memoryMegabytes: 1024,
      timeout: API_TIMEOUT,
      environment: {
        ...tableNames(tables, 'ledger', 'projection', 'catalog'),
        ARCHIVE_BUCKET: archive.bucketName,
        DATA_BUCKET: data.bucketName,
      },
      grants: [
        readItems(tables.ledger),
        readItems(tables.projection),
        readItems(tables.catalog),
        // Large settled days, and what backfills correct.
        ...readObjects(data),
        ...readObjects(archive),
      ],
    });
  }

  #operations({ foundation, ingest, ledger, finance, success }: Parts): HandlerFunction {
    const { tables, archive, data, proofs, proofKey, stream, asyncFailures } = foundation;
    const { usagePlanId } = this.edge.usagePlan;
    const consumers = [finance.netsuite.consumer, success.gainsight.consumer, success.signals, ingest.spillQueue];
    const queues: QueueEntry[] = [
      ...consumers.map((consumer) => consumer.entry),
      {
        name: 'async-failures',
        dlqUrl: asyncFailures.queue.queueUrl,
        runbook: runbookLink(asyncFailures.heading),
      },
    ];
    const gateway = (path: string) =>
      this.formatArn({
        service: 'apigateway',
        account: '',
        resource: path,
        arnFormat: ArnFormat.SLASH_RESOURCE_SLASH_RESOURCE_NAME,
      });
    return new HandlerFunction(this, OPERATIONS, {
      deployment: this.deployment,
      description: 'Quarantine, queues, audit, catalog and keys for operators',
      memoryMegabytes: 1024,
      timeout: API_TIMEOUT,
      environment: {
        ...tableNames(
          tables,
          'ledger',
          'projection',
          'quarantine',
          'catalog',
          'audit',
          'access',
          'delivery',
          'finance',
        ),
        ARCHIVE_BUCKET: archive.bucketName,
        DATA_BUCKET: data.bucketName,
        QUEUES_JSON: this.toJsonString(queues),
        SETTLE_FUNCTION: ingest.settle.functionName,
        CORRECTIONS_FUNCTION: ledger.corrections.functionName,
        LEDGER_JOBS_FUNCTION: ledger.jobs.functionName,
        PROOFS_BUCKET: proofs.bucketName,
        PROOF_KEY_ID: proofKey.keyId,
        LEDGER_WALK_FUNCTION: ledger.walk.functionName,
        USAGE_STREAM: stream.streamName,
        HORIZON_DAYS: String(this.deployment.config.ingest.horizonDays),
        USAGE_PLAN_ID: usagePlanId,
        PREVIEW_MACHINE_ARN: finance.preview.machineArn,
      },
      grants: [
        readItems(tables.ledger),
        readItems(tables.projection),
        writePartitions(tables.projection, ['PutItem'], 'JOBS#', 'BACKFILL#*', 'BACKFILLS#'),
        decideFindings(tables.projection),
        readItems(tables.quarantine, 'gsi1'),
        addItems(tables.quarantine),
        readItems(tables.catalog),
        addItems(tables.catalog),
        readItems(tables.audit),
        addItems(tables.audit),
        readItems(tables.access),
        changeItems(tables.access),
        readItems(tables.delivery),
        readItems(tables.finance),
        ...readObjects(archive),
        ...readObjects(data),
        // What a price preview changes, whole.
        writeObjects(data, 'previews/changes/'),
        startExecutions(finance.preview.machineArn),
        readExecutions(finance.preview.executionArns),
        redriveMessages(...consumers.flatMap(({ queue, dlq }) => [queue, dlq]), asyncFailures.queue),
        invoke(ingest.settle.function),
        invoke(ledger.corrections.function),
        invoke(ledger.jobs.function),
        ...readObjects(proofs),
        readPublicKey(proofKey),
        invoke(ledger.walk.function),
        putRecords(stream),
        allow(['apigateway:POST'], gateway('apikeys'), gateway(`usageplans/${usagePlanId}/keys`)),
        allow(['apigateway:DELETE'], gateway('apikeys/*')),
      ],
    });
  }

  /** Sign-in for the console: code with PKCE, no secret, since a browser keeps none. */
  #client({ people }: FoundationStack, site: Site): UserPoolClient {
    const { signIn } = this.deployment.config;
    const extra = new CfnParameter(this, 'ConsoleOrigin', {
      default: signIn.extraOrigin,
      description: 'An origin besides the distribution that may use the sign-in, e.g. http://127.0.0.1:4600, or empty',
    });
    const given = new CfnCondition(this, 'HasConsoleOrigin', {
      expression: Fn.conditionNot(Fn.conditionEquals(extra.valueAsString, '')),
    });
    const own = `https://${site.distribution.distributionDomainName}`;
    // One address either way: the same one twice where no other is given.
    const other = Token.asString(Fn.conditionIf(given.logicalId, extra.valueAsString, own));
    const urls = (path: string) => [`${own}${path}`, `${other}${path}`];
    return new UserPoolClient(this, 'Client', {
      userPool: people.userPool,
      generateSecret: false,
      // The command line has no browser: in dev it signs in with name and password directly. validateConfig forbids
      // that elsewhere; there it uses SRP.
      authFlows: { userSrp: true, userPassword: signIn.passwordFlow },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
        callbackUrls: [...urls('/signed-in'), COMMAND_LINE],
        logoutUrls: urls('/'),
      },
      idTokenValidity: Duration.hours(1),
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(12),
      enableTokenRevocation: true,
      preventUserExistenceErrors: true,
    });
  }
}
