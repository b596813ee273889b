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
import { releaseMany, writeOffMany } from '../quarantine/decide-many.ts';
import { quarantineToDecide } from '../quarantine/quarantine-wiring.ts';

const logger = makeLogger('corrections');
const quarantine = quarantineToDecide(dynamoAuditLog(dynamo(), env('AUDIT_TABLE'), systemClock));
const jobs = dynamoJobs(dynamo(), env('PROJECTION_TABLE'));
/** A job that takes longer than a function may run goes on in the next call. */
const again = lambdaJobFunction(new LambdaClient({}), env('AWS_LAMBDA_FUNCTION_NAME'));

/** The work of each kind of job that changes what was counted. */
const works: Readonly<Record<JobKind, JobWork>> = {
  'quarantine.release': releaseMany(quarantine),
  'quarantine.write-off': writeOffMany(quarantine),
};

/** Runs a job. */
export const handler = jobHandler({ jobs, clock: systemClock }, works, again, logger);
