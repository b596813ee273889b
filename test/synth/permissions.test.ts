import { describe, expect, it } from 'vitest';
import { IAM_EXCEPTIONS, reasonFor, resourceText } from '../../lib/config/iam-exceptions.ts';
import { at, refersTo, synthesize } from './synthesize.ts';

const app = synthesize('prod');

type Allowed = { readonly where: string; readonly action: string; readonly resource: string };
const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

const allowed: Allowed[] = app.ofType('AWS::IAM::Policy').flatMap(({ stack, id, Properties }) =>
  listed(at(Properties, 'PolicyDocument', 'Statement')).flatMap((statement) =>
    listed(at(statement, 'Action')).flatMap((action) =>
      listed(at(statement, 'Resource')).map((resource) => ({
        where: `${stack}/${id}`,
        action: String(action),
        resource: resourceText(resource),
      })),
    ),
  ),
);
const of = (functionId: string) => allowed.filter(({ where }) => where.includes(functionId));

describe('least privilege', () => {
  it('no action has a wildcard', () => {
    expect(allowed.filter(({ action }) => action.includes('*'))).toEqual([]);
    expect(allowed.length).toBeGreaterThan(200);
  });

  it('every resource with a wildcard is on the list, with a reason', () => {
    const open = allowed.filter(({ resource }) => resource.includes('*'));
    expect(open.filter(({ action, resource }) => reasonFor([action], resource) === undefined)).toEqual([]);
  });

  it('the list has no entry that nothing needs', () => {
    const needed = IAM_EXCEPTIONS.filter((exception) =>
      allowed.some(({ action, resource }) => exception.actions.includes(action) && exception.resource.test(resource)),
    );
    expect(needed).toEqual(IAM_EXCEPTIONS);
    for (const { reason } of IAM_EXCEPTIONS) expect(reason).toMatch(/^[A-Z].{20,}\.$/);
  });

  it('no role carries a managed policy', () => {
    const roles = app.ofType('AWS::IAM::Role');
    expect(roles.length).toBeGreaterThan(14);
    for (const { Properties } of roles) expect(Properties.ManagedPolicyArns).toBeUndefined();
  });

  it.each(['Ledger', 'Audit', 'Catalog'])('nobody may change or remove an item of the %s table', (table) => {
    const actions = allowed.filter(
      ({ resource, action }) => resource.includes(`Att${table}`) && action.startsWith('dynamodb:'),
    );
    expect([...new Set(actions.map(({ action }) => action))].sort()).toEqual(
      ['GetItem', 'PutItem', 'Query'].map((action) => `dynamodb:${action}`),
    );
  });

  it('only ingest, spill and corrections append to the ledger: new usage, and what restates old usage', () => {
    const writers = allowed.filter(
      ({ resource, action }) => resource.includes('AttLedger') && action === 'dynamodb:PutItem',
    );
    expect(writers.map(({ where }) => where.replace(/RoleDefaultPolicy.*/, '')).sort()).toEqual([
      'Ingest/Ingest',
      'Ingest/Spill',
      'Ledger/Corrections',
    ]);
  });

  it('the front of the events API may put records and nothing else of data', () => {
    const actions = of('EventsApi').map(({ action }) => action);
    expect(actions.sort()).toEqual([
      'kinesis:PutRecords',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  it('who tells where an event went reads, and changes nothing', () => {
    const actions = of('EventStatus').map(({ action }) => action);
    expect(actions.filter((action) => /^(dynamodb|s3|kinesis):(Put|Update|Delete|Batch)/.test(action))).toEqual([]);
    expect(actions).toContain('dynamodb:Query');
  });

  it('who tells what an account may use reads no money and no keys, and changes nothing', () => {
    const own = of('Entitlements');
    const data = own.filter(({ action }) => /^(dynamodb|s3):/.test(action));
    expect([...new Set(data.map(({ action }) => action))].sort()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:Query',
      's3:GetObject',
      's3:ListBucket',
    ]);
    const named = (table: string): boolean => data.some(({ resource }) => resource.includes(`Att${table}`));
    expect(['Ledger', 'Projection', 'Catalog', 'Finance', 'Access', 'Audit'].filter(named)).toEqual([
      'Ledger',
      'Projection',
      'Catalog',
    ]);
  });

  it('a price preview changes no amount: it writes its own files and its jobs', () => {
    const writes = of('PreviewPricePreview').filter(({ action }) => /:(Put|Update|Delete|Batch|Transact)/.test(action));
    const own = writes.filter(({ action }) => !/^(logs|xray):/.test(action));
    expect(own.map(({ action }) => action).sort()).toEqual(['dynamodb:PutItem', 's3:PutObject']);
    expect(own.find(({ action }) => action === 's3:PutObject')?.resource).toMatch(/previews\/\*$/);
  });

  it('only the close writes in batches, which no condition holds back', () => {
    const writers = allowed.filter(({ action }) => action === 'dynamodb:BatchWriteItem');
    expect(writers.map(({ where }) => where.replace(/RoleDefaultPolicy.*/, ''))).toEqual(['Finance/CloseStep']);
  });

  it('only those who sign in at a vendor may read its secret', () => {
    const readers = allowed.filter(({ action }) => action === 'secretsmanager:GetSecretValue');
    expect(readers.map(({ where }) => where.replace(/RoleDefaultPolicy.*/, '')).sort()).toEqual([
      'Finance/CloseStep',
      'Finance/NetSuiteDeliverNetSuite',
      'Success/GainsightDeliverGainsight',
    ]);
  });
});

describe('the API', () => {
  it('lets nobody in without a key or a token', () => {
    const methods = app.ofType('AWS::ApiGateway::Method');
    const kinds = methods.map(({ Properties }) => `${Properties.HttpMethod} ${Properties.AuthorizationType}`);
    expect([...new Set(kinds)].sort()).toEqual(['ANY COGNITO_USER_POOLS', 'GET CUSTOM', 'POST CUSTOM']);
    expect(methods).toHaveLength(34);
    const byKey = methods.filter(({ Properties }) => Properties.AuthorizationType === 'CUSTOM');
    // Only AWS takes the key from the authorizer; on the emulator the authorizer alone decides.
    for (const { Properties } of byKey) {
      expect(Properties.ApiKeyRequired).toEqual({ 'Fn::If': ['OnAws', true, false] });
    }
    const [api] = app.ofType('AWS::ApiGateway::RestApi');
    expect(api?.Properties).toMatchObject({ ApiKeySourceType: 'AUTHORIZER', BinaryMediaTypes: ['application/gzip'] });
  });

  it('answers its own errors as problem details', () => {
    const answers = app.ofType('AWS::ApiGateway::GatewayResponse');
    expect(answers.length).toBeGreaterThan(10);
    for (const { Properties } of answers) {
      const body = JSON.parse(String(at(Properties, 'ResponseTemplates', 'application/json')));
      expect(Object.keys(body)).toEqual(['type', 'title', 'status', 'detail', 'code', 'correlationId']);
      expect(at(Properties, 'ResponseParameters', 'gatewayresponse.header.Content-Type')).toBe(
        "'application/problem+json'",
      );
      const retryAfter = at(Properties, 'ResponseParameters', 'gatewayresponse.header.Retry-After');
      expect(retryAfter !== undefined).toBe(body.status === 429);
    }
  });

  it('has a firewall in front of its stage', () => {
    const [association] = app.ofType('AWS::WAFv2::WebACLAssociation');
    expect(refersTo(association?.Properties.WebACLArn)).toBe(app.ofType('AWS::WAFv2::WebACL')[0]?.id);
  });

  it('lets batches of events, mended lines and publications of the catalog past the rules that refuse bodies above 8 KB', () => {
    const rules = at(app.ofType('AWS::WAFv2::WebACL')[0]?.Properties, 'Rules') as unknown[];
    const common = rules.find((rule) => at(rule, 'Name') === 'AWSManagedRulesCommonRuleSet');
    const spared = at(
      common,
      ...['Statement', 'ManagedRuleGroupStatement', 'ScopeDownStatement', 'NotStatement', 'Statement'],
      ...['OrStatement', 'Statements'],
    ) as unknown[];
    expect(spared.map((one) => at(one, 'ByteMatchStatement', 'SearchString'))).toEqual([
      '/prod/v1/events',
      '/prod/v1/quarantine/',
      '/prod/v1/backfills/',
      '/prod/v1/usage/cancellations',
      '/prod/v1/catalog/publications',
      '/prod/v1/price-previews',
    ]);
  });
});

describe('cdk-nag AwsSolutions', () => {
  it.each(['dev', 'stage', 'prod'])('finds nothing in %s that is not acknowledged with a reason', (environment) => {
    expect((environment === 'prod' ? app : synthesize(environment)).findings()).toEqual([]);
  });
});
