import type { Context } from 'aws-lambda';
import { dynamoCatalog } from '../catalog/catalog-store.ts';
import { dynamoDeliveryStore } from '../delivery/delivery-store.ts';
import { enqueueDeliveries, sqsJobQueue } from '../delivery/enqueue.ts';
import { connectNetSuite } from '../delivery/netsuite/netsuite-client.ts';
import { dynamoAuditLog } from '../platform/audit-log.ts';
import { dynamo, s3, secretsManager, sfn, sqs, ssm } from '../platform/aws.ts';
import { systemClock } from '../platform/clock.ts';
import { env } from '../platform/env.ts';
import { systemIds } from '../platform/ids.ts';
import { makeLogger, makeMetrics } from '../platform/observability.ts';
import { dynamoQuarantine } from '../usage/quarantine/quarantine-store.ts';
import { usageToRead } from '../usage/settle/usage-wiring.ts';
import { dynamoFindings } from '../usage/walk/finding-store.ts';
import { s3DataFiles } from './data-files.ts';
import { sfnCloseMachine } from './machine-client.ts';
import { closeMetrics } from './metered-close.ts';
import type { ClosePorts, StepResult } from './ports.ts';
import { waitingIn } from './quarantine-count.ts';
import { runStep, type StepEvent } from './run-step.ts';
import { rateAgain } from './start-close.ts';
import { dynamoCloseStore } from './store/dynamo-close-store.ts';
import { ledgerUsage } from './usage-port.ts';

const logger = makeLogger('close-step');
const metrics = makeMetrics('close-step');
const clock = systemClock;
const catalog = dynamoCatalog(dynamo(), env('CATALOG_TABLE'));
const deliveries = dynamoDeliveryStore(dynamo(), env('DELIVERY_TABLE'));
const queue = sqsJobQueue(sqs(), env('NETSUITE_QUEUE_URL'));
const audit = dynamoAuditLog(dynamo(), env('AUDIT_TABLE'), clock);

const store = dynamoCloseStore(dynamo(), env('FINANCE_TABLE'), audit);
const machine = sfnCloseMachine(sfn(), env('CLOSE_MACHINE_ARN'));

const ports: ClosePorts = {
  clock,
  store,
  files: s3DataFiles(s3(), env('DATA_BUCKET')),
  catalog,
  usage: ledgerUsage({
    ...usageToRead(catalog),
    catalog,
    findings: dynamoFindings(dynamo(), env('PROJECTION_TABLE')),
  }),
  erp: connectNetSuite(
    { secrets: secretsManager(), ssm: ssm(), clock, ids: systemIds },
    { endpointParameter: env('NETSUITE_ENDPOINT_PARAMETER'), secretId: env('NETSUITE_SECRET_ID') },
  ),
  delivery: {
    enqueue: async (jobs) => {
      await enqueueDeliveries({ store: deliveries, queue, clock }, jobs);
    },
    statuses: (adapter, ids) => deliveries.statuses(adapter, ids),
  },
  quarantine: { waiting: waitingIn(dynamoQuarantine(dynamo(), env('QUARANTINE_TABLE'))) },
  metrics: closeMetrics(metrics),
  graceHours: Number(env('CLOSE_GRACE_HOURS')),
  corrections: {
    carryBelowMinorUnits: Number(env('CLOSE_CARRY_BELOW_MINOR_UNITS')),
    writeOffAfterDays: Number(env('CLOSE_WRITE_OFF_AFTER_DAYS')),
  },
  rateAgain: (request) => rateAgain({ clock, store, audit, machine }, request),
};

/** One step of a close or of a manifest, by name. The input may hold a task token: it is never logged. */
export const handler = async (event: StepEvent, context: Context): Promise<StepResult> => {
  const about = { step: event.step, closeId: event.closeId, manifestId: event.manifestId };
  logger.appendKeys({ correlationId: event.closeId ?? event.manifestId ?? context.awsRequestId });
  const result = await runStep(ports, event);
  logger.info('step ended', { ...about, ok: result.ok, ...(result.ok ? {} : { code: result.code }) });
  return result;
};
