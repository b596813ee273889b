import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { dynamo } from '../../../lambdas/platform/aws.ts';
import { increment } from './counter.ts';
import { type Alternative, eventOf, measureOf } from './types.ts';

/**
 * As the data aggregator of AWS' SaaS Builder Toolkit does it: Firehose gathers lines into S3 objects, a function reads
 * each object, writes some log lines and updates a counter for every line, one after another.
 */
export const aggregator: Alternative = {
  name: 'SBT-style aggregator',
  how: 'Firehose, S3 object, UpdateItem per line',
  byFirehose: true,
  take: async (lines) => {
    for (const line of lines) {
      const event = eventOf(line);
      if (event === undefined) continue;
      const { subject, key, value } = measureOf(event);
      console.log(`Processing line: ${line}`);
      console.log(`Tenant: ${subject}`);
      console.log(`Metric: ${key}`);
      console.log(`Value: ${value}`);
      const answer = await dynamo().send(new UpdateCommand({ ...increment(event), ReturnValues: 'UPDATED_NEW' }));
      console.log(`Update: ${JSON.stringify(answer.$metadata)}`);
      console.log(`Updated ${subject} ${key}`);
    }
  },
};
