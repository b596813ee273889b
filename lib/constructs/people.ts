import { Aws, Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  UserPool,
  type UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { type Deployment, nameOf } from '../deployment.ts';

/** The roles of people, and what each is for. */
const GROUPS = {
  'finance-preparer': 'Starts closes, resolves exceptions, proposes prices',
  'finance-approver': 'Decides manifests and prices that another person prepared',
  operator: 'Runs the system: queues, quarantine, API keys',
  success: 'Reads usage and signals of accounts',
} as const;

export type PeopleProps = { readonly deployment: Deployment; readonly onDelete: RemovalPolicy };

/** Who may sign in: a user pool with one group per role and a hosted sign-in page. Nobody signs up by themselves. */
export class People extends Construct {
  readonly userPool: UserPool;
  readonly domain: UserPoolDomain;

  constructor(scope: Construct, id: string, { deployment, onDelete }: PeopleProps) {
    super(scope, id);
    const required = deployment.config.signIn.mfa === 'required';
    this.userPool = new UserPool(this, 'Users', {
      userPoolName: nameOf(deployment, 'people'),
      selfSignUpEnabled: false,
      signInAliases: { username: true, email: true },
      // Or Ada and ada could be two people, one to prepare and one to approve. It cannot be changed later.
      signInCaseSensitive: false,
      standardAttributes: { email: { required: true, mutable: true } },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      mfa: required ? Mfa.REQUIRED : Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: onDelete === 'retain',
      removalPolicy: onDelete,
    });
    for (const [groupName, description] of Object.entries(GROUPS)) {
      new CfnUserPoolGroup(this, groupName, { userPoolId: this.userPool.userPoolId, groupName, description });
    }
    // Prefixes are unique in a region, hence the account.
    this.domain = this.userPool.addDomain('SignIn', {
      cognitoDomain: { domainPrefix: nameOf(deployment, Aws.ACCOUNT_ID) },
    });
    Validations.of(this.userPool).acknowledge({
      id: 'AwsSolutions-COG8',
      reason: 'The plus tier is paid per user; a second factor, closed sign-up and four eyes guard what moves money.',
    });
    if (!required) {
      Validations.of(this.userPool).acknowledge({
        id: 'AwsSolutions-COG2',
        reason: 'Only dev leaves the second factor to the user; validateConfig requires it in every other environment.',
      });
    }
  }
}
