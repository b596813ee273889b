import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type AuditLog, isDecisionRefused } from '../../platform/audit-log.ts';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import { askedFor, type JobRecord, type Jobs, type NewJobs, resumedBy } from './jobs.ts';

/** The partition of all jobs: no subject has a `#`. */
const PARTITION = 'JOBS#';

const IS_NEW = 'attribute_not_exists(pk)';
const IS_THE_ONE_SEEN = '#revision = :seen';

const itemOf = (job: JobRecord) => ({ pk: PARTITION, sk: job.jobId, format: 1, revision: job.revision, job });

/** Puts a job over the revision before its own. */
const putOver = (table: string, job: JobRecord) => ({
  TableName: table,
  Item: itemOf(job),
  ConditionExpression: IS_THE_ONE_SEEN,
  ExpressionAttributeNames: { '#revision': 'revision' },
  ExpressionAttributeValues: { ':seen': job.revision - 1 },
});

/** Jobs in the projection table (`pk` = `JOBS#`, `sk` = job id, which begins with its instant). */
export const dynamoJobs = (client: DynamoDBDocumentClient, table: string): Jobs => ({
  get: async (jobId) => {
    const key = { pk: PARTITION, sk: jobId };
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
    return Item?.job as JobRecord | undefined;
  },
  list: async (limit, after) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: after === undefined ? 'pk = :jobs' : 'pk = :jobs AND sk < :after',
        ExpressionAttributeValues: { ':jobs': PARTITION, ...(after === undefined ? {} : { ':after': after }) },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: limit,
      }),
    );
    return Items.map((item) => item.job as JobRecord);
  },
  save: async (job) => {
    try {
      await client.send(new PutCommand(putOver(table, job)));
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  },
});

/** The same table where jobs are asked for, with the audit log that tells who did. */
export const dynamoNewJobs = (client: DynamoDBDocumentClient, table: string, audit: AuditLog): NewJobs => ({
  save: dynamoJobs(client, table).save,
  create: async (job) => {
    const put = { Put: { TableName: table, Item: itemOf(job), ConditionExpression: IS_NEW } };
    await audit.append(askedFor(job), [put]);
  },
  resume: async (job, by) => {
    try {
      await audit.append(resumedBy(job, by), [{ Put: putOver(table, job) }]);
      return true;
    } catch (error) {
      if (isDecisionRefused(error)) return false;
      throw error;
    }
  },
});
