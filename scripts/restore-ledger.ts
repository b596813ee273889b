import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { dynamoCatalog } from '../lambdas/catalog/catalog-store.ts';
import { dynamo, s3 } from '../lambdas/platform/aws.ts';
import { systemClock } from '../lambdas/platform/clock.ts';
import { isConditionFailed } from '../lambdas/platform/condition-failed.ts';
import { env } from '../lambdas/platform/env.ts';
import { systemIds } from '../lambdas/platform/ids.ts';
import { makeArchive } from '../lambdas/usage/archive/archive.ts';
import { s3ArchiveObjects } from '../lambdas/usage/archive/archive-store.ts';
import { dynamoTouchedDays } from '../lambdas/usage/corrections/overlay-status.ts';
import { catalogStamper } from '../lambdas/usage/events/canonical-usage.ts';
import { ingestSettings } from '../lambdas/usage/ingest/ingest-settings.ts';
import { dynamoDirtyMarks } from '../lambdas/usage/ledger/dirty-marks.ts';
import type { LedgerItem } from '../lambdas/usage/ledger/ledger-item.ts';
import { ledgerOfEnvironment } from '../lambdas/usage/ledger/ledger-wiring.ts';
import { dynamoSubjects } from '../lambdas/usage/ledger/subjects.ts';
import { restoreLedger } from '../lambdas/usage/prove/restore.ts';
import { dynamoQuarantine } from '../lambdas/usage/quarantine/quarantine-store.ts';
import { quarantinedFrom } from '../lambdas/usage/quarantine/quarantined-positions.ts';
import { s3WalkObjects } from '../lambdas/usage/walk/walk-objects.ts';

/**
 * Restores a ledger table that was lost, with the AWS credentials of the environment (docs/runbook.md, "Ledger lost"):
 * `node scripts/restore-ledger.ts 2026-01-01`, the UTC date of the oldest usage.
 */
const putIfAbsent = (table: string) => async (Item: LedgerItem) => {
  try {
    const put = new PutCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' });
    await dynamo().send(put);
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
  }
};

const [from = ''] = process.argv.slice(2);
if (!/^\d{4}-\d{2}-\d{2}$/.test(from))
  throw new Error('say from which UTC date on: node scripts/restore-ledger.ts 2026-01-01');
const projection = env('PROJECTION_TABLE');
const catalog = dynamoCatalog(dynamo(), env('CATALOG_TABLE'));
const quarantined = await quarantinedFrom(dynamoQuarantine(dynamo(), env('QUARANTINE_TABLE')), `${from}T00:00:00.000Z`);
const restored = await restoreLedger(
  {
    journal: s3WalkObjects(s3(), env('DATA_BUCKET')),
    put: putIfAbsent(env('LEDGER_TABLE')),
    archive: makeArchive(s3ArchiveObjects(s3(), env('ARCHIVE_BUCKET'))),
    target: ledgerOfEnvironment(),
    quarantined,
    catalog,
    settings: ingestSettings(),
    clock: systemClock,
    ids: systemIds,
    beside: {
      marks: dynamoDirtyMarks(dynamo(), projection),
      subjects: dynamoSubjects(dynamo(), projection),
      touched: dynamoTouchedDays(dynamo(), projection),
    },
    stamper: () => catalogStamper(catalog),
  },
  from,
  (text) => process.stderr.write(`▸ ${text}\n`),
);
process.stdout.write(`${JSON.stringify(restored)}\n`);
