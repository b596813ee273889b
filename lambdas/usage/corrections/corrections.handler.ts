import { LambdaClient } from '@aws-sdk/client-lambda';
import { cachedCatalog } from '../../catalog/cached-catalog.ts';
import { dynamoCatalog } from '../../catalog/catalog-store.ts';
import { dynamoAuditLog } from '../../platform/audit-log.ts';
import { dynamo, eventBridge } from '../../platform/aws.ts';
import { systemClock } from '../../platform/clock.ts';
import { env } from '../../platform/env.ts';
import { eventBridgePublisher } from '../../platform/event-publisher.ts';
import { systemIds } from '../../platform/ids.ts';
import { makeLogger } from '../../platform/observability.ts';
import { lambdaJobFunction } from '../jobs/job-function.ts';
import { jobHandler } from '../jobs/job-handler.ts';
import { dynamoJobs } from '../jobs/job-store.ts';
import type { JobKind } from '../jobs/jobs.ts';
import type { JobWork } from '../jobs/run-job.ts';
import { dynamoCrossings } from '../limits/crossings.ts';
import { makeLookAgain } from '../limits/look-again.ts';
import { releaseMany, writeOffMany } from '../quarantine/decide-many.ts';
import { quarantineToDecide } from '../quarantine/quarantine-wiring.ts';
import { usageToRead } from '../settle/usage-wiring.ts';
import { dynamoDecisions } from '../walk/finding-store.ts';
import { applySameIdRule } from '../walk/same-id-rule.ts';
import { dynamoBackfills } from './backfill-store.ts';
import { closeBackfill, revertBackfill } from './close-backfill.ts';
import { lookAfter } from './look-after.ts';
import { restateRange } from './restate-range.ts';
import { sealBackfill } from './seal.ts';

const logger = makeLogger('corrections');
const clock = systemClock;
const projection = env('PROJECTION_TABLE');
const audit = dynamoAuditLog(dynamo(), env('AUDIT_TABLE'), clock);
const quarantine = quarantineToDecide(audit);
const jobs = dynamoJobs(dynamo(), projection);
const catalog = dynamoCatalog(dynamo(), env('CATALOG_TABLE'));
const backfills = dynamoBackfills(dynamo(), projection, audit);
const usage = usageToRead(catalog, { keeps: true });
const { ledger, overlays, marks, subjects } = usage;
const restate = { ledger, archive: overlays.archive, clock };
const closing = { backfills, marks, clock, ids: systemIds };
const lookAgain = makeLookAgain({
  catalog: cachedCatalog(catalog, clock),
  balance: usage,
  crossings: dynamoCrossings(dynamo(), projection),
  publisher: eventBridgePublisher(eventBridge(), env('EVENT_BUS')),
  clock,
});
/** A job that takes longer than a function may run goes on in the next call. */
const again = lambdaJobFunction(new LambdaClient({}), env('AWS_LAMBDA_FUNCTION_NAME'));

/** The work of each kind of job that changes what was counted. */
const works: Readonly<Record<JobKind, JobWork>> = {
  'quarantine.release': releaseMany(quarantine),
  'quarantine.write-off': writeOffMany(quarantine),
  'backfill.seal': sealBackfill({ usage, catalog, clock, backfills, restate }),
  'backfill.close': lookAfter(closeBackfill(closing), backfills, lookAgain),
  'backfill.revert': lookAfter(revertBackfill(closing), backfills, lookAgain),
  'ledger.restate': restateRange({ ...restate, marks, overlays: overlays.status, ids: systemIds, subjects, catalog }),
  'same-id.rule': applySameIdRule({
    findings: dynamoDecisions(dynamo(), projection, audit),
    archive: quarantine.archive,
    stream: quarantine.stream,
    subjects,
    clock,
  }),
};

/** Runs a job. */
export const handler = jobHandler({ jobs, clock }, works, again, logger);
