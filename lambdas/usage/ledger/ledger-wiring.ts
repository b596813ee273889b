import type { CatalogReader } from '../../catalog/types.ts';
import { dynamo, s3 } from '../../platform/aws.ts';
import { env } from '../../platform/env.ts';
import { makeArchive } from '../archive/archive.ts';
import { s3ArchiveObjects } from '../archive/archive-store.ts';
import { dynamoOverlayStatus } from '../corrections/overlay-status.ts';
import type { LedgerPorts, OverlayReader } from './effective-slots.ts';
import { s3EffectiveStates } from './effective-states.ts';
import { dynamoLedger, type LedgerStore } from './ledger-store.ts';
import { dynamoSealedSlots } from './sealed-slots.ts';
import { s3StatesObjects } from './states-objects.ts';

/** The ledger of the environment that a function runs in. */
export const ledgerOfEnvironment = (): LedgerStore =>
  dynamoLedger(dynamo(), env('LEDGER_TABLE'), s3StatesObjects(s3(), env('DATA_BUCKET')));

const overlaysOfEnvironment = (catalog: Pick<CatalogReader, 'history'>, keeps: boolean): OverlayReader => ({
  status: dynamoOverlayStatus(dynamo(), env('PROJECTION_TABLE')),
  archive: makeArchive(s3ArchiveObjects(s3(), env('ARCHIVE_BUCKET'))),
  states: s3EffectiveStates(s3(), env('DATA_BUCKET'), keeps),
  meters: () => catalog.history('meter'),
});

/**
 * The ledger of the environment with all that reading usage from it needs.
 * @param keeps whether the function may keep states that it had to compute from the archive
 */
export const ledgerToRead = (catalog: Pick<CatalogReader, 'history'>, { keeps } = { keeps: false }): LedgerPorts => ({
  ledger: ledgerOfEnvironment(),
  sealed: dynamoSealedSlots(dynamo(), env('PROJECTION_TABLE'), s3(), env('DATA_BUCKET')),
  overlays: overlaysOfEnvironment(catalog, keeps),
});
