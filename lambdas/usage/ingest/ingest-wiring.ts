import { cachedCatalog } from '../../catalog/cached-catalog.ts';
import { dynamoCatalog } from '../../catalog/catalog-store.ts';
import { dynamo, eventBridge, s3, sqs } from '../../platform/aws.ts';
import { systemClock } from '../../platform/clock.ts';
import { env } from '../../platform/env.ts';
import { eventBridgePublisher } from '../../platform/event-publisher.ts';
import { systemIds } from '../../platform/ids.ts';
import { makeArchive } from '../archive/archive.ts';
import { s3ArchiveObjects } from '../archive/archive-store.ts';
import { dynamoTouchedDays } from '../corrections/overlay-status.ts';
import { catalogStamper } from '../events/canonical-usage.ts';
import { dynamoDirtyMarks } from '../ledger/dirty-marks.ts';
import { ledgerToRead } from '../ledger/ledger-wiring.ts';
import { dynamoSubjects } from '../ledger/subjects.ts';
import { writerMemory } from '../ledger/writer-memory.ts';
import { dynamoCrossings } from '../limits/crossings.ts';
import { makeThresholds } from '../limits/thresholds.ts';
import { dynamoQuarantine } from '../quarantine/quarantine-store.ts';
import { makeSettleEarly } from '../settle/early-settle.ts';
import { dynamoSettled } from '../settle/settled-store.ts';
import { makeAppendEvents } from './append-events.ts';
import type { IngestPorts } from './ingest.ts';
import { sqsSpillQueue } from './spill.ts';

/** What ingest works with in its environment: one set per process, since the memory of the writer lives in it. */
export const ingestPorts = (): IngestPorts => {
  const clock = systemClock;
  const projection = env('PROJECTION_TABLE');
  const catalog = cachedCatalog(dynamoCatalog(dynamo(), env('CATALOG_TABLE')), clock);
  const { ledger, overlays, sealed } = ledgerToRead(catalog);
  const marks = dynamoDirtyMarks(dynamo(), projection);
  const subjects = dynamoSubjects(dynamo(), projection);
  const settled = dynamoSettled(dynamo(), projection, s3(), env('DATA_BUCKET'));
  const archive = makeArchive(s3ArchiveObjects(s3(), env('ARCHIVE_BUCKET')));
  const touched = dynamoTouchedDays(dynamo(), projection);
  const memory = writerMemory();
  return {
    archive,
    quarantine: dynamoQuarantine(dynamo(), env('QUARANTINE_TABLE')),
    append: makeAppendEvents(
      { ledger, sealed, backfills: overlays.status, archive, marks, subjects, touched, memory, clock, ids: systemIds },
      catalog,
    ),
    spill: sqsSpillQueue(sqs(), env('SPILL_QUEUE_URL')),
    thresholds: makeThresholds({
      catalog,
      balance: { ledger, sealed, overlays, settled, marks, subjects, clock },
      crossings: dynamoCrossings(dynamo(), projection),
      publisher: eventBridgePublisher(eventBridge(), env('EVENT_BUS')),
      clock,
    }),
    settleEarly: makeSettleEarly({ ledger, sealed, overlays, settled, marks, clock }, memory, catalog),
    stamper: () => catalogStamper(catalog),
    clock,
  };
};
