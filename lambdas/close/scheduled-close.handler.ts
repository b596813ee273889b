import type { ScheduledEvent } from 'aws-lambda';
import { dynamoAuditLog } from '../platform/audit-log.ts';
import { dynamo, sfn } from '../platform/aws.ts';
import { systemClock } from '../platform/clock.ts';
import { env } from '../platform/env.ts';
import { makeLogger } from '../platform/observability.ts';
import { sfnCloseMachine } from './machine-client.ts';
import { monthBefore, startClose } from './start-close.ts';
import { dynamoCloseStore } from './store/dynamo-close-store.ts';

const logger = makeLogger('scheduled-close');
const audit = dynamoAuditLog(dynamo(), env('AUDIT_TABLE'), systemClock);
const ports = {
  clock: systemClock,
  store: dynamoCloseStore(dynamo(), env('FINANCE_TABLE'), audit),
  audit,
  machine: sfnCloseMachine(sfn(), env('CLOSE_MACHINE_ARN')),
};

/** Closes the calendar month before the one that the schedule's own time lies in. */
export const handler = async (event: Pick<ScheduledEvent, 'time'>): Promise<{ readonly closeId: string }> => {
  const { closeId, run } = await startClose(ports, { ...monthBefore(event.time), startedBy: 'schedule' });
  logger.info('close started', { closeId, run });
  return { closeId };
};
