import { SecretValue, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { METRICS } from '../../lambdas/platform/metric-names.ts';
import type { Deployment } from '../deployment.ts';
import { AlarmWithRunbook } from './alarm-with-runbook.ts';
import { DeadLetteredConsumer } from './dead-lettered-consumer.ts';
import { callVendor, secretArns, sendMessages } from './grants.ts';
import { HandlerFunction, kebab } from './handler-function.ts';
import { serviceMetric } from './metrics.ts';

export type AdapterProps = {
  readonly deployment: Deployment;
  readonly vendor: 'netsuite' | 'gainsight';
  /** The vendor as people write it. */
  readonly title: string;
  readonly functionId: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly grants: readonly PolicyStatement[];
  readonly topic: ITopic;
};

/**
 * One vendor: its queue with dead letters, the function that delivers (at most `concurrency` at once, so a vendor's
 * limit holds and one vendor never slows another), where the vendor is, how to sign in, and alarms.
 */
export class Adapter extends Construct {
  readonly consumer: DeadLetteredConsumer;
  readonly endpoint: StringParameter;
  /** The name of the secret with the vendor's credentials. */
  readonly secretId: string;
  readonly handler: HandlerFunction;
  /** What a function needs to call the vendor. */
  readonly grants: readonly PolicyStatement[];

  constructor(scope: Construct, id: string, props: AdapterProps) {
    super(scope, id);
    const { deployment, vendor, title, topic } = props;
    const { config } = deployment;
    this.consumer = new DeadLetteredConsumer(this, 'Consumer', {
      deployment,
      queueName: vendor,
      title,
      says: `${title} did not take a record, after all tries.`,
      topic,
    });
    this.endpoint = new StringParameter(this, 'Endpoint', {
      parameterName: `/meterbridge/${config.name}/${vendor}/endpoint`,
      description: `Where ${title} is. Operators may change it; a deploy writes it only when the configuration changes.`,
      stringValue: JSON.stringify({ baseUrl: config.endpoints[vendor] }),
    });
    this.secretId = `meterbridge/${config.name}/${vendor}`;
    const secret = new Secret(this, 'Credentials', {
      secretName: this.secretId,
      description: `How to sign in at ${title}. Empty until an operator fills it (docs/deploy.md).`,
      // Nothing secret: the adapter reports "auth" until real credentials are put in.
      secretStringValue: SecretValue.unsafePlainText('{}'),
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: `${title} issues these credentials; AWS cannot rotate them. docs/deploy.md says how an operator does.`,
    });
    this.grants = callVendor(this.endpoint, secretArns(this, this.secretId));
    const environmentName = vendor.toUpperCase();
    this.handler = new HandlerFunction(this, props.functionId, {
      deployment,
      description: `Delivers to ${title}, once per record`,
      timeout: this.consumer.timeout,
      environment: {
        ...props.environment,
        [`${environmentName}_ENDPOINT_PARAMETER`]: this.endpoint.parameterName,
        [`${environmentName}_SECRET_ID`]: this.secretId,
        DLQ_URL: this.consumer.dlq.queueUrl,
      },
      grants: [...props.grants, ...this.grants, sendMessages(this.consumer.dlq)],
    });
    this.consumer.consumeBy(this.handler.function);
    new AlarmWithRunbook(this, 'SignIn', {
      deployment,
      heading: `${title} sign-in refused`,
      says: `${title} refuses our credentials; records wait and nothing is lost.`,
      metric: serviceMetric(METRICS.adapterAuthFailures, kebab(props.functionId), 'Sum'),
      threshold: 1,
      topic,
    });
  }
}
