import { cachedCatalog } from '../catalog/cached-catalog.ts';
import { dynamoCatalog } from '../catalog/catalog-store.ts';
import { dynamo } from '../platform/aws.ts';
import { systemClock } from '../platform/clock.ts';
import { env } from '../platform/env.ts';
import { httpEdge } from '../platform/http-edge.ts';
import { makeLogger } from '../platform/observability.ts';
import { dynamoSignals } from './signal-store.ts';
import { successRoutes } from './success-routes.ts';
import { usagePorts } from './usage-ports.ts';

const catalog = cachedCatalog(dynamoCatalog(dynamo(), env('CATALOG_TABLE')), systemClock);

/** The API for customer success. */
export const handler = httpEdge(
  successRoutes({
    usage: usagePorts(catalog),
    catalog,
    signals: dynamoSignals(dynamo(), env('SUCCESS_TABLE')),
    clock: systemClock,
  }),
  makeLogger('success-api'),
);
