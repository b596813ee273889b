import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, Capacity, ProjectionType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { type CapacityRange, USED_PERCENT } from '../config/capacity.ts';
import type { EnvironmentConfig } from '../config/types.ts';

/**
 * The tables with partition key `pk` and sort key `sk`, and whether each has the index `gsi1`: of whole items, or of the
 * attributes that lists need.
 */
const TABLES = {
  ledger: false,
  projection: false,
  quarantine: ['format', 'summary'],
  catalog: false,
  finance: true,
  delivery: false,
  audit: false,
  access: false,
  success: false,
} as const;

export type TableName = keyof typeof TABLES | 'idempotency' | 'shadow';
export type Tables = Readonly<Record<TableName, TableV2>>;

/** `ledger` as `Ledger`. */
export const capitalised = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

const string = (name: string) => ({ name, type: AttributeType.STRING });

/** What a function is told of the tables that it uses, e.g. `LEDGER_TABLE`. */
export const tableNames = (tables: Tables, ...names: readonly TableName[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_TABLE`, tables[name].tableName]));

/** Tables whose use follows the rate of events, so that somebody who knows it can pay for them by the hour. */
const USAGE_TABLES: readonly string[] = ['ledger', 'projection'] satisfies (keyof typeof TABLES)[];

const scaled = ({ least, most }: CapacityRange): Capacity =>
  Capacity.autoscaled({
    minCapacity: least,
    maxCapacity: most,
    targetUtilizationPercent: USED_PERCENT,
    seedCapacity: least,
  });

/** How the usage tables are paid: by use, unless the configuration names units. */
const usageBilling = ({ writeUnits, readUnits }: EnvironmentConfig['capacity']): Billing =>
  writeUnits.most === 0
    ? Billing.onDemand()
    : Billing.provisioned({ writeCapacity: scaled(writeUnits), readCapacity: scaled(readUnits) });

/** All tables: paid by use (those of usage as configured), restorable to any second of the last 35 days, encrypted. */
export const makeTables = (
  scope: Construct,
  capacity: EnvironmentConfig['capacity'],
  removalPolicy: RemovalPolicy,
): Tables => {
  const common = {
    billing: Billing.onDemand(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    encryption: TableEncryptionV2.dynamoOwnedKey(),
    removalPolicy,
    deletionProtection: removalPolicy === 'retain',
  };
  const entries = Object.entries(TABLES).map(([name, indexed]) => {
    const table = new TableV2(scope, capitalised(name), {
      ...common,
      ...(USAGE_TABLES.includes(name) && { billing: usageBilling(capacity) }),
      partitionKey: string('pk'),
      sortKey: string('sk'),
      ...(indexed && {
        globalSecondaryIndexes: [
          {
            indexName: 'gsi1',
            partitionKey: string('gsi1pk'),
            sortKey: string('gsi1sk'),
            ...(indexed === true ? {} : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...indexed] }),
          },
        ],
      }),
    });
    return [name, table] as const;
  });
  const idempotency = new TableV2(scope, 'Idempotency', {
    ...common,
    partitionKey: string('id'),
    timeToLiveAttribute: 'expiration',
  });
  // What a rebuild puts beside the ledger for a while; nothing of it is worth keeping.
  const shadow = new TableV2(scope, 'Shadow', {
    ...common,
    partitionKey: string('pk'),
    sortKey: string('sk'),
    removalPolicy: RemovalPolicy.DESTROY,
    deletionProtection: false,
  });
  return { ...(Object.fromEntries(entries) as Omit<Tables, 'idempotency' | 'shadow'>), idempotency, shadow };
};
