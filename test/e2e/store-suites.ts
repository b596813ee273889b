import type { S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoCatalog } from '../../lambdas/catalog/catalog-store.ts';
import { dynamoCloseStore } from '../../lambdas/close/store/dynamo-close-store.ts';
import { dynamoDeliveryStore } from '../../lambdas/delivery/delivery-store.ts';
import { dynamoAuditLog } from '../../lambdas/platform/audit-log.ts';
import { manualClock } from '../../lambdas/platform/clock.ts';
import { dynamoSignals } from '../../lambdas/success/signal-store.ts';
import { s3ArchiveObjects } from '../../lambdas/usage/archive/archive-store.ts';
import { dynamoBackfills } from '../../lambdas/usage/corrections/backfill-store.ts';
import { dynamoOverlayStatus, dynamoTouchedDays } from '../../lambdas/usage/corrections/overlay-status.ts';
import { dynamoJobs, dynamoNewJobs } from '../../lambdas/usage/jobs/job-store.ts';
import { dynamoDirtyMarks } from '../../lambdas/usage/ledger/dirty-marks.ts';
import { s3EffectiveStates } from '../../lambdas/usage/ledger/effective-states.ts';
import { dynamoLedger } from '../../lambdas/usage/ledger/ledger-store.ts';
import { dynamoSealedSlots } from '../../lambdas/usage/ledger/sealed-slots.ts';
import { s3StatesObjects } from '../../lambdas/usage/ledger/states-objects.ts';
import { dynamoSubjects } from '../../lambdas/usage/ledger/subjects.ts';
import { dynamoCrossings } from '../../lambdas/usage/limits/crossings.ts';
import { dynamoDrift } from '../../lambdas/usage/quarantine/drift.ts';
import { dynamoDecidedQuarantine } from '../../lambdas/usage/quarantine/quarantine-store.ts';
import { dynamoAccess } from '../../lambdas/usage/receive/access-store.ts';
import { dynamoSettled } from '../../lambdas/usage/settle/settled-store.ts';
import { dynamoFindingStore } from '../../lambdas/usage/walk/finding-store.ts';
import { dynamoWalkLedger } from '../../lambdas/usage/walk/walk-ledger.ts';
import { s3WalkObjects } from '../../lambdas/usage/walk/walk-objects.ts';
import { dynamoWalks } from '../../lambdas/usage/walk/walk-store.ts';
import { accessStoreContract } from '../contract/access-store.ts';
import { archiveObjectsContract } from '../contract/archive-objects.ts';
import { auditLogContract } from '../contract/audit-log.ts';
import { backfillStoreContract } from '../contract/backfill-store.ts';
import { catalogStoreContract } from '../contract/catalog-store.ts';
import { closeStoreContract } from '../contract/close-store.ts';
import { crossingsContract } from '../contract/crossings.ts';
import { deliveryStoreContract } from '../contract/delivery-store.ts';
import { driftContract } from '../contract/drift.ts';
import { dynamodbContract } from '../contract/dynamodb.ts';
import { effectiveStatesContract } from '../contract/effective-states.ts';
import { jobStoreContract } from '../contract/job-store.ts';
import { ledgerStoreContract } from '../contract/ledger-store.ts';
import { projectionStoresContract } from '../contract/projection-stores.ts';
import { quarantineContract } from '../contract/quarantine.ts';
import { sealedSlotsContract } from '../contract/sealed-slots.ts';
import { signalStoreContract } from '../contract/signal-store.ts';
import {
  findingStoreContract,
  walkLedgerContract,
  walkObjectsContract,
  walkStoreContract,
} from '../contract/walk-stores.ts';
import { type Index, makeBucket, makeTable } from './fresh-stores.ts';

/** Answers a client when a test runs: the endpoint is not known when suites are declared. */
type Lazy<T> = () => T;

const NOW = '2026-11-02T00:00:00.000Z';

