import type { KinesisStreamEvent } from 'aws-lambda';
import { makeLogger, makeMetrics } from '../../platform/observability.ts';
import { makeIngest } from './ingest.ts';
import { reportIngest } from './ingest-report.ts';
import { ingestSettings } from './ingest-settings.ts';
import { ingestPorts } from './ingest-wiring.ts';

const logger = makeLogger('ingest');
const metrics = makeMetrics('ingest');
const ingest = makeIngest(ingestPorts(), ingestSettings());

/** The one reader of the usage stream. Throws only when a dependency is down as a whole: then the batch comes again. */
export const handler = async (event: KinesisStreamEvent): Promise<void> => {
  reportIngest(await ingest(event), logger, metrics);
};
