import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Deployment, nameOf } from '../deployment.ts';
import { allow } from './grants.ts';

/** `EventsApi` as `events-api`; the vendors' names stay one word. */
export const kebab = (functionId: string): string =>
  functionId
    .replace('NetSuite', 'Netsuite')
    .replace(/(?<=[a-z])([A-Z])/g, '-$1')
    .toLowerCase();

export type HandlerFunctionProps = {
  readonly deployment: Deployment;
  readonly description: string;
  /** What the function is told, beyond what every function is. */
  readonly environment: Readonly<Record<string, string>>;
  /** All it may do, besides writing its own logs and traces. */
  readonly grants: readonly PolicyStatement[];
  readonly timeout: Duration;
  /** @default 512 */
  readonly memoryMegabytes?: number;
  /** Where asynchronous calls end that failed for good. */
  readonly onFailure?: IQueue;
  /**
   * A job that takes longer than a function may run goes on in a call of its own. Lambda ends such chains after 16 calls,
   * unless it is told that they are meant.
   * @default false
   */
  readonly callsItself?: boolean;
  /**
   * Traced only when who calls it traces. For what a stream or a schedule calls: Lambda would trace one call a second,
   * so every batch, for more than the batch costs; its log says what a trace would, by correlation id.
   * @default false
   */
  readonly tracedByCaller?: boolean;
  /**
   * Goes as fast as a throttled table lets it, and does not fail: for work that nobody waits for and that reads or writes
   * much at once. Where a person or a stream waits, one throttled key must not slow the others.
   * @default false
   */
  readonly patient?: boolean;
};

/** The AWS SDK's own settings: it measures at which rate it is throttled, and stays below. */
const PATIENT = { AWS_RETRY_MODE: 'adaptive', AWS_MAX_ATTEMPTS: '10' };

/**
 * A Lambda function with the defaults of this house: arm64, Node 24, the bundle built beforehand, a role of its own
 * with exactly its grants, logs that end, traces. The construct's id is the function's id.
 */
export class HandlerFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, functionId: string, props: HandlerFunctionProps) {
    super(scope, functionId);
    const { config, bundleOf } = props.deployment;
    const name = kebab(functionId);

    // Logs tell what happened and decide nothing: the audit log is a table. So they go with their stack.
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/meterbridge/${config.name}/${name}`,
      retention: config.retention.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${functionId} may do`,
    });

    this.function = new LambdaFunction(this, 'Function', {
      functionName: nameOf(props.deployment, name),
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: bundleOf(functionId),
      memorySize: props.memoryMegabytes ?? 512,
      timeout: props.timeout,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: props.tracedByCaller === true ? Tracing.PASS_THROUGH : Tracing.ACTIVE,
      environment: {
        ENVIRONMENT: config.name,
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_LOG_LEVEL: 'INFO',
        ...(props.patient === true && PATIENT),
        ...props.environment,
      },
      ...(props.callsItself === true && { recursiveLoop: RecursiveLoop.ALLOW }),
      ...(props.onFailure && { onFailure: new SqsDestination(props.onFailure), retryAttempts: 2 }),
    });
    role.addToPolicy(allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn));
    for (const grant of props.grants) role.addToPolicy(grant);
    if (props.callsItself === true) role.addToPolicy(this.#callItself(nameOf(props.deployment, name)));
  }

  /** By name: the role comes before the function. */
  #callItself(resourceName: string): PolicyStatement {
    const { COLON_RESOURCE_NAME: arnFormat } = ArnFormat;
    const arn = Stack.of(this).formatArn({ service: 'lambda', resource: 'function', resourceName, arnFormat });
    return allow(['lambda:InvokeFunction'], arn);
  }

  get functionArn(): string {
    return this.function.functionArn;
  }

  get functionName(): string {
    return this.function.functionName;
  }
}

/** The time a function behind the REST API has: the gateway waits 29 seconds. */
export const API_TIMEOUT = Duration.seconds(28);
