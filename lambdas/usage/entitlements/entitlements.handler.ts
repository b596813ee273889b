import { cachedCatalog } from '../../catalog/cached-catalog.ts';
import { dynamoCatalog } from '../../catalog/catalog-store.ts';
import { dynamo, s3 } from '../../platform/aws.ts';
import { systemClock } from '../../platform/clock.ts';
import { env } from '../../platform/env.ts';
import { makeLogger } from '../../platform/observability.ts';
import { dynamoDirtyMarks } from '../ledger/dirty-marks.ts';
import { ledgerToRead } from '../ledger/ledger-wiring.ts';
import { dynamoSubjects } from '../ledger/subjects.ts';
import { dynamoSettled } from '../settle/settled-store.ts';
import { makeEntitlementsApi } from './entitlements-api.ts';
import { makeReadEntitlements } from './read-entitlements.ts';

const catalog = cachedCatalog(dynamoCatalog(dynamo(), env('CATALOG_TABLE')), systemClock);
const projection = env('PROJECTION_TABLE');

/** `GET /v1/entitlements/{account}[/{feature}]`. */
export const handler = makeEntitlementsApi(
  makeReadEntitlements({
    catalog,
    usage: {
      ...ledgerToRead(catalog),
      settled: dynamoSettled(dynamo(), projection, s3(), env('DATA_BUCKET')),
      marks: dynamoDirtyMarks(dynamo(), projection),
      subjects: dynamoSubjects(dynamo(), projection),
      clock: systemClock,
    },
    clock: systemClock,
  }),
  makeLogger('entitlements'),
);
