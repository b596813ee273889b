import { describe, expect, it } from 'vitest';
import { at, refersTo, synthesize } from './synthesize.ts';

/** What each function is told, besides what every function is. The handlers' side of the same contract is `env(...)`. */
const TOLD: Readonly<Record<string, string>> = {
  'events-api': 'USAGE_STREAM',
  'event-status': 'LEDGER_TABLE PROJECTION_TABLE QUARANTINE_TABLE ARCHIVE_BUCKET DATA_BUCKET',
  'api-key-authorizer': 'ACCESS_TABLE',
  entitlements: 'LEDGER_TABLE PROJECTION_TABLE CATALOG_TABLE ARCHIVE_BUCKET DATA_BUCKET',
  ingest:
    'LEDGER_TABLE PROJECTION_TABLE QUARANTINE_TABLE CATALOG_TABLE ARCHIVE_BUCKET DATA_BUCKET EVENT_BUS SPILL_QUEUE_URL LATE_AFTER_HOURS HORIZON_DAYS',
  spill:
    'LEDGER_TABLE PROJECTION_TABLE QUARANTINE_TABLE CATALOG_TABLE ARCHIVE_BUCKET DATA_BUCKET EVENT_BUS SPILL_QUEUE_URL LATE_AFTER_HOURS HORIZON_DAYS',
  corrections:
    'LEDGER_TABLE PROJECTION_TABLE QUARANTINE_TABLE AUDIT_TABLE CATALOG_TABLE ARCHIVE_BUCKET DATA_BUCKET USAGE_STREAM EVENT_BUS HORIZON_DAYS',
  settle: 'LEDGER_TABLE PROJECTION_TABLE CATALOG_TABLE ARCHIVE_BUCKET DATA_BUCKET EVENT_BUS',
  'ledger-walk':
    'LEDGER_TABLE PROJECTION_TABLE AUDIT_TABLE DATA_BUCKET PROOFS_BUCKET PROOF_KEY_ID SAME_ID_HORIZON_DAYS',
  'ledger-jobs':
    'LEDGER_TABLE PROJECTION_TABLE QUARANTINE_TABLE CATALOG_TABLE SHADOW_TABLE ARCHIVE_BUCKET DATA_BUCKET LATE_AFTER_HOURS HORIZON_DAYS',
  'close-step':
    'FINANCE_TABLE AUDIT_TABLE CATALOG_TABLE LEDGER_TABLE PROJECTION_TABLE QUARANTINE_TABLE DELIVERY_TABLE ARCHIVE_BUCKET DATA_BUCKET NETSUITE_QUEUE_URL CLOSE_GRACE_HOURS CLOSE_CARRY_BELOW_MINOR_UNITS CLOSE_WRITE_OFF_AFTER_DAYS CLOSE_MACHINE_ARN NETSUITE_ENDPOINT_PARAMETER NETSUITE_SECRET_ID',
  'rate-accounts': 'FINANCE_TABLE CATALOG_TABLE LEDGER_TABLE PROJECTION_TABLE ARCHIVE_BUCKET DATA_BUCKET',
  'price-preview': 'FINANCE_TABLE CATALOG_TABLE LEDGER_TABLE PROJECTION_TABLE ARCHIVE_BUCKET DATA_BUCKET',
  'scheduled-close': 'FINANCE_TABLE AUDIT_TABLE CLOSE_MACHINE_ARN',
  'finance-api':
    'FINANCE_TABLE AUDIT_TABLE DELIVERY_TABLE CATALOG_TABLE LEDGER_TABLE PROJECTION_TABLE ARCHIVE_BUCKET DATA_BUCKET CLOSE_MACHINE_ARN IDEMPOTENCY_TABLE',
  'deliver-netsuite':
    'DELIVERY_TABLE AUDIT_TABLE DATA_BUCKET NETSUITE_ENDPOINT_PARAMETER NETSUITE_SECRET_ID NETSUITE_CONCURRENCY DLQ_URL',
  'deliver-gainsight':
    'DELIVERY_TABLE AUDIT_TABLE CATALOG_TABLE DATA_BUCKET GAINSIGHT_ENDPOINT_PARAMETER GAINSIGHT_SECRET_ID DLQ_URL',
  signals: 'LEDGER_TABLE PROJECTION_TABLE CATALOG_TABLE SUCCESS_TABLE ARCHIVE_BUCKET DATA_BUCKET EVENT_BUS',
  'success-api': 'LEDGER_TABLE PROJECTION_TABLE CATALOG_TABLE SUCCESS_TABLE ARCHIVE_BUCKET DATA_BUCKET',
  'operations-api':
    'LEDGER_TABLE PROJECTION_TABLE QUARANTINE_TABLE CATALOG_TABLE AUDIT_TABLE ACCESS_TABLE DELIVERY_TABLE FINANCE_TABLE ARCHIVE_BUCKET DATA_BUCKET QUEUES_JSON SETTLE_FUNCTION LEDGER_WALK_FUNCTION CORRECTIONS_FUNCTION LEDGER_JOBS_FUNCTION PROOFS_BUCKET PROOF_KEY_ID USAGE_STREAM HORIZON_DAYS USAGE_PLAN_ID PREVIEW_MACHINE_ARN',
};
/** What goes as fast as a throttled table lets it. */
const PATIENT = ['corrections', 'ledger-jobs', 'ledger-walk', 'settle'];
const ALWAYS = ['ENVIRONMENT', 'POWERTOOLS_LOG_LEVEL', 'POWERTOOLS_SERVICE_NAME'];

