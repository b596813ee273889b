import { Stack } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { allow, invoke, startExecutions } from './grants.ts';
import type { HandlerFunction } from './handler-function.ts';
import { DefinedMachine, executionArns, machineArn } from './state-machine.ts';

/** The files of the machines, without their ending. */
const CLOSE = 'period-close';
const MANIFEST = 'manifest';

/** The close's machine and its executions, by name: those who start it are made beside it. */
export const closeArns = (scope: Construct, deployment: Deployment) => ({
  machine: machineArn(scope, deployment, CLOSE),
  executions: executionArns(scope, deployment, CLOSE),
});

type Steps = { readonly closeStep: HandlerFunction };

/** What one approval decides: waits for it, posts every document, and sees each of them in the ERP. */
export const manifestMachine = (scope: Construct, deployment: Deployment, { closeStep }: Steps): DefinedMachine =>
  new DefinedMachine(scope, 'Manifest', {
    deployment,
    name: MANIFEST,
    substitutions: {
      CloseStepFunctionArn: closeStep.functionArn,
      PostingWaitSeconds: String(deployment.config.close.postingWaitSeconds),
      ApprovalTimeoutSeconds: String(deployment.config.close.approvalTimeoutSeconds),
    },
    grants: [invoke(closeStep.function)],
  });

export type CloseMachineParts = Steps & {
  readonly rateAccounts: HandlerFunction;
  readonly ledgerWalk: HandlerFunction;
  readonly manifests: DefinedMachine;
  /** Where the chunks of accounts lie. */
  readonly data: IBucket;
};

/** A period close, from the readiness check to reconciled postings. */
export const closeMachine = (
  scope: Construct,
  deployment: Deployment,
  { closeStep, rateAccounts, ledgerWalk, manifests, data }: CloseMachineParts,
): DefinedMachine => {
  const arns = closeArns(scope, deployment);
  return new DefinedMachine(scope, 'PeriodClose', {
    deployment,
    name: CLOSE,
    substitutions: {
      CloseStepFunctionArn: closeStep.functionArn,
      RateAccountsFunctionArn: rateAccounts.functionArn,
      LedgerWalkFunctionArn: ledgerWalk.functionArn,
      DataBucket: data.bucketName,
      ManifestMachineArn: manifests.machine.stateMachineArn,
      PostingWaitSeconds: String(deployment.config.close.postingWaitSeconds),
      ApprovalTimeoutSeconds: String(deployment.config.close.approvalTimeoutSeconds),
    },
    grants: [
      invoke(closeStep.function),
      invoke(rateAccounts.function),
      invoke(ledgerWalk.function),
      // The distributed map reads its chunks and runs as executions of the same machine.
      allow(['s3:GetObject'], data.arnForObjects('closes/*')),
      startExecutions(arns.machine),
      startExecutions(manifests.machine.stateMachineArn),
      allow(
        ['states:DescribeExecution', 'states:StopExecution'],
        arns.executions,
        executionArns(scope, deployment, MANIFEST),
      ),
      // How Step Functions waits for an execution that it started (.sync:2).
      allow(
        ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        Stack.of(scope).formatArn({
          service: 'events',
          resource: 'rule',
          resourceName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
        }),
      ),
    ],
  });
};
