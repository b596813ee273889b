import { setTimeout as pause } from 'node:timers/promises';
import { dynamoCatalog } from '../catalog/catalog-store.ts';
import { dynamoDeliveryStore } from '../delivery/delivery-store.ts';
import { dynamoAuditLog } from '../platform/audit-log.ts';
import { dynamo, s3, sfn } from '../platform/aws.ts';
import { systemClock } from '../platform/clock.ts';
import { env } from '../platform/env.ts';
import { httpEdge } from '../platform/http-edge.ts';
import { makeLogger } from '../platform/observability.ts';
import { makeArchive } from '../usage/archive/archive.ts';
import { s3ArchiveObjects } from '../usage/archive/archive-store.ts';
import { ledgerOfEnvironment, ledgerToRead } from '../usage/ledger/ledger-wiring.ts';
import { dynamoDecisions } from '../usage/walk/finding-store.ts';
import { countAll } from '../usage/walk/same-id-decide.ts';
import { s3DataFiles } from './data-files.ts';
import { documentDeliveries } from './document-deliveries.ts';
import { idempotentStart } from './idempotent-start.ts';
import { sfnCloseMachine, sfnTaskTokens } from './machine-client.ts';
import { refreshPosting } from './refresh-posting.ts';
import { adjustmentRoutes } from './routes/adjustments.ts';
import { closeRoutes } from './routes/closes.ts';
import { documentRoutes } from './routes/documents.ts';
import { exceptionRoutes } from './routes/exceptions.ts';
import { lineRoutes } from './routes/lines.ts';
import { startClose } from './start-close.ts';
import { dynamoCloseStore } from './store/dynamo-close-store.ts';
import { supersedeOpen } from './supersede.ts';
import { pinnedUsage } from './usage-port.ts';

const clock = systemClock;
const audit = dynamoAuditLog(dynamo(), env('AUDIT_TABLE'), clock);
const store = dynamoCloseStore(dynamo(), env('FINANCE_TABLE'), audit);
const files = s3DataFiles(s3(), env('DATA_BUCKET'));
const catalog = dynamoCatalog(dynamo(), env('CATALOG_TABLE'));
const deliveryStore = dynamoDeliveryStore(dynamo(), env('DELIVERY_TABLE'));
const deliveries = documentDeliveries({ catalog, clock, deliveries: deliveryStore, store });
const machine = sfnCloseMachine(sfn(), env('CLOSE_MACHINE_ARN'));
const delivery = { statuses: deliveryStore.statuses };
const findings = dynamoDecisions(dynamo(), env('PROJECTION_TABLE'), audit);

/** What finance does: closes and their approval, documents, lines down to the events, exceptions. */
export const handler = httpEdge(
  [
    ...closeRoutes({
      store,
      files,
      approval: { clock, store, tokens: sfnTaskTokens(sfn()), pause: (millis) => pause(millis) },
      start: idempotentStart(env('IDEMPOTENCY_TABLE'), (request) =>
        startClose({ clock, store, audit, machine }, request),
      ),
      supersede: (dates, by) => supersedeOpen({ store, audit, tokens: sfnTaskTokens(sfn()) }, dates, by),
      refresh: (closeId) => refreshPosting({ store, catalog, clock, delivery }, closeId),
    }),
    ...documentRoutes({ store, files, deliveries }),
    ...lineRoutes({
      store,
      files,
      catalog,
      usage: { readPinned: pinnedUsage(ledgerToRead(catalog)) },
      ledger: ledgerOfEnvironment(),
      archive: makeArchive(s3ArchiveObjects(s3(), env('ARCHIVE_BUCKET'))),
    }),
    ...adjustmentRoutes({ clock, audit, store, files }),
    ...exceptionRoutes({
      clock,
      store,
      giveUp: deliveries.giveUp,
      countAll: (idHash, said) => countAll({ findings, clock }, idHash, said),
    }),
  ],
  makeLogger('finance-api'),
);
