import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { type Deployment, nameOf } from '../deployment.ts';
import { STAGE } from './edge-api.ts';

const visible = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: false,
});

/** One of AWS's own rule groups. */
const managed = (
  priority: number,
  name: string,
  scopeDownStatement?: CfnWebACL.StatementProperty,
): CfnWebACL.RuleProperty => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: {
    managedRuleGroupStatement: { vendorName: 'AWS', name, ...(scopeDownStatement && { scopeDownStatement }) },
  },
  visibilityConfig: visible(name),
});

/** Everything but the batches of events: those are larger than 8 KB, and their data is not ours to judge as text. */
const NOT_EVENTS: CfnWebACL.StatementProperty = {
  notStatement: {
    statement: {
      byteMatchStatement: {
        fieldToMatch: { uriPath: {} },
        positionalConstraint: 'STARTS_WITH',
        searchString: `/${STAGE}/v1/events`,
        textTransformations: [{ priority: 0, type: 'NONE' }],
      },
    },
  },
};

/** A web firewall before a stage of the API; only on AWS. Rates are the usage plan's matter, per key. */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, props: { readonly deployment: Deployment; readonly stageArn: string }) {
    super(scope, id);
    const name = nameOf(props.deployment, 'api');
    const acl = new CfnWebACL(this, 'Acl', {
      name,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visible(name),
      rules: [
        managed(0, 'AWSManagedRulesKnownBadInputsRuleSet'),
        managed(1, 'AWSManagedRulesCommonRuleSet', NOT_EVENTS),
      ],
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: props.stageArn, webAclArn: acl.attrArn });
  }
}
