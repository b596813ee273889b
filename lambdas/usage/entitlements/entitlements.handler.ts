import { cachedCatalog } from '../../catalog/cached-catalog.ts';
import { dynamoCatalog } from '../../catalog/catalog-store.ts';
import { dynamo } from '../../platform/aws.ts';
import { systemClock } from '../../platform/clock.ts';
import { env } from '../../platform/env.ts';
import { makeLogger } from '../../platform/observability.ts';
import { usageToRead } from '../settle/usage-wiring.ts';
import { makeEntitlementsApi } from './entitlements-api.ts';
import { makeReadEntitlements } from './read-entitlements.ts';

const catalog = cachedCatalog(dynamoCatalog(dynamo(), env('CATALOG_TABLE')), systemClock);

/** `GET /v1/entitlements/{account}[/{feature}]`. */
export const handler = makeEntitlementsApi(
  makeReadEntitlements({
    catalog,
    usage: usageToRead(catalog),
    clock: systemClock,
  }),
  makeLogger('entitlements'),
);
