import type { KinesisStreamEvent } from 'aws-lambda';
import { dynamo } from '../../platform/aws.ts';
import { systemClock } from '../../platform/clock.ts';
import { env } from '../../platform/env.ts';
import { makeLogger, makeMetrics } from '../../platform/observability.ts';
import { driftNotes, dynamoDrift } from '../quarantine/drift.ts';
import { makeIngest } from './ingest.ts';
import { reportIngest } from './ingest-report.ts';
import { ingestSettings } from './ingest-settings.ts';
import { ingestPorts } from './ingest-wiring.ts';

const logger = makeLogger('ingest');
const metrics = makeMetrics('ingest');
const ingest = makeIngest(ingestPorts(), ingestSettings());
const noteDrift = driftNotes(dynamoDrift(dynamo(), env('PROJECTION_TABLE')), systemClock);

/** The one reader of the usage stream. Throws only when a dependency is down as a whole: then the batch comes again. */
export const handler = async (event: KinesisStreamEvent): Promise<void> => {
  const summary = await ingest(event);
  reportIngest(summary, logger, metrics);
  try {
    await noteDrift(summary.drift);
  } catch (error) {
    // The batch is done, and its log line tells the same.
    logger.warn('drift could not be noted', { error });
  }
};
