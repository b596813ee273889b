import {
  ChangeMessageVisibilityCommand,
  GetQueueUrlCommand,
  type MessageAttributeValue,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { ConsumerQueue, DeadReason } from './consume.ts';

/** Attributes are shown in lists; the whole sentence is in the journal. */
const LONGEST = 500;
/** SQS hides a message for at most 12 hours from its receipt. */
const LONGEST_SECONDS = 12 * 3600 - 1;

const attributesOf = (reason: DeadReason): Record<string, MessageAttributeValue> =>
  Object.fromEntries(
    Object.entries(reason).map(([name, value]) => [
      name,
      // SQS refuses an empty attribute and control characters.
      { DataType: 'String', StringValue: value.replaceAll(/\p{Cc}+/gu, ' ').slice(0, LONGEST) || '-' },
    ]),
  );

/**
 * The queue that a batch came from. Its URL is asked for by the name in the event source's ARN, once per process: an
 * event source mapping tells the ARN only.
 */
export const sqsConsumerQueue = (client: SQSClient, dlqUrl: string): ConsumerQueue & { from(arn: string): void } => {
  let arn = '';
  let url: Promise<string> | undefined;
  const queueUrl = (): Promise<string> => {
    url ??= client
      .send(new GetQueueUrlCommand({ QueueName: arn.split(':').at(-1) ?? '' }))
      .then(({ QueueUrl = '' }) => QueueUrl);
    return url;
  };
  return {
    from: (eventSourceArn) => {
      if (eventSourceArn !== arn) url = undefined;
      arn = eventSourceArn;
    },
    postpone: async (message, seconds) => {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: await queueUrl(),
          ReceiptHandle: message.receipt,
          VisibilityTimeout: Math.min(seconds, LONGEST_SECONDS),
        }),
      );
    },
    bury: async (message, reason) => {
      await client.send(
        new SendMessageCommand({
          QueueUrl: dlqUrl,
          MessageBody: message.body,
          MessageAttributes: attributesOf(reason),
        }),
      );
    },
  };
};