const app = synthesize('dev');
const functions = new Map(
  app
    .ofType('AWS::Lambda::Function')
    .map((one) => [String(one.Properties.FunctionName).replace('meterbridge-dev-', ''), one]),
);

describe('functions', () => {
  it('are those of the table, and no other', () => {
    expect([...functions.keys()].sort()).toEqual(Object.keys(TOLD).sort());
  });

  it.each(Object.entries(TOLD))('%s is told exactly what it needs', (name, variables) => {
    const properties = functions.get(name)?.Properties;
    const told = at(properties, 'Environment', 'Variables') as Record<string, unknown>;
    const patience = PATIENT.includes(name) ? ['AWS_RETRY_MODE', 'AWS_MAX_ATTEMPTS'] : [];
    expect(Object.keys(told).sort()).toEqual([...ALWAYS, ...patience, ...variables.split(' ')].sort());
    expect(told.POWERTOOLS_SERVICE_NAME).toBe(name);
  });

  it.each([...functions])(
    '%s has the defaults of the house and a role of its own',
    (name, { Properties, stack, id }) => {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        // A stream and a schedule trace nothing, and Lambda would trace each of their calls.
        TracingConfig: { Mode: ['ingest', 'settle'].includes(name) ? 'PassThrough' : 'Active' },
      });
      expect(at(Properties, 'LoggingConfig', 'LogGroup')).toBeDefined();
      const role = refersTo(Properties.Role);
      const sharing = [...functions.values()].filter(
        (one) => one.stack === stack && refersTo(one.Properties.Role) === role,
      );
      expect(sharing.map((one) => one.id)).toEqual([id]);
    },
  );

  it('may call themselves as often as their jobs take, those that run jobs, and no others', () => {
    const looping = [...functions].filter(([, { Properties }]) => Properties.RecursiveLoop === 'Allow');
    expect(looping.map(([name]) => name).sort()).toEqual(['corrections', 'ledger-jobs', 'ledger-walk']);
  });

  it('keep logs for a stated time', () => {
    const groups = app.ofType('AWS::Logs::LogGroup');
    expect(groups.length).toBeGreaterThan(functions.size);
    for (const { Properties } of groups) expect(Properties.RetentionInDays).toBe(7);
  });

  it('tell the operations API every queue with its dead letters and its runbook heading', () => {
    const parts = at(
      functions.get('operations-api')?.Properties,
      'Environment',
      'Variables',
      'QUEUES_JSON',
      'Fn::Join',
      1,
    );
    const text = (parts as unknown[]).map((part) => (typeof part === 'string' ? part : 'X')).join('');
    const queues = JSON.parse(text) as Record<string, string>[];
    expect(queues.map(({ name }) => name)).toEqual(['netsuite', 'gainsight', 'signals', 'spill', 'async-failures']);
    expect(queues.filter(({ url }) => url === undefined).map(({ name }) => name)).toEqual(['async-failures']);
    for (const { runbook, dlqUrl } of queues) {
      expect(runbook).toMatch(/^docs\/runbook\.md#[a-z-]+$/);
      expect(dlqUrl).toBeDefined();
    }
  });
});

describe('event sources', () => {
  const sources = app.ofType('AWS::Lambda::EventSourceMapping');

  it('answer per message where they are queues, and bisect where they are a stream', () => {
    for (const { Properties } of sources) {
      if (Properties.StartingPosition === undefined) {
        expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
        expect(at(Properties, 'ScalingConfig', 'MaximumConcurrency')).toBeGreaterThanOrEqual(2);
      } else {
        expect(Properties).toMatchObject({
          StartingPosition: 'TRIM_HORIZON',
          BatchSize: 10000,
          BisectBatchOnFunctionError: true,
        });
        expect(at(Properties, 'DestinationConfig', 'OnFailure', 'Destination')).toBeDefined();
        // What is given up can still be read from the stream for a day.
        const kept = Number(at(app.ofType('AWS::Kinesis::Stream')[0]?.Properties, 'RetentionPeriodHours')) * 3600;
        expect(Properties.MaximumRecordAgeInSeconds).toBe(kept - 86400);
      }
    }
    expect(sources).toHaveLength(5);
  });

  it('come from queues that hide a message at least as long as a try may take', () => {
    for (const source of sources.filter(({ Properties }) => Properties.StartingPosition === undefined)) {
      const inStack = (id: unknown) => app.resources.find((one) => one.stack === source.stack && one.id === id);
      const queue = inStack(refersTo(source.Properties.EventSourceArn));
      const consumer = inStack(refersTo(source.Properties.FunctionName));
      expect(queue?.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(Number(consumer?.Properties.Timeout));
    }
  });
});

describe('rules', () => {
  it('send settled usage to the signals queue and signals to the Gainsight queue, in the queues’ own stack', () => {
    const routes = app
      .ofType('AWS::Events::Rule')
      .filter(({ Properties }) => Properties.EventPattern !== undefined)
      .map(({ Properties, stack }) => {
        const queue = app.resources.find(
          ({ id, stack: own }) => own === stack && id === refersTo(at(Properties, 'Targets', 0, 'Arn')),
        );
        return [at(Properties, 'EventPattern', 'detail-type'), queue?.Properties.QueueName];
      });
    expect(routes).toEqual([
      [['usage.settled'], 'meterbridge-dev-signals'],
      [['signal.raised'], 'meterbridge-dev-gainsight'],
    ]);
  });
});
