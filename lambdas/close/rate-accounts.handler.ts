import { dynamoCatalog } from '../catalog/catalog-store.ts';
import { dynamo, s3 } from '../platform/aws.ts';
import { systemClock } from '../platform/clock.ts';
import { env } from '../platform/env.ts';
import { makeLogger } from '../platform/observability.ts';
import { usageToRead } from '../usage/settle/usage-wiring.ts';
import { dynamoFindings } from '../usage/walk/finding-store.ts';
import { s3DataFiles } from './data-files.ts';
import type { StepResult } from './ports.ts';
import { type RateChunk, rateAccounts } from './steps/rate.ts';
import { dynamoRatingStore } from './store/dynamo-close-store.ts';
import { ledgerUsage } from './usage-port.ts';

const logger = makeLogger('rate-accounts');
const catalog = dynamoCatalog(dynamo(), env('CATALOG_TABLE'));
const ports = {
  clock: systemClock,
  store: dynamoRatingStore(dynamo(), env('FINANCE_TABLE')),
  files: s3DataFiles(s3(), env('DATA_BUCKET')),
  catalog,
  usage: ledgerUsage({
    ...usageToRead(catalog),
    catalog,
    findings: dynamoFindings(dynamo(), env('PROJECTION_TABLE')),
  }),
};

/** One chunk of accounts of a close: an item of the distributed map. */
export const handler = async (event: RateChunk): Promise<StepResult> => {
  logger.appendKeys({ correlationId: event.closeId });
  const result = await rateAccounts(ports, event);
  logger.info('chunk rated', { accounts: event.accounts.length, ...result });
  return result;
};
