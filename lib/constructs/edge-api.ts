import { ArnFormat, Duration, Fn, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  ApiKeySourceType,
  AuthorizationType,
  AwsIntegration,
  CfnAccount,
  type CfnMethod,
  CognitoUserPoolsAuthorizer,
  EndpointType,
  IdentitySource,
  type Integration,
  type IResource,
  LambdaIntegration,
  LogGroupLogDestination,
  type Method,
  MethodLoggingLevel,
  Period,
  RequestAuthorizer,
  RequestValidator,
  RestApi,
  type UsagePlan,
} from 'aws-cdk-lib/aws-apigateway';
import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnSamplingRule } from 'aws-cdk-lib/aws-xray';
import { Construct } from 'constructs';
import { type Deployment, nameOf } from '../deployment.ts';
import { allow } from './grants.ts';
import type { HandlerFunction } from './handler-function.ts';
import { onAws } from './platform-condition.ts';
import { problemResponses } from './problem-responses.ts';

/** The one stage of the API. */
export const STAGE = 'prod';

export type EdgeApiProps = {
  readonly deployment: Deployment;
  readonly userPool: IUserPool;
  readonly keyAuthorizer: HandlerFunction;
  readonly events: HandlerFunction;
  /** Tells where an event went. */
  readonly eventStatus: HandlerFunction;
  /** Tells what an account may use. */
  readonly entitlements: HandlerFunction;
};

/**
 * The one REST API. Machines come with an API key: a Lambda authorizer knows its hash and names the usage plan's key.
 * People come with an id token; their roles are checked in code. Errors of the gateway itself are problem details too.
 */
export class EdgeApi extends Construct {
  readonly api: RestApi;
  readonly usagePlan: UsagePlan;
  readonly #people: CognitoUserPoolsAuthorizer;
  readonly #v1: IResource;
  readonly #checked: RequestValidator;

  constructor(scope: Construct, id: string, props: EdgeApiProps) {
    super(scope, id);
    const { deployment, keyAuthorizer, events, eventStatus, entitlements } = props;
    const { config } = deployment;
    const accessLogs = new LogGroup(this, 'AccessLogs', {
      logGroupName: `/meterbridge/${config.name}/api-access`,
      retention: config.retention.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.api = new RestApi(this, 'Api', {
      restApiName: nameOf(deployment, 'api'),
      description: 'Meterbridge: usage events in; closes, documents, usage and operations',
      endpointTypes: [EndpointType.REGIONAL],
      apiKeySourceType: ApiKeySourceType.AUTHORIZER,
      binaryMediaTypes: ['application/gzip'],
      cloudWatchRole: false,
      deployOptions: {
        stageName: STAGE,
        tracingEnabled: true,
        loggingLevel: MethodLoggingLevel.ERROR,
        // Bodies hold usage and amounts.
        dataTraceEnabled: false,
        metricsEnabled: true,
        accessLogDestination: new LogGroupLogDestination(accessLogs),
        accessLogFormat: AccessLogFormat.jsonWithStandardFields(),
      },
    });
    this.#logToCloudWatch();
    this.#traceOneInTwenty(deployment);
    problemResponses(this.api);
    // Bodies have no model here: they are checked in code, per event and with a path, so that a batch is never refused
    // for one bad line.
    this.#checked = new RequestValidator(this, 'Checked', {
      restApi: this.api,
      requestValidatorName: 'checked',
      validateRequestParameters: true,
      validateRequestBody: true,
    });
    this.#people = new CognitoUserPoolsAuthorizer(this, 'People', { cognitoUserPools: [props.userPool] });
    this.#v1 = this.api.root.addResource('v1');

    const { requestsPerSecond, burst, requestsPerDay } = config.eventsApi;
    this.usagePlan = this.api.addUsagePlan('Producers', {
      name: nameOf(deployment, 'producers'),
      description: 'What each API key may send',
      throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
      quota: { limit: requestsPerDay, period: Period.DAY },
      apiStages: [{ api: this.api, stage: this.api.deploymentStage }],
    });
    const machines = new RequestAuthorizer(this, 'Machines', {
      handler: keyAuthorizer.function,
      identitySources: [IdentitySource.header('x-api-key')],
      // A revoked key still passes for this long.
      resultsCacheTtl: Duration.minutes(1),
    });
    const forKeys = {
      authorizationType: AuthorizationType.CUSTOM,
      authorizer: machines,
      apiKeyRequired: true,
      requestValidator: this.#checked,
    };
    const resource = this.#v1.addResource('events');
    const post = resource.addMethod('POST', new LambdaIntegration(events.function, PROXY), {
      ...forKeys,
      requestParameters: { 'method.request.header.Content-Type': true },
    });
    const get = resource.addResource('{id}').addMethod('GET', new LambdaIntegration(eventStatus.function, PROXY), {
      ...forKeys,
      requestParameters: Object.fromEntries(
        ['source', 'subject', 'time'].map((name) => [`method.request.querystring.${name}`, true]),
      ),
    });
    // Beside /v1/accounts, which is for people: one method has one authorizer.
    const asked = this.#v1.addResource('entitlements').addResource('{account}');
    const ask = [asked, asked.addResource('{feature}')].map((one) =>
      one.addMethod('GET', new LambdaIntegration(entitlements.function, PROXY), forKeys),
    );
    for (const method of [post, get, ...ask]) this.#byKey(method);
  }

