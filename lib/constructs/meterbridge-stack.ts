import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type Deployment, nameOf } from '../deployment.ts';

/** A stack of one deployment, named `meterbridge-<environment>-<part>`. */
export class MeterbridgeStack extends Stack {
  readonly deployment: Deployment;

  constructor(
    scope: Construct,
    part: string,
    deployment: Deployment,
    options: { readonly description: string; readonly terminationProtection?: boolean },
  ) {
    super(scope, part, {
      ...options,
      stackName: nameOf(deployment, part.toLowerCase()),
      env: { account: deployment.account, region: deployment.config.awsRegion },
      tags: { application: 'meterbridge', environment: deployment.config.name },
    });
    this.deployment = deployment;
  }

  /** An output that `cdk deploy --outputs-file` writes for the local system and the command line. */
  protected output(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }

  /** What happens to data when its stack is deleted. */
  protected get onDelete(): RemovalPolicy {
    return this.deployment.config.protection.onDelete === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  }
}
