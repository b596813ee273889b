import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { fieldOf, readExact, textOf } from './exact-json.ts';

/** A queue and its dead letters, as the environment names them. Without `url` there is nowhere to redrive to. */
export type QueueDescription = {
  readonly name: string;
  readonly url?: string;
  readonly dlqUrl: string;
  readonly runbook: string;
};

/** A message in a dead-letter queue: what it is, why it is there and since when. */
export type DeadLetter = {
  readonly messageId: string;
  /** What: the delivery id, or the domain event's id, or the message id. */
  readonly subject: string;
  /** Why: the error class (`rejected`, `auth`, ...), or `unexplained` when it was not us that put it there. */
  readonly class: string;
  readonly code: string;
  readonly message: string;
  readonly since: string;
  readonly correlationId?: string;
  readonly body: string;
};

/** A dead letter in hand: invisible to others until it is given back, or its time is up. */
export type HeldLetter = DeadLetter & { readonly receipt: string };

/** What redrive needs of a queue service. */
export type DeadLetterQueues = {
  depth(queueUrl: string): Promise<number>;
  /** Takes up to 10 messages for some seconds. */
  take(queueUrl: string, seconds: number): Promise<HeldLetter[]>;
  /** Makes a message visible again at once. */
  giveBack(queueUrl: string, letter: HeldLetter): Promise<void>;
  send(queueUrl: string, letter: DeadLetter): Promise<void>;
  delete(queueUrl: string, letter: HeldLetter): Promise<void>;
};

const instant = (millis: string | undefined): string => new Date(Number(millis ?? 0)).toISOString();

/** A received message as a dead letter. The reason comes from the attributes that `deadLetterReason` wrote. */
export const toLetter = (message: Message): HeldLetter => {
  const attribute = (name: string) => message.MessageAttributes?.[name]?.StringValue;
  const body = message.Body ?? '';
  // Whatever stands in a DLQ must be shown: that its body is no JSON may be why it is there.
  const content = readExact(body);
  const detail = fieldOf(content, 'detail') ?? content;
  const messageId = message.MessageId ?? '';
  const correlationId = attribute('correlationId') ?? textOf(detail, 'correlationId');
  return {
    messageId,
    receipt: message.ReceiptHandle ?? '',
    subject: attribute('deliveryId') ?? textOf(detail, 'deliveryId') ?? textOf(detail, 'id') ?? messageId,
    class: attribute('class') ?? 'unexplained',
    code: attribute('code') ?? 'TOO_MANY_TRIES',
    message: attribute('message') ?? 'the queue gave up after its number of tries; the journal or log says why',
    since: attribute('failedAt') ?? instant(message.Attributes?.SentTimestamp),
    ...(correlationId === undefined ? {} : { correlationId }),
    body,
  };
};

/** Dead-letter queues in SQS. */
export const sqsDeadLetters = (client: SQSClient): DeadLetterQueues => ({
  depth: async (QueueUrl) => {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    // In flight counts: a message that someone looks at has not left the queue.
    return (
      Number(Attributes?.ApproximateNumberOfMessages ?? 0) +
      Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0)
    );
  },
  take: async (QueueUrl, seconds) => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: seconds,
        // Without waiting SQS asks some of its servers only, and may say "nothing" of a queue that is full.
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['SentTimestamp'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages.map(toLetter);
  },
  giveBack: async (QueueUrl, letter) => {
    await client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: letter.receipt, VisibilityTimeout: 0 }),
    );
  },
  send: async (QueueUrl, letter) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: letter.body,
        ...(letter.correlationId === undefined
          ? {}
          : { MessageAttributes: { correlationId: { DataType: 'String', StringValue: letter.correlationId } } }),
      }),
    );
  },
  delete: async (QueueUrl, letter) => {
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: letter.receipt }));
  },
});
