import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { AuditLog } from '../../platform/audit-log.ts';
import type { CloseStore } from '../close-store.ts';
import type { RatingStore } from '../rate-account.ts';
import { dynamoAccounts, dynamoCloses } from './dynamo-closes.ts';
import { dynamoDocuments } from './dynamo-documents.ts';
import { dynamoEntries } from './dynamo-entries.ts';
import { dynamoExceptions, dynamoRaise } from './dynamo-exceptions.ts';
import { dynamoManifests, dynamoTokens } from './dynamo-manifests.ts';
import { financeTable } from './table.ts';

/** The finance table. Decisions are written together with their audit entry, hence the audit log. */
export const dynamoCloseStore = (client: DynamoDBDocumentClient, tableName: string, audit: AuditLog): CloseStore => {
  const table = financeTable(client, tableName);
  return {
    ...dynamoCloses(table),
    ...dynamoAccounts(table),
    ...dynamoExceptions(table, audit),
    ...dynamoEntries(table, audit),
    ...dynamoManifests(table, audit),
    ...dynamoTokens(table),
    ...dynamoDocuments(table),
  };
};

/** What rating needs of it: no decision, hence no audit log. */
export const dynamoRatingStore = (client: DynamoDBDocumentClient, tableName: string): RatingStore => {
  const table = financeTable(client, tableName);
  return { ...dynamoCloses(table), ...dynamoAccounts(table), ...dynamoRaise(table) };
};
