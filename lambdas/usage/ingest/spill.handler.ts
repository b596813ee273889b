import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { makeLogger, makeMetrics } from '../../platform/observability.ts';
import { makeRespill } from './ingest.ts';
import { reportIngest } from './ingest-report.ts';
import { ingestSettings } from './ingest-settings.ts';
import { ingestPorts } from './ingest-wiring.ts';
import { handleSpill } from './spill.ts';

const logger = makeLogger('spill');
const metrics = makeMetrics('spill');
const respill = makeRespill(ingestPorts(), ingestSettings());

/** Tries spilled lines again; a message that fails comes back, and goes to the dead-letter queue in the end. */
export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> =>
  handleSpill(event, {
    respill,
    done: (summary) => reportIngest(summary, logger, metrics),
    failed: (messageId, error) => logger.error('spilled lines were not taken', { messageId, error }),
  });
