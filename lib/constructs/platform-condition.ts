import { CfnCondition, CfnParameter, CfnResource, Fn, type IAspect, Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';

/** Resource types that an emulator does not know. Nothing unconditional may refer to one. */
const AWS_ONLY = new Set([
  'AWS::Events::Archive',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
  'AWS::XRay::SamplingRule',
]);

/** Whether only AWS itself has this resource. */
export const isAwsOnly = (resource: CfnResource): boolean =>
  AWS_ONLY.has(resource.cfnResourceType) || (resource instanceof CfnAlarm && resource.metrics !== undefined);

/** The condition `Platform = aws` of a stack, made with its parameter on first use. */
export const onAws = (stack: Stack): CfnCondition => {
  const made = stack.node.tryFindChild('OnAws');
  if (made instanceof CfnCondition) return made;
  const platform = new CfnParameter(stack, 'Platform', {
    default: 'aws',
    allowedValues: ['aws', 'emulator'],
    description: 'Where this stack is deployed: resources that an emulator does not know are left out there.',
  });
  return new CfnCondition(stack, 'OnAws', { expression: Fn.conditionEquals(platform.valueAsString, 'aws') });
};

/**
 * Puts every AWS-only resource under the condition `Platform = aws`, so that one template deploys to AWS and to an
 * emulator. A stack without such a resource gets no parameter.
 */
export class PlatformCondition implements IAspect {
  visit(node: IConstruct): void {
    if (node instanceof CfnResource && isAwsOnly(node)) node.cfnOptions.condition = onAws(Stack.of(node));
  }
}
