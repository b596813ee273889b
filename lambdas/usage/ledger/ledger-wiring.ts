import { dynamo, s3 } from '../../platform/aws.ts';
import { env } from '../../platform/env.ts';
import { dynamoLedger, type LedgerStore } from './ledger-store.ts';
import { s3StatesObjects } from './states-objects.ts';

/** The ledger of the environment that a function runs in. */
export const ledgerOfEnvironment = (): LedgerStore =>
  dynamoLedger(dynamo(), env('LEDGER_TABLE'), s3StatesObjects(s3(), env('DATA_BUCKET')));
