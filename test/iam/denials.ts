import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { type CloudAddress, emulatorCredentials } from '../../local/cloud.ts';

const DENIED = /([\w-]+) is not authorized to perform: (\S+)(?: on resource: \\*"?([^"\\ ]+))?/g;

/** Every right that a function asked for and did not have, as its logs tell: `finance-api: states:SendTaskSuccess on ...`. */
export const denials = async ({ endpoint, region }: CloudAddress): Promise<string[]> => {
  const client = new CloudWatchLogsClient({ endpoint, region, credentials: emulatorCredentials });
  const found = new Set<string>();
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName = '' } of logGroups) {
      for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
        const text = events.map(({ message }) => message).join('\n');
        for (const [, who, action, resource] of text.matchAll(DENIED)) {
          found.add(`${who}: ${action}${resource === undefined ? '' : ` on ${resource}`}`);
        }
      }
    }
  }
  client.destroy();
  return [...found].sort();
};
