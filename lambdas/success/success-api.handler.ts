import { cachedCatalog } from '../catalog/cached-catalog.ts';
import { dynamoCatalog } from '../catalog/catalog-store.ts';
import { dynamo } from '../platform/aws.ts';
import { systemClock } from '../platform/clock.ts';
import { env } from '../platform/env.ts';
import { httpEdge } from '../platform/http-edge.ts';
import { makeLogger } from '../platform/observability.ts';
import { usageToRead } from '../usage/settle/usage-wiring.ts';
import { dynamoSignals } from './signal-store.ts';
import { successRoutes } from './success-routes.ts';

const catalog = cachedCatalog(dynamoCatalog(dynamo(), env('CATALOG_TABLE')), systemClock);

/** The API for customer success. */
export const handler = httpEdge(
  successRoutes({
    usage: usageToRead(catalog),
    catalog,
    signals: dynamoSignals(dynamo(), env('SUCCESS_TABLE')),
    clock: systemClock,
  }),
  makeLogger('success-api'),
);
