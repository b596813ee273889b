import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  ListBucketsCommand,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ListQueuesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Cloud } from '../../local/cloud.ts';

type Statement = { readonly Effect: string; readonly Condition?: { readonly Bool?: Record<string, string> } };
type Policy = { readonly Statement: readonly Statement[] };

const demandsTls = ({ Effect, Condition }: Statement): boolean =>
  Effect === 'Deny' && Condition?.Bool?.['aws:SecureTransport'] === 'false';

/** The policy without what demands TLS; `undefined` if nothing else is in it. */
const withoutTls = (text: string): string | undefined => {
  const policy = JSON.parse(text) as Policy;
  const kept = policy.Statement.filter((statement) => !demandsTls(statement));
  if (kept.length === policy.Statement.length) throw new Error(`no statement demands TLS: ${text}`);
  return kept.length === 0 ? undefined : JSON.stringify({ ...policy, Statement: kept });
};

/**
 * The emulator speaks no TLS, and with IAM in force it obeys the statements by which our buckets and queues refuse plain
 * http. So these statements alone are taken out of the running system; the templates keep them, and the synth tests
 * hold them there. Everything else in the policies stays. @returns how many buckets and queues there are
 */
export const stopDemandingTls = async ({ s3, sqs }: Cloud, prefix: string): Promise<number> => {
  const { Buckets: buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const ours = buckets.flatMap(({ Name }) => (Name?.startsWith(prefix) ? [Name] : []));
  for (const Bucket of ours) {
    const { Policy: text = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    const kept = withoutTls(text);
    if (kept === undefined) await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    else await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: kept }));
  }
  const { QueueUrls: queues = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: prefix }));
  for (const QueueUrl of queues) {
    const asked = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }));
    const Policy = withoutTls(asked.Attributes?.Policy ?? '') ?? '';
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  }
  return ours.length + queues.length;
};
