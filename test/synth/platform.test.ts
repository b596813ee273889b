import { describe, expect, it } from 'vitest';
import { at, refersTo, synthesize } from './synthesize.ts';

/** What the emulator refuses a whole stack for, or does not act on; measured, not derived from the app's own list. */
const UNKNOWN_TO_THE_EMULATOR = [
  'AWS::Events::Archive',
  'AWS::Events::Connection',
  'AWS::Events::ApiDestination',
  'AWS::StepFunctions::StateMachineVersion',
  'AWS::StepFunctions::StateMachineAlias',
  'AWS::StepFunctions::Activity',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::Logs::QueryDefinition',
  'AWS::Athena::NamedQuery',
  'AWS::Kinesis::StreamConsumer',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::WAFv2::WebACLAssociation',
  // Not measured: it has no X-Ray.
  'AWS::XRay::SamplingRule',
];

describe.each(['dev', 'prod'])('one template for AWS and the emulator (%s)', (environment) => {
  const app = synthesize(environment);
  const awsOnly = app.resources.filter(
    ({ Type, Properties }) =>
      UNKNOWN_TO_THE_EMULATOR.includes(Type) || (Type === 'AWS::CloudWatch::Alarm' && Properties.Metrics !== undefined),
  );

  it('leaves every AWS-only resource out on the emulator', () => {
    expect(awsOnly.map(({ Type }) => Type).sort()).toEqual([
      // Arithmetic over metrics: the ERP's success rate, breaks over regions, the share of refused events.
      'AWS::CloudWatch::Alarm',
      'AWS::CloudWatch::Alarm',
      'AWS::CloudWatch::Alarm',
      'AWS::Events::Archive',
      'AWS::WAFv2::WebACLAssociation',
      'AWS::XRay::SamplingRule',
    ]);
    for (const { id, stack, Condition } of awsOnly) {
      expect([id, Condition]).toEqual([id, 'OnAws']);
      expect(app.templates[stack]?.Conditions?.OnAws).toEqual({ 'Fn::Equals': [{ Ref: 'Platform' }, 'aws'] });
      expect(app.templates[stack]?.Parameters?.Platform).toMatchObject({
        Default: 'aws',
        AllowedValues: ['aws', 'emulator'],
      });
    }
  });

  it('refers to a conditional resource only from a conditional one', () => {
    for (const [name, template] of Object.entries(app.templates)) {
      const conditional = new Set(
        Object.entries(template.Resources).flatMap(([id, { Condition }]) => (Condition === undefined ? [] : [id])),
      );
      const references = (value: unknown): unknown[] =>
        typeof value === 'object' && value !== null
          ? [refersTo(value), ...Object.values(value).flatMap(references)]
          : [];
      const unconditional = Object.entries(template.Resources).filter(([id]) => !conditional.has(id));
      const dangling = [...unconditional, ...Object.entries(template.Outputs ?? {})].filter(([, value]) =>
        references(value).some((id) => typeof id === 'string' && conditional.has(id)),
      );
      expect([name, dangling.map(([id]) => id)]).toEqual([name, []]);
    }
  });

  it('uses nothing that only works on one of them', () => {
    const types = app.resources.map(({ Type }) => Type);
    expect(
      types.filter((type) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource'),
    ).toEqual([]);
    expect(JSON.stringify(app.templates)).not.toContain('ProviderURL');
  });
});

describe('outputs', () => {
  it('have names that are unique over all stacks, and include what the local system and the command line read', () => {
    const app = synthesize('dev');
    const names = Object.values(app.templates)
      .flatMap(({ Outputs = {} }) => Object.keys(Outputs))
      .filter((name) => !name.startsWith('ExportsOutput'));
    expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([]);
    expect(names).toEqual(
      expect.arrayContaining([
        ...[
          'ApiId',
          'ApiStage',
          'ApiUrl',
          'UserPoolId',
          'UserPoolClientId',
          'HostedUiDomain',
          'UsagePlanId',
          'StreamName',
        ],
        ...[
          'SiteBucket',
          'DistributionId',
          'DistributionDomain',
          'ArchiveBucket',
          'DataBucket',
          'LedgerTable',
          'FinanceTable',
        ],
        ...[
          'NetSuiteQueueUrl',
          'NetSuiteDlqUrl',
          'GainsightQueueUrl',
          'GainsightDlqUrl',
          'SignalsDlqUrl',
          'SpillDlqUrl',
        ],
        ...['NetSuiteEndpointParameter', 'NetSuiteSecretId', 'GainsightEndpointParameter', 'GainsightSecretId'],
        ...[
          'CloseMachineArn',
          'ManifestMachineArn',
          'SettleFunctionName',
          'IngestFunctionName',
          'DeliverNetSuiteFunctionName',
        ],
      ]),
    );
    const api = app.templates.Console?.Outputs?.ApiId;
    expect(at(api, 'Value', 'Ref')).toBeDefined();
  });
});
