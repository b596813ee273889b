import { setTimeout as pause } from 'node:timers/promises';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { dynamoCatalog } from '../catalog/catalog-store.ts';
import { s3DataFiles } from '../close/data-files.ts';
import { sfnCloseMachine } from '../close/machine-client.ts';
import { dynamoAccounts } from '../close/store/dynamo-closes.ts';
import { financeTable } from '../close/store/table.ts';
import { sqsDeadLetters } from '../delivery/dead-letters.ts';
import { dynamoDeliveryStore } from '../delivery/delivery-store.ts';
import { explainByStatus } from '../delivery/redrive.ts';
import { dynamoAuditLog } from '../platform/audit-log.ts';
import { dynamo, kinesis, kms, s3, sfn, sqs } from '../platform/aws.ts';
import { systemClock } from '../platform/clock.ts';
import { env } from '../platform/env.ts';
import { httpEdge } from '../platform/http-edge.ts';
import { systemIds } from '../platform/ids.ts';
import { makeLogger } from '../platform/observability.ts';
import { previewJob } from '../preview/preview-job.ts';
import { POLICY_IDS } from '../rating/policies.ts';
import { priceOfQuantity } from '../rating/price-of-quantity.ts';
import { makeArchive } from '../usage/archive/archive.ts';
import { s3ArchiveObjects } from '../usage/archive/archive-store.ts';
import { archiveCounter } from '../usage/archive/archive-totals.ts';
import { countedDays } from '../usage/archive/counted-days.ts';
import { dynamoBackfills } from '../usage/corrections/backfill-store.ts';
import { dynamoOverlayStatus } from '../usage/corrections/overlay-status.ts';
import { eventTypes } from '../usage/events/schemas.ts';
import { lambdaJobFunction } from '../usage/jobs/job-function.ts';
import { dynamoJobs, dynamoNewJobs } from '../usage/jobs/job-store.ts';
import { dynamoDirtyMarks } from '../usage/ledger/dirty-marks.ts';
import { ledgerToRead } from '../usage/ledger/ledger-wiring.ts';
import { dynamoSubjects } from '../usage/ledger/subjects.ts';
import { dynamoDrift } from '../usage/quarantine/drift.ts';
import { quarantineToDecide } from '../usage/quarantine/quarantine-wiring.ts';
import { dynamoAccess } from '../usage/receive/access-store.ts';
import { apiGatewayKeys } from '../usage/receive/gateway-keys-client.ts';
import { kinesisStream } from '../usage/receive/usage-stream.ts';
import { dynamoSettled } from '../usage/settle/settled-store.ts';
import { dynamoDecisions } from '../usage/walk/finding-store.ts';
import { kmsPublicKey } from '../usage/walk/root-signer-client.ts';
import { s3WalkObjects } from '../usage/walk/walk-objects.ts';
import { apiKeyRoutes } from './api-key-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { backfillRoutes } from './backfill-routes.ts';
import { catalogRoutes } from './catalog-routes.ts';
import { closedPeriods } from './closed-periods.ts';
import { correctionRoutes } from './correction-routes.ts';
import { explanationRoutes } from './explanation-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { ledgerRoutes } from './ledger-routes.ts';
import { priceBookRoutes } from './price-book-routes.ts';
import { pricePreviewRoutes } from './price-preview-routes.ts';
import { quarantineRoutes } from './quarantine-routes.ts';
import { queueRoutes, readQueues } from './queue-routes.ts';
import { usageReportRoutes } from './usage-report-routes.ts';
import { usageRoutes } from './usage-routes.ts';
import { walkRoutes } from './walk-routes.ts';