/** The contracts of every store that lives in DynamoDB alone, each as its in-memory twin passes it. */
export const dynamoSuites = (where: string, dynamo: Lazy<DynamoDBDocumentClient>): void => {
  const audit = async () => dynamoAuditLog(dynamo(), await makeTable(dynamo()), manualClock(NOW));
  const withIndex = (index: Index = true) => makeTable(dynamo(), index);

  dynamodbContract(where, async () => ({ client: dynamo(), table: await withIndex() }));
  auditLogContract(where, async () => {
    const [log, others] = [await makeTable(dynamo()), await makeTable(dynamo())];
    return {
      writer: () => dynamoAuditLog(dynamo(), log, manualClock(NOW)),
      decision: (id) => ({
        Put: { TableName: others, Item: { pk: id, sk: id }, ConditionExpression: 'attribute_not_exists(pk)' },
      }),
    };
  });
  accessStoreContract(where, async () => {
    const log = await audit();
    return { store: dynamoAccess(dynamo(), await makeTable(dynamo()), log), audit: log };
  });
  catalogStoreContract(`catalog store: ${where}`, async () => ({
    catalog: dynamoCatalog(dynamo(), await makeTable(dynamo())),
    audit: await audit(),
  }));
  closeStoreContract(`close store: ${where}`, async () => {
    const log = await audit();
    return { store: dynamoCloseStore(dynamo(), await withIndex(), log), audit: log };
  });
  deliveryStoreContract(where, async () => dynamoDeliveryStore(dynamo(), await makeTable(dynamo())));
  jobStoreContract(where, async () => {
    const [table, log] = [await makeTable(dynamo()), await audit()];
    return { jobs: { ...dynamoJobs(dynamo(), table), ...dynamoNewJobs(dynamo(), table, log) }, audit: log };
  });
  backfillStoreContract(where, async () => {
    const [table, log] = [await makeTable(dynamo()), await audit()];
    const store = {
      ...dynamoBackfills(dynamo(), table, log),
      ...dynamoOverlayStatus(dynamo(), table),
      ...dynamoTouchedDays(dynamo(), table),
    };
    return { store, audit: log };
  });
  crossingsContract(where, async () => dynamoCrossings(dynamo(), await makeTable(dynamo())));
  quarantineContract(where, async () => {
    const log = await audit();
    return { store: dynamoDecidedQuarantine(dynamo(), await withIndex(['format', 'summary']), log), audit: log };
  });
  driftContract(where, async () => dynamoDrift(dynamo(), await makeTable(dynamo())));
  signalStoreContract(where, async () => dynamoSignals(dynamo(), await makeTable(dynamo())));
  walkStoreContract(where, async () => dynamoWalks(dynamo(), await makeTable(dynamo())));
  findingStoreContract(where, async () => dynamoFindingStore(dynamo(), await makeTable(dynamo())));
};

/** The contract of the store that lives in S3 alone. */
export const s3Suites = (where: string, s3: Lazy<S3Client>): void => {
  archiveObjectsContract(where, async () => s3ArchiveObjects(s3(), await makeBucket(s3())));
  walkObjectsContract(where, async () => s3WalkObjects(s3(), await makeBucket(s3())));
};

/** The contract of the stores that share a table and put into S3 what an item cannot hold. */
export const sharedSuites = (where: string, dynamo: Lazy<DynamoDBDocumentClient>, s3: Lazy<S3Client>): void => {
  projectionStoresContract(where, async () => {
    const [table, bucket] = [await makeTable(dynamo()), await makeBucket(s3())];
    return {
      marks: dynamoDirtyMarks(dynamo(), table),
      subjects: dynamoSubjects(dynamo(), table),
      settled: dynamoSettled(dynamo(), table, s3(), bucket),
    };
  });
  ledgerStoreContract(where, async () =>
    dynamoLedger(dynamo(), await makeTable(dynamo()), s3StatesObjects(s3(), await makeBucket(s3()))),
  );
  sealedSlotsContract(where, async () =>
    dynamoSealedSlots(dynamo(), await makeTable(dynamo()), s3(), await makeBucket(s3())),
  );
  effectiveStatesContract(where, async () => s3EffectiveStates(s3(), await makeBucket(s3()), true));
  walkLedgerContract(where, async () => {
    const [table, bucket] = [await makeTable(dynamo()), await makeBucket(s3())];
    return {
      ledger: dynamoLedger(dynamo(), table, s3StatesObjects(s3(), bucket)),
      walk: dynamoWalkLedger(dynamo(), table, s3WalkObjects(s3(), bucket)),
    };
  });
};
