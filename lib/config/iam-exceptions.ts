import { Stack, Validations } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** A resource with a `*` that policies may name, for these actions, and why. */
export type IamException = {
  readonly actions: readonly string[];
  /** The resource as text, references in `<>`: a pattern for the whole of it. */
  readonly resource: RegExp;
  readonly reason: string;
};

/**
 * Every `*` in a resource that a policy of this app may have. No action ever has one. A statement that is not covered
 * here fails cdk-nag and the test of least privilege.
 */
export const IAM_EXCEPTIONS: readonly IamException[] = [
  {
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    resource: /^\*$/,
    reason: 'X-Ray has no resources to name for writing traces.',
  },
  {
    actions: ['xray:GetSamplingRules', 'xray:GetSamplingTargets'],
    resource: /^\*$/,
    reason: 'X-Ray has no resources to name for reading sampling rules.',
  },
  {
    actions: [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
    ],
    resource: /^\*$/,
    reason: 'Log delivery of Step Functions: CloudWatch Logs has no resource types for these actions.',
  },
  {
    actions: [
      'logs:CreateLogGroup',
      'logs:CreateLogStream',
      'logs:DescribeLogGroups',
      'logs:DescribeLogStreams',
      'logs:PutLogEvents',
      'logs:GetLogEvents',
      'logs:FilterLogEvents',
    ],
    resource: /^\*$/,
    reason:
      'The one logging role of API Gateway per account and region: the service checks it for exactly these rights.',
  },
  {
    actions: ['s3:GetObject', 's3:PutObject'],
    resource: /^\S+[>\w]\/([a-z]+\/)*\*$/,
    reason: 'The objects of one bucket of this app: their keys are made at run time.',
  },
  {
    actions: ['states:DescribeExecution', 'states:StopExecution'],
    resource: /:execution:meterbridge-[a-z]+-[a-z-]+[:/]\*$/,
    reason: 'The executions of one state machine of this app: their names are made at run time.',
  },
  {
    actions: ['apigateway:DELETE'],
    resource: /:\/apikeys\/\*$/,
    reason: 'API keys are made and removed at run time; the gateway gives each its own id.',
  },
];

type Statement = { readonly Action: string | string[]; readonly Resource: unknown; readonly Effect: string };

const listed = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** A resource of a policy as text, references as `<Name>`: the same text that cdk-nag calls its finding by. */
export const resourceText = (resource: unknown): string => {
  if (typeof resource === 'string') return resource.replaceAll('${', '<').replaceAll('}', '>');
  const entries: [string, unknown][] = Object.entries(Object(resource));
  const [intrinsic, argument] = entries[0] ?? ['', ''];
  switch (intrinsic) {
    case 'Ref':
      return `<${argument}>`;
    case 'Fn::GetAtt':
      return `<${listed(argument).join('.')}>`;
    case 'Fn::Join': {
      const [between, parts] = listed(argument);
      return listed(parts).map(resourceText).join(String(between));
    }
    case 'Fn::ImportValue':
    case 'Fn::Sub':
      return resourceText(argument);
    default:
      return JSON.stringify(resource);
  }
};

/** Why a statement may name a resource with a `*`; `undefined` if it may not. */
export const reasonFor = (actions: readonly string[], resource: string): string | undefined => {
  const reasons = actions.map(
    (action) => IAM_EXCEPTIONS.find((one) => one.actions.includes(action) && one.resource.test(resource))?.reason,
  );
  return reasons.every((reason) => reason !== undefined) ? [...new Set(reasons)].join(' ') : undefined;
};

/** Acknowledges, for cdk-nag, the findings of a tree that are on the list, each with its reason. */
export const acknowledgeExceptions = (root: IConstruct): void => {
  for (const node of root.node.findAll()) {
    if (!(node instanceof CfnPolicy)) continue;
    const document: { Statement: Statement[] } = Stack.of(node).resolve(node.policyDocument);
    for (const { Action, Resource } of document.Statement) {
      for (const resource of listed(Resource).map(resourceText)) {
        const reason = resource.includes('*') ? reasonFor(listed(Action), resource) : undefined;
        if (reason !== undefined) {
          Validations.of(node).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
        }
      }
    }
  }
};
