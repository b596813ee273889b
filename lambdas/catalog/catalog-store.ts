import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { AuditLog, AuditRecord } from '../platform/audit-log.ts';
import { holdingAt, listHolding } from './as-of.ts';
import type { CatalogBodies, CatalogEntry, CatalogKind, CatalogReader, Publication } from './types.ts';

/**
 * Writes of the catalog. Entries are only ever added, all of a publication or none, in one transaction with the audit
 * entry that tells of it.
 */
export type CatalogWriter = {
  publication(publicationId: string): Promise<Publication | undefined>;
  /** Every publication, ordered by id. */
  publications(): Promise<Publication[]>;
  /** Stores a draft or a proposal. @throws {CatalogRaceError} if a publication of that id exists already and is no draft. */
  propose(publication: Publication, audit: AuditLog, record: AuditRecord): Promise<void>;
  /**
   * Adds the entries and turns the stored proposal into `publication`.
   * @throws {CatalogRaceError} if a version exists already or the proposal is not open any more: nothing was written.
   */
  publish(
    publication: Publication,
    entries: readonly CatalogEntry[],
    audit: AuditLog,
    record: AuditRecord,
  ): Promise<void>;
};

/** Tells whether anything was published since. */
export type CatalogRevision = {
  /** The id of the last publication; `undefined` while nothing was published. Strongly consistent, one read unit. */
  revision(): Promise<string | undefined>;
};

/** The whole store. */
export type CatalogStore = CatalogReader & CatalogRevision & CatalogWriter;

/** Somebody else wrote first; nothing was written. */
export class CatalogRaceError extends Error {
  override readonly name = 'CatalogRaceError';
}

/** A transaction takes 100 items; three of them are the audit entry, the publication and the revision. */
export const MAX_CHANGES = 97;

const PUBLICATIONS = 'PUBLICATION';
const REVISION = 'REVISION';
const sortKey = (id: string, version: number): string => `${id}#${version.toString().padStart(8, '0')}`;

const asRace = (error: unknown): unknown =>
  error instanceof Error && error.name === 'TransactionCanceledException'
    ? new CatalogRaceError('the catalog was changed in the meantime', { cause: error })
    : error;

/** The catalog in DynamoDB: `pk` = kind, `sk` = `id#version`; publications under `pk` = PUBLICATION, the last published one under REVISION. Strong reads. */
export const dynamoCatalog = (client: DynamoDBDocumentClient, table: string): CatalogStore => {
  const items = async (pk: string, prefix: string): Promise<Record<string, unknown>[]> => {
    const found: Record<string, unknown>[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': pk, ...(prefix === '' ? {} : { ':prefix': prefix }) },
          ConsistentRead: true,
          ...(from ? { ExclusiveStartKey: from } : {}),
        }),
      );
      found.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return found;
  };
  const query = async <K extends CatalogKind>(kind: K, prefix: string): Promise<CatalogEntry<CatalogBodies[K]>[]> =>
    (await items(kind, prefix)).map((item) => item.entry as CatalogEntry<CatalogBodies[K]>);

  return {
    get: async (kind, id, asOf) => holdingAt(await query(kind, `${id}#`), asOf),
    list: async (kind, asOf) => listHolding(await query(kind, ''), asOf),
    history: (kind) => query(kind, ''),
    version: async (kind, id, version) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { pk: kind, sk: sortKey(id, version) }, ConsistentRead: true }),
      );
      return Item?.entry;
    },
    revision: async () => {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { pk: REVISION, sk: REVISION }, ConsistentRead: true }),
      );
      return Item?.publicationId;
    },
    publication: async (publicationId) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { pk: PUBLICATIONS, sk: publicationId }, ConsistentRead: true }),
      );
      return Item?.publication;
    },
    publications: async () => (await items(PUBLICATIONS, '')).map((item) => item.publication as Publication),
    propose: async (publication, audit, record) => {
      const put = {
        Put: {
          TableName: table,
          Item: { pk: PUBLICATIONS, sk: publication.publicationId, status: publication.status, publication },
          // A draft becomes a proposal; whatever else is there stays.
          ConditionExpression: 'attribute_not_exists(pk) OR #status = :draft',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':draft': 'draft' },
        },
      };
      try {
        await audit.append(record, [put]);
      } catch (error) {
        throw asRace(error);
      }
    },
    publish: async (publication, entries, audit, record) => {
      const decide = {
        Put: {
          TableName: table,
          Item: { pk: PUBLICATIONS, sk: publication.publicationId, status: publication.status, publication },
          ConditionExpression: '#status = :proposed',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':proposed': 'proposed' },
        },
      };
      const { publicationId } = publication;
      const revise = { Put: { TableName: table, Item: { pk: REVISION, sk: REVISION, publicationId } } };
      const adds = entries.map((entry) => ({
        Put: {
          TableName: table,
          Item: { pk: entry.kind, sk: sortKey(entry.id, entry.version), entry },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      }));
      try {
        await audit.append(record, [decide, revise, ...adds]);
      } catch (error) {
        throw asRace(error);
      }
    },
  };
};
