import { describe, expect, it } from 'vitest';
import { prod } from '../../lib/config/prod.ts';
import { at, synthesize } from './synthesize.ts';

const KEPT = [
  'AWS::DynamoDB::GlobalTable',
  'AWS::S3::Bucket',
  'AWS::Kinesis::Stream',
  'AWS::Cognito::UserPool',
  'AWS::KMS::Key',
];

/** What a rebuild puts beside the ledger for a while. */
const isShadow = ({ id }: { readonly id: string }): boolean => id.startsWith('Shadow');

describe.each(['stage', 'prod'])('the foundation of %s', (environment) => {
  const app = synthesize(environment);
  const data = app.resources.filter(({ stack, Type }) => stack === 'Foundation' && KEPT.includes(Type));
  const kept = data.filter((one) => !isShadow(one));

  it('keeps every table, bucket, stream and user when its stack is deleted, and refuses that', () => {
    expect(kept).toHaveLength(10 + 4 + 1 + 1 + 1);
    for (const { id, DeletionPolicy } of kept) expect([id, DeletionPolicy]).toEqual([id, 'Retain']);
    expect(app.protectedStacks).toEqual(['Foundation']);
    expect(data.filter(isShadow).map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Delete']);
  });

  it('has no data outside itself', () => {
    const outside = app.resources.filter(({ stack, Type }) => stack !== 'Foundation' && KEPT.includes(Type));
    expect([...new Set(outside.map(({ stack, Type }) => `${stack} ${Type}`))]).toEqual(['Console AWS::S3::Bucket']);
  });
});

describe('tables', () => {
  const app = synthesize('prod');
  const tables = app.ofType('AWS::DynamoDB::GlobalTable');

  it.each(tables.map(({ id, Properties }) => [id, Properties] as const))(
    '%s is on demand and restorable',
    (id, properties) => {
      expect(properties.BillingMode).toBe('PAY_PER_REQUEST');
      expect(at(properties, 'Replicas', 0, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled')).toBe(
        true,
      );
      expect(at(properties, 'Replicas', 0, 'DeletionProtectionEnabled')).toBe(!isShadow({ id }));
    },
  );

  it('have the keys that the stores use', () => {
    const keys = Object.fromEntries(
      tables.map(({ id, Properties }) => {
        const names = (at(Properties, 'KeySchema') as unknown[]).map((key) => at(key, 'AttributeName')).join(' ');
        const index = at(Properties, 'GlobalSecondaryIndexes', 0, 'IndexName');
        return [id.slice(0, -8), index === undefined ? names : `${names} ${index}`];
      }),
    );
    const plain = ['Ledger', 'Projection', 'Catalog', 'Delivery', 'Audit', 'Access', 'Success', 'Shadow'];
    expect(keys).toEqual({
      ...Object.fromEntries(plain.map((name) => [name, 'pk sk'])),
      Finance: 'pk sk gsi1',
      Quarantine: 'pk sk gsi1',
      Idempotency: 'id',
    });
    const idempotency = tables.find(({ id }) => id.startsWith('Idempotency'));
    expect(at(idempotency?.Properties, 'TimeToLiveSpecification')).toEqual({
      AttributeName: 'expiration',
      Enabled: true,
    });
  });
});

describe('capacity that somebody chose', () => {
  const capacity = { streamShards: 3, writeUnits: { least: 40, most: 4000 }, readUnits: { least: 80, most: 8000 } };
  const app = synthesize('prod', { ...prod, capacity });

  it('gives the stream its shards', () => {
    const [stream] = app.ofType('AWS::Kinesis::Stream');
    expect(stream?.Properties).toMatchObject({ ShardCount: 3, StreamModeDetails: { StreamMode: 'PROVISIONED' } });
    const [onDemand] = synthesize('prod').ofType('AWS::Kinesis::Stream');
    expect(onDemand?.Properties).toMatchObject({ StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
  });

  it('lets the tables of usage scale within it, and no other', () => {
    const tables = app.ofType('AWS::DynamoDB::GlobalTable');
    const chosen = tables.filter(({ Properties }) => Properties.BillingMode === 'PROVISIONED');
    expect(chosen.map(({ id }) => id.slice(0, -8)).sort()).toEqual(['Ledger', 'Projection']);
    for (const { Properties } of chosen) {
      expect(at(Properties, 'WriteProvisionedThroughputSettings', 'WriteCapacityAutoScalingSettings')).toEqual({
        MinCapacity: 40,
        MaxCapacity: 4000,
        SeedCapacity: 40,
        TargetTrackingScalingPolicyConfiguration: { TargetValue: 70 },
      });
      const reads = at(
        Properties,
        'Replicas',
        0,
        'ReadProvisionedThroughputSettings',
        'ReadCapacityAutoScalingSettings',
      );
      expect(reads).toMatchObject({ MinCapacity: 80, MaxCapacity: 8000 });
    }
  });
});

describe('the key of proofs', () => {
  it('signs by ECDSA over P-256, and does nothing else', () => {
    const [key] = synthesize('prod').ofType('AWS::KMS::Key');
    expect(key?.Properties).toMatchObject({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  });
});

describe('buckets', () => {
  it('are closed to the public and to plain connections; the archive keeps versions', () => {
    const app = synthesize('prod');
    const policies = JSON.stringify(app.ofType('AWS::S3::BucketPolicy'));
    const buckets = app.ofType('AWS::S3::Bucket');
    for (const { Properties } of buckets) {
      expect(Object.values(at(Properties, 'PublicAccessBlockConfiguration') as object)).toEqual([
        true,
        true,
        true,
        true,
      ]);
      expect(at(Properties, 'BucketEncryption')).toBeDefined();
    }
    expect(policies.match(/aws:SecureTransport/g)).toHaveLength(buckets.length);
    const proofs = buckets.find(({ id }) => id.startsWith('Proofs'));
    expect(proofs?.Properties.ObjectLockEnabled).toBe(true);
    expect(at(proofs?.Properties, 'ObjectLockConfiguration', 'Rule', 'DefaultRetention')).toEqual({
      Mode: 'COMPLIANCE',
      Days: 4015,
    });
    const archive = buckets.find(({ id }) => id.startsWith('Archive'));
    expect(at(archive?.Properties, 'VersioningConfiguration', 'Status')).toBe('Enabled');
  });
});
