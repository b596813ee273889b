import { LambdaClient } from '@aws-sdk/client-lambda';
import { dynamoCatalog } from '../../catalog/catalog-store.ts';
import { dynamo, s3 } from '../../platform/aws.ts';
import { systemClock } from '../../platform/clock.ts';
import { env } from '../../platform/env.ts';
import { systemIds } from '../../platform/ids.ts';
import { makeLogger } from '../../platform/observability.ts';
import { makeArchive } from '../archive/archive.ts';
import { s3ArchiveObjects } from '../archive/archive-store.ts';
import { ingestSettings } from '../ingest/ingest-settings.ts';
import { lambdaJobFunction } from '../jobs/job-function.ts';
import { jobHandler } from '../jobs/job-handler.ts';
import { dynamoJobs } from '../jobs/job-store.ts';
import { dynamoLedger } from '../ledger/ledger-store.ts';
import { s3StatesObjects } from '../ledger/states-objects.ts';
import { dynamoQuarantine } from '../quarantine/quarantine-store.ts';
import { usageToRead } from '../settle/usage-wiring.ts';
import { rebuildLedger } from './rebuild.ts';
import { removeFrom, shadowOf } from './shadow-ledger.ts';

const projection = env('PROJECTION_TABLE');
const shadow = env('SHADOW_TABLE');
const catalog = dynamoCatalog(dynamo(), env('CATALOG_TABLE'));
// Large states of the shadow lie below `jobs/`, where jobs may write.
const shadowLedger = dynamoLedger(dynamo(), shadow, s3StatesObjects(s3(), env('DATA_BUCKET'), 'jobs/shadow/'));

const rebuild = rebuildLedger({
  usage: usageToRead(catalog),
  catalog,
  archive: makeArchive(s3ArchiveObjects(s3(), env('ARCHIVE_BUCKET'))),
  quarantine: dynamoQuarantine(dynamo(), env('QUARANTINE_TABLE')),
  shadow: (jobId) => shadowOf(shadowLedger, jobId, removeFrom(dynamo(), shadow)),
  settings: ingestSettings(),
  ids: systemIds,
});

/** Long work that proves the ledger. It changes nothing of it. */
export const handler = jobHandler(
  { jobs: dynamoJobs(dynamo(), projection), clock: systemClock },
  { 'ledger.rebuild': rebuild },
  lambdaJobFunction(new LambdaClient({}), env('AWS_LAMBDA_FUNCTION_NAME')),
  makeLogger('ledger-jobs'),
);
