import { dynamo, s3 } from '../../platform/aws.ts';
import { systemClock } from '../../platform/clock.ts';
import { env } from '../../platform/env.ts';
import { makeLogger } from '../../platform/observability.ts';
import { makeArchive } from '../archive/archive.ts';
import { s3ArchiveObjects } from '../archive/archive-store.ts';
import { dynamoOverlayStatus } from '../corrections/overlay-status.ts';
import { ledgerOfEnvironment } from '../ledger/ledger-wiring.ts';
import { dynamoQuarantine } from '../quarantine/quarantine-store.ts';
import { makeEventStatus } from './event-status.ts';

/** `GET /v1/events/{id}`. */
export const handler = makeEventStatus(
  {
    ledger: ledgerOfEnvironment(),
    overlays: dynamoOverlayStatus(dynamo(), env('PROJECTION_TABLE')),
    archive: makeArchive(s3ArchiveObjects(s3(), env('ARCHIVE_BUCKET'))),
    quarantine: dynamoQuarantine(dynamo(), env('QUARANTINE_TABLE')),
    clock: systemClock,
  },
  makeLogger('event-status'),
);
