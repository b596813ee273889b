import { contentHash } from '../../platform/hash.ts';

/**
 * The correlation id of the ingest batch that wrote an archive object, as in the log lines of ingest and spill, in
 * domain events and in spill messages. It follows from the object's key, for Lambda gives ingest records of one shard at
 * a time, and the archive holds one object per batch and shard: whoever has an event's pointer has the id of its batch.
 * @returns `ingest-` and 16 hex digits
 */
export const batchCorrelationId = (archiveKey: string): string => `ingest-${contentHash(archiveKey).slice(0, 16)}`;
