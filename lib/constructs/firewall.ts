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

/** The period that the firewall counts requests over, seconds; and so many keys may send from behind one address. */
const RATE_WINDOW = 300;
const KEYS_PER_ADDRESS = 5;

/** Refuses an address that sends more than its keys could: who tries keys is in no usage plan. */
const rateOfAddress = (priority: number, requestsPerSecond: number): CfnWebACL.RuleProperty => ({
  name: 'RateOfAddress',
  priority,
  action: { block: {} },
  statement: {
    rateBasedStatement: {
      aggregateKeyType: 'IP',
      evaluationWindowSec: RATE_WINDOW,
      limit: requestsPerSecond * KEYS_PER_ADDRESS * RATE_WINDOW,
    },
  },
  visibilityConfig: visible('RateOfAddress'),
});

const below = (path: string): CfnWebACL.StatementProperty => ({
  byteMatchStatement: {
    fieldToMatch: { uriPath: {} },
    positionalConstraint: 'STARTS_WITH',
    searchString: `/${STAGE}${path}`,
    textTransformations: [{ priority: 0, type: 'NONE' }],
  },
});

/**
 * Everything but batches of events, refused lines as people mend them, corrections, publications of the catalog and
 * prices to be tried. Those are larger than the 8 KB that the common rules let pass, and their data (usage, prices,
 * JSONata) is not to be judged as text.
 */
const NOT_DATA: CfnWebACL.StatementProperty = {
  notStatement: {
    statement: {
      orStatement: {
        statements: [
          below('/v1/events'),
          below('/v1/quarantine/'),
          below('/v1/backfills/'),
          below('/v1/usage/cancellations'),
          below('/v1/catalog/publications'),
          below('/v1/price-previews'),
        ],
      },
    },
  },
};

/** A web firewall before a stage of the API; only on AWS. What a known key may send is the usage plan's matter. */
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
        rateOfAddress(0, props.deployment.config.eventsApi.requestsPerSecond),
        managed(1, 'AWSManagedRulesKnownBadInputsRuleSet'),
        managed(2, 'AWSManagedRulesCommonRuleSet', NOT_DATA),
      ],
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: props.stageArn, webAclArn: acl.attrArn });
  }
}
