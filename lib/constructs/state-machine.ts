import { fileURLToPath } from 'node:url';
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type Deployment, nameOf } from '../deployment.ts';

export type DefinedMachineProps = {
  readonly deployment: Deployment;
  /** The file `statemachines/<name>.asl.json`, and the end of the machine's name. */
  readonly name: string;
  readonly substitutions: Readonly<Record<string, string>>;
  readonly grants: readonly PolicyStatement[];
};

/** The ARN of a machine of this deployment, made from its name: a policy on a machine's own role may not refer to it. */
export const machineArn = (scope: Construct, deployment: Deployment, name: string): string =>
  Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: nameOf(deployment, name),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** The ARN of all executions of a machine of this deployment, or of what is below one kind of them. */
export const executionArns = (scope: Construct, deployment: Deployment, name: string): string =>
  Stack.of(scope).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${nameOf(deployment, name)}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** A standard state machine from its file, with logs, traces and a role of its own. */
export class DefinedMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: DefinedMachineProps) {
    super(scope, id);
    const { deployment, name } = props;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: `What the ${name} state machine may do`,
    });
    for (const grant of props.grants) role.addToPolicy(grant);
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: nameOf(deployment, name),
      definitionBody: DefinitionBody.fromFile(
        fileURLToPath(new URL(`../../statemachines/${name}.asl.json`, import.meta.url)),
      ),
      definitionSubstitutions: { ...props.substitutions },
      role,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          // The prefix keeps the log delivery's resource policy, which has a size limit, from growing.
          logGroupName: `/aws/vendedlogs/states/${nameOf(deployment, name)}`,
          retention: deployment.config.retention.logDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        // Inputs and outputs hold amounts, and the approval step a task token.
        includeExecutionData: false,
      },
    });
  }
}
