import { dynamoCatalog } from '../catalog/catalog-store.ts';
import { s3DataFiles } from '../close/data-files.ts';
import type { StepResult } from '../close/ports.ts';
import { dynamoAccounts } from '../close/store/dynamo-closes.ts';
import { financeTable } from '../close/store/table.ts';
import { ledgerUsage } from '../close/usage-port.ts';
import { dynamo, s3 } from '../platform/aws.ts';
import { systemClock } from '../platform/clock.ts';
import { env } from '../platform/env.ts';
import { makeLogger } from '../platform/observability.ts';
import { dynamoJobs } from '../usage/jobs/job-store.ts';
import { usageToRead } from '../usage/settle/usage-wiring.ts';
import { dynamoFindings } from '../usage/walk/finding-store.ts';
import { type PreviewStep, runPreviewStep } from './preview-steps.ts';

const logger = makeLogger('price-preview');
const projection = env('PROJECTION_TABLE');
const catalog = dynamoCatalog(dynamo(), env('CATALOG_TABLE'));
const ports = {
  clock: systemClock,
  catalog,
  files: s3DataFiles(s3(), env('DATA_BUCKET')),
  jobs: dynamoJobs(dynamo(), projection),
  results: dynamoAccounts(financeTable(dynamo(), env('FINANCE_TABLE'))),
  usage: ledgerUsage({
    ...usageToRead(catalog),
    catalog,
    findings: dynamoFindings(dynamo(), projection),
  }),
};

/** A step of a price preview's machine. */
export const handler = async (event: PreviewStep): Promise<StepResult> => {
  logger.appendKeys({ correlationId: event.jobId });
  const result = await runPreviewStep(ports, event);
  logger.info('step ended', { step: event.step, ...result });
  return result;
};
