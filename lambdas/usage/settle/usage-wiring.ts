import type { CatalogReader } from '../../catalog/types.ts';
import { dynamo, s3 } from '../../platform/aws.ts';
import { systemClock } from '../../platform/clock.ts';
import { env } from '../../platform/env.ts';
import { dynamoDirtyMarks } from '../ledger/dirty-marks.ts';
import { ledgerToRead } from '../ledger/ledger-wiring.ts';
import { dynamoSubjects } from '../ledger/subjects.ts';
import type { BalancePorts } from './settled-fragments.ts';
import { dynamoSettled } from './settled-store.ts';

/**
 * The ledger of the environment that a function runs in, with what is settled of it: all that reading usage needs.
 * @param options as for `ledgerToRead`
 */
export const usageToRead = (
  catalog: Pick<CatalogReader, 'history'>,
  options?: Parameters<typeof ledgerToRead>[1],
): BalancePorts => {
  const projection = env('PROJECTION_TABLE');
  return {
    ...ledgerToRead(catalog, options),
    settled: dynamoSettled(dynamo(), projection, s3(), env('DATA_BUCKET')),
    marks: dynamoDirtyMarks(dynamo(), projection),
    subjects: dynamoSubjects(dynamo(), projection),
    clock: systemClock,
  };
};
