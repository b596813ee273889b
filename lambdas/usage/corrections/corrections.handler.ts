import { LambdaClient } from '@aws-sdk/client-lambda';
import { dynamoAuditLog } from '../../platform/audit-log.ts';
import { dynamo } from '../../platform/aws.ts';
import { systemClock } from '../../platform/clock.ts';
import { env } from '../../platform/env.ts';
import { makeLogger } from '../../platform/observability.ts';
import { lambdaJobFunction } from '../jobs/job-function.ts';
import { jobHandler } from '../jobs/job-handler.ts';
import { dynamoJobs } from '../jobs/job-store.ts';
import type { JobKind } from '../jobs/jobs.ts';
import type { JobWork } from '../jobs/run-job.ts';
import { dynamoSubjects } from '../ledger/subjects.ts';
import { releaseMany, writeOffMany } from '../quarantine/decide-many.ts';
import { quarantineToDecide } from '../quarantine/quarantine-wiring.ts';
import { dynamoDecisions } from '../walk/finding-store.ts';
import { applySameIdRule } from '../walk/same-id-rule.ts';

const logger = makeLogger('corrections');
const projection = env('PROJECTION_TABLE');
const audit = dynamoAuditLog(dynamo(), env('AUDIT_TABLE'), systemClock);
const quarantine = quarantineToDecide(audit);
const jobs = dynamoJobs(dynamo(), projection);
/** A job that takes longer than a function may run goes on in the next call. */
const again = lambdaJobFunction(new LambdaClient({}), env('AWS_LAMBDA_FUNCTION_NAME'));

/** The work of each kind of job that changes what was counted. */
const works: Readonly<Record<JobKind, JobWork>> = {
  'quarantine.release': releaseMany(quarantine),
  'quarantine.write-off': writeOffMany(quarantine),
  'same-id.rule': applySameIdRule({
    findings: dynamoDecisions(dynamo(), projection, audit),
    archive: quarantine.archive,
    stream: quarantine.stream,
    subjects: dynamoSubjects(dynamo(), projection),
    clock: systemClock,
  }),
};

/** Runs a job. */
export const handler = jobHandler({ jobs, clock: systemClock }, works, again, logger);
