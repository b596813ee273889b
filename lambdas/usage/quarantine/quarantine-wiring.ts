import { setTimeout as pause } from 'node:timers/promises';
import type { AuditLog } from '../../platform/audit-log.ts';
import { dynamo, kinesis, s3 } from '../../platform/aws.ts';
import { systemClock } from '../../platform/clock.ts';
import { env } from '../../platform/env.ts';
import { makeArchive } from '../archive/archive.ts';
import { s3ArchiveObjects } from '../archive/archive-store.ts';
import { dynamoOverlayStatus } from '../corrections/overlay-status.ts';
import { ledgerOfEnvironment } from '../ledger/ledger-wiring.ts';
import { releaseJudge } from './judge-release.ts';
import { dynamoDecidedQuarantine } from './quarantine-store.ts';
import type { QuarantinePorts } from './release.ts';
import { kinesisLines } from './release-stream.ts';

/** What deciding about entries needs, in the environment that a function runs in. */
export const quarantineToDecide = (audit: Pick<AuditLog, 'append'>): QuarantinePorts => ({
  quarantine: dynamoDecidedQuarantine(dynamo(), env('QUARANTINE_TABLE'), audit),
  archive: makeArchive(s3ArchiveObjects(s3(), env('ARCHIVE_BUCKET'))),
  judge: releaseJudge({
    ledger: ledgerOfEnvironment(),
    overlays: dynamoOverlayStatus(dynamo(), env('PROJECTION_TABLE')),
    clock: systemClock,
    limits: { horizonDays: Number(env('HORIZON_DAYS')) },
  }),
  stream: kinesisLines(kinesis(), env('USAGE_STREAM'), (millis) => pause(millis)),
  clock: systemClock,
});
