import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ArchivePointer } from '../types.ts';

/** Events that could not be appended for now, by where their lines lie in the archive. */
export type SpillMessage = {
  readonly format: 1;
  readonly correlationId: string;
  readonly lines: readonly { readonly key: string; readonly numbers: readonly number[] }[];
};

/** Where groups wait that a contended or throttled chain did not take. @throws if a message was not taken. */
export type SpillQueue = { send(message: SpillMessage): Promise<void> };

/** A message has at most so many lines: its text stays far below what a queue takes, its work below a time limit. */
export const LINES_PER_MESSAGE = 1_000;

/** The messages that name these lines. */
export const spillMessages = (pointers: readonly ArchivePointer[], correlationId: string): SpillMessage[] => {
  const chunks = Array.from({ length: Math.ceil(pointers.length / LINES_PER_MESSAGE) }, (_, n) =>
    pointers.slice(n * LINES_PER_MESSAGE, (n + 1) * LINES_PER_MESSAGE),
  );
  return chunks.map((chunk) => ({
    format: 1,
    correlationId,
    lines: [...Map.groupBy(chunk, ({ key }) => key)].map(([key, group]) => ({
      key,
      numbers: group.map(({ line }) => line),
    })),
  }));
};

/** The pointers that a message names. @throws {TypeError} if it is none of ours. */
export const readSpillMessage = (
  body: string,
): { readonly correlationId: string; readonly pointers: ArchivePointer[] } => {
  const message = JSON.parse(body) as Partial<SpillMessage>;
  if (message.format !== 1 || message.lines === undefined || message.correlationId === undefined) {
    throw new TypeError('this is not a message about spilled lines');
  }
  const pointers = message.lines.flatMap(({ key, numbers }) => numbers.map((line) => ({ key, line })));
  return { correlationId: message.correlationId, pointers };
};

/** The spill queue in SQS. */
export const sqsSpillQueue = (client: SQSClient, queueUrl: string): SpillQueue => ({
  send: async (message) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(message),
        MessageAttributes: { correlationId: { DataType: 'String', StringValue: message.correlationId } },
      }),
    );
  },
});

/** A batch of the spill queue, as far as it is used here. */
export type SpillBatch = { readonly Records: readonly { readonly messageId: string; readonly body: string }[] };

/**
 * Takes a batch of spill messages, one after another, and answers those that failed; the others are done. `respill` does
 * the work of one message.
 */
export const handleSpill = async <S>(
  batch: SpillBatch,
  ports: {
    readonly respill: (pointers: readonly ArchivePointer[], correlationId: string) => Promise<S>;
    readonly done: (summary: S) => void;
    readonly failed: (messageId: string, error: Error) => void;
  },
): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> => {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body } of batch.Records) {
    try {
      const { pointers, correlationId } = readSpillMessage(body);
      ports.done(await ports.respill(pointers, correlationId));
    } catch (error) {
      ports.failed(messageId, error instanceof Error ? error : new Error(String(error)));
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
};