const clock = systemClock;
const audit = dynamoAuditLog(dynamo(), env('AUDIT_TABLE'), clock);
const catalog = dynamoCatalog(dynamo(), env('CATALOG_TABLE'));
const archive = makeArchive(s3ArchiveObjects(s3(), env('ARCHIVE_BUCKET')));
const { ledger, overlays } = ledgerToRead(catalog);
const deliveries = dynamoDeliveryStore(dynamo(), env('DELIVERY_TABLE'));
const quarantine = quarantineToDecide(audit);
const projection = env('PROJECTION_TABLE');
const subjects = dynamoSubjects(dynamo(), projection);
const settled = dynamoSettled(dynamo(), projection, s3(), env('DATA_BUCKET'));
const jobs = { ...dynamoJobs(dynamo(), projection), ...dynamoNewJobs(dynamo(), projection, audit) };
const lambda = new LambdaClient({});
/** Which function runs a kind of job. */
const corrections = lambdaJobFunction(lambda, env('CORRECTIONS_FUNCTION'));
const functions = {
  'usage.settle': lambdaJobFunction(lambda, env('SETTLE_FUNCTION'), { sweep: true }),
  'quarantine.release': corrections,
  'quarantine.write-off': corrections,
  'same-id.rule': corrections,
  'backfill.seal': corrections,
  'backfill.close': corrections,
  'backfill.revert': corrections,
  'ledger.restate': corrections,
  'ledger.walk': lambdaJobFunction(lambda, env('LEDGER_WALK_FUNCTION')),
  'ledger.rebuild': lambdaJobFunction(lambda, env('LEDGER_JOBS_FUNCTION')),
  'price.preview': previewJob(sfnCloseMachine(sfn(), env('PREVIEW_MACHINE_ARN'))),
};
const starter = { jobs, functions, clock, ids: systemIds };
const usage = { ledger, overlays, settled, marks: dynamoDirtyMarks(dynamo(), projection), subjects, clock };
const stream = kinesisStream(kinesis(), env('USAGE_STREAM'), (millis) => pause(millis));

/** What people do to keep the system running: quarantine, queues, audit, catalog, usage, ledger and API keys. */
export const handler = httpEdge(
  [
    ...quarantineRoutes({ ...quarantine, starter }),
    ...queueRoutes(readQueues(env('QUEUES_JSON')), {
      queues: sqsDeadLetters(sqs()),
      explain: explainByStatus(deliveries),
      adapters: deliveries,
      audit,
      clock,
      pause: (millis) => pause(millis),
    }),
    ...auditRoutes(audit),
    ...priceBookRoutes({ catalog, clock }),
    ...catalogRoutes({ catalog, audit, clock, known: { eventTypes, policies: POLICY_IDS }, priceOf: priceOfQuantity }),
    ...usageRoutes({
      countedDays: countedDays(ledger, dynamoOverlayStatus(dynamo(), projection)),
      subjects,
      catalog,
      count: archiveCounter(archive, quarantine.quarantine, clock),
      starter,
      clock,
    }),
    ...usageReportRoutes({
      ledger,
      settled,
      subjects,
      catalog,
      clock,
      horizonDays: Number(env('HORIZON_DAYS')),
      drift: dynamoDrift(dynamo(), projection),
    }),
    ...ledgerRoutes({
      catalog,
      starter,
      audit,
      proofs: s3WalkObjects(s3(), env('PROOFS_BUCKET')),
      publicKey: () => kmsPublicKey(kms(), env('PROOF_KEY_ID')),
      usage,
    }),
    ...explanationRoutes({ catalog, archive, quarantine: quarantine.quarantine, usage: { ...usage, archive } }),
    ...walkRoutes({
      findings: dynamoDecisions(dynamo(), projection, audit),
      archive,
      stream: quarantine.stream,
      subjects,
      starter,
      clock,
    }),
    ...backfillRoutes({
      backfills: dynamoBackfills(dynamo(), projection, audit),
      stream,
      audit,
      starter,
      closedBy: closedPeriods({ catalog, results: dynamoAccounts(financeTable(dynamo(), env('FINANCE_TABLE'))) }),
      clock,
      ids: systemIds,
    }),
    ...correctionRoutes({ ledger, stream, audit, starter }),
    ...pricePreviewRoutes({
      catalog,
      known: { eventTypes, policies: POLICY_IDS },
      files: s3DataFiles(s3(), env('DATA_BUCKET')),
      jobs,
      starter,
      clock,
    }),
    ...jobRoutes({ jobs, functions, clock }),
    ...apiKeyRoutes({
      access: dynamoAccess(dynamo(), env('ACCESS_TABLE'), audit),
      gateway: apiGatewayKeys(new APIGatewayClient({}), env('USAGE_PLAN_ID')),
      clock,
      ids: systemIds,
    }),
  ],
  makeLogger('operations-api'),
);