  /**
   * The emulator never asks the authorizer which key it is (usageIdentifierKey): it looks for a gateway key with the value
   * of the request's own header, and ours holds our secret's only by its hash. There the authorizer alone decides.
   */
  #byKey(method: Method): void {
    const whereCounted = onAws(Stack.of(this));
    const resource = method.node.defaultChild as CfnMethod;
    resource.addPropertyOverride('ApiKeyRequired', Fn.conditionIf(whereCounted.logicalId, true, false));
    Validations.of(method).acknowledge({
      id: 'AwsSolutions-COG4',
      reason:
        'Product services are machines: a Lambda authorizer checks their API keys and the usage plan limits each.',
    });
  }

  /** Puts `/v1/<name>` and everything below it behind a function of another stack, for signed-in people. */
  forPeople(handler: HandlerFunction, ...names: readonly string[]): void {
    this.#proxy(new LambdaIntegration(handler.function, PROXY), names);
  }

  /**
   * The same for a function that itself needs this API's usage plan: it is called by its name, since the plan needs
   * the stage, the stage all methods, and a method that refers to the function would close the circle.
   */
  forPeopleByName(handler: HandlerFunction, functionName: string, ...names: readonly string[]): void {
    const arn = Stack.of(this).formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: functionName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.#proxy(
      new AwsIntegration({ proxy: true, service: 'lambda', path: `2015-03-31/functions/${arn}/invocations` }),
      names,
    );
    handler.function.addPermission('Api', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: this.api.arnForExecuteApi(),
    });
  }

  #proxy(integration: Integration, names: readonly string[]): void {
    const options = {
      authorizationType: AuthorizationType.COGNITO,
      authorizer: this.#people,
      requestValidator: this.#checked,
    };
    for (const name of names) {
      const resource = this.#v1.addResource(name);
      resource.addMethod('ANY', integration, options);
      resource.addResource('{proxy+}').addMethod('ANY', integration, options);
    }
  }

  /** Of requests with events one in twenty is traced; of all others one a second and 5 % of the rest, as X-Ray has it. */
  #traceOneInTwenty(deployment: Deployment): void {
    new CfnSamplingRule(this, 'EventsSampling', {
      samplingRule: {
        ruleName: nameOf(deployment, 'events'),
        priority: 100,
        fixedRate: 0.05,
        reservoirSize: 0,
        serviceName: '*',
        serviceType: 'AWS::ApiGateway::Stage',
        host: '*',
        httpMethod: 'POST',
        urlPath: `/${STAGE}/v1/events`,
        resourceArn: '*',
        version: 1,
      },
    });
  }

  /** The gateway writes logs by one role per account and region, which it checks for exactly these actions. */
  #logToCloudWatch(): void {
    const role = new Role(this, 'LogRole', { assumedBy: new ServicePrincipal('apigateway.amazonaws.com') });
    role.addToPolicy(
      allow(
        [
          'logs:CreateLogGroup',
          'logs:CreateLogStream',
          'logs:DescribeLogGroups',
          'logs:DescribeLogStreams',
          'logs:PutLogEvents',
          'logs:GetLogEvents',
          'logs:FilterLogEvents',
        ],
        '*',
      ),
    );
    const account = new CfnAccount(this, 'Account', { cloudWatchRoleArn: role.roleArn });
    account.node.addDependency(role);
    this.api.deploymentStage.node.addDependency(account);
  }
}

/** One permission per function for the whole API: a policy with one per route would soon be full. */
const PROXY = { proxy: true, scopePermissionToMethod: false } as const;
