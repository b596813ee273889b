import type { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

/** Whether an error says that the condition of a single write failed (and nothing else went wrong). */
export const isConditionFailed = (error: unknown): error is ConditionalCheckFailedException =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';
