import { setTimeout as pause } from 'node:timers/promises';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Context } from 'aws-lambda';
import { dynamoAuditLog } from '../../platform/audit-log.ts';
import { dynamo, kms, s3 } from '../../platform/aws.ts';
import { systemClock } from '../../platform/clock.ts';
import { env } from '../../platform/env.ts';
import { systemIds } from '../../platform/ids.ts';
import { METRICS } from '../../platform/metric-names.ts';
import { makeLogger, makeMetrics } from '../../platform/observability.ts';
import { lambdaJobFunction } from '../jobs/job-function.ts';
import { dynamoJobs } from '../jobs/job-store.ts';
import { runJob } from '../jobs/run-job.ts';
import { dynamoDirtyMarks } from '../ledger/dirty-marks.ts';
import { dynamoSubjects } from '../ledger/subjects.ts';
import { dynamoSettled } from '../settle/settled-store.ts';
import { dynamoFindingStore } from './finding-store.ts';
import { locateIn } from './locate-id.ts';
import { kmsSigner } from './root-signer-client.ts';
import { type WalkPorts, walkLedger } from './walk.ts';
import { dynamoWalkLedger } from './walk-ledger.ts';
import { s3WalkObjects } from './walk-objects.ts';
import { walkParts } from './walk-parts.ts';
import { type ClosesAnswer, type CloseWalk, walkForClose, walkJob } from './walk-requests.ts';
import type { WalkResult } from './walk-state.ts';
import { dynamoWalks } from './walk-store.ts';

const logger = makeLogger('ledger-walk');
const metrics = makeMetrics('ledger-walk');
const projection = env('PROJECTION_TABLE');
const objects = s3WalkObjects(s3(), env('DATA_BUCKET'));
const ledger = dynamoWalkLedger(dynamo(), env('LEDGER_TABLE'), objects);
const lambda = new LambdaClient({});
const itself = env('AWS_LAMBDA_FUNCTION_NAME');

const ports: WalkPorts = {
  walks: dynamoWalks(dynamo(), projection),
  subjects: dynamoSubjects(dynamo(), projection),
  marks: dynamoDirtyMarks(dynamo(), projection),
  settled: dynamoSettled(dynamo(), projection, s3(), env('DATA_BUCKET')),
  ledger,
  objects,
  proofs: s3WalkObjects(s3(), env('PROOFS_BUCKET')),
  findings: dynamoFindingStore(dynamo(), projection),
  locate: locateIn(ledger),
  audit: dynamoAuditLog(dynamo(), env('AUDIT_TABLE'), systemClock),
  signer: kmsSigner(kms(), env('PROOF_KEY_ID')),
  clock: systemClock,
  ids: systemIds,
  parts: walkParts(objects),
  pause: (millis) => pause(millis),
  horizonDays: Number(env('SAME_ID_HORIZON_DAYS')),
  ended: (result) => {
    metrics.addMetric(METRICS.brokenChains, MetricUnit.Count, result.counts.broken);
    for (const chain of result.broken) logger.error('broken chain', { ...chain });
    metrics.publishStoredMetrics();
  },
};

const jobs = { jobs: dynamoJobs(dynamo(), projection), clock: systemClock };
const again = lambdaJobFunction(lambda, itself);

/**
 * What starts a walk: a schedule (`since` when an earlier run of it did not end in its time), a job, or a close, which asks
 * again by itself.
 */
type WalkEvent = { readonly since?: string; readonly jobId?: string } | ({ readonly closeId: string } & CloseWalk);

const scheduled = async (since: string, remainingMillis: number): Promise<WalkResult | 'later'> => {
  const result = await walkLedger(ports, { since }, { remainingMillis });
  if (result === 'later') {
    const Payload = Buffer.from(JSON.stringify({ since }));
    await lambda.send(new InvokeCommand({ FunctionName: itself, InvocationType: 'Event', Payload }));
  }
  return result;
};

/** Walks the ledger. */
export const handler = async (event: WalkEvent, context: Context): Promise<ClosesAnswer | undefined> => {
  const left = context.getRemainingTimeInMillis();
  if ('closeId' in event) {
    logger.appendKeys({ correlationId: event.closeId });
    const answer = await walkForClose(ports, event, left);
    logger.info('walked for a close', { ...answer });
    return answer;
  }
  logger.appendKeys({ correlationId: event.jobId ?? context.awsRequestId });
  const { jobId, since = systemClock.now() } = event;
  const result =
    jobId === undefined
      ? await scheduled(since, left)
      : (await runJob(jobs, jobId, left, walkJob(ports, left), again)).result;
  logger.info('walked', { result });
  return undefined;
};
