import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { JobDetails } from './jobs.ts';

/**
 * Calls the function that runs a job, and waits only until the call is taken: a job may take its quarter of an hour, an
 * answer of the API 29 seconds.
 */
export type JobFunction = (call: { readonly jobId: string }) => Promise<void>;

/** A Lambda function that runs jobs; `more` is what it is told besides the job's id. */
export const lambdaJobFunction =
  (client: LambdaClient, functionName: string, more: JobDetails = {}): JobFunction =>
  async (call) => {
    await client.send(
      new InvokeCommand({
        FunctionName: functionName,
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify({ ...more, ...call })),
      }),
    );
  };
