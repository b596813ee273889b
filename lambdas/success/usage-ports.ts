import type { CatalogReader } from '../catalog/types.ts';
import { dynamo, s3 } from '../platform/aws.ts';
import { systemClock } from '../platform/clock.ts';
import { env } from '../platform/env.ts';
import { dynamoDirtyMarks } from '../usage/ledger/dirty-marks.ts';
import { ledgerToRead } from '../usage/ledger/ledger-wiring.ts';
import { dynamoSubjects } from '../usage/ledger/subjects.ts';
import type { BalancePorts } from '../usage/settle/settled-fragments.ts';
import { dynamoSettled } from '../usage/settle/settled-store.ts';

/** What reading usage needs, wired from the environment of the success functions. */
export const usagePorts = (catalog: Pick<CatalogReader, 'history'>): BalancePorts => ({
  ...ledgerToRead(catalog),
  settled: dynamoSettled(dynamo(), env('PROJECTION_TABLE'), s3(), env('DATA_BUCKET')),
  marks: dynamoDirtyMarks(dynamo(), env('PROJECTION_TABLE')),
  subjects: dynamoSubjects(dynamo(), env('PROJECTION_TABLE')),
  clock: systemClock,
});
