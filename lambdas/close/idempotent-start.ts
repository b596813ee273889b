import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { ProblemError } from '../platform/problem.ts';
import type { CloseDates } from './names.ts';

export type StartRequest = CloseDates & { readonly startedBy: string; readonly idempotencyKey?: string };
type Start = (request: CloseDates & { readonly startedBy: string }) => Promise<{ readonly closeId: string }>;

/** Keys are remembered for a day. */
const KEPT_SECONDS = 86_400;

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

/**
 * Starts a close once per (caller, Idempotency-Key): a repeat gets the first answer, even when that close is done. The
 * same key with other dates, and one whose first request is still being answered, are refused.
 * @throws {ProblemError} 422 IDEMPOTENCY_KEY_REUSED, 409 IDEMPOTENCY_IN_PROGRESS.
 */
export const idempotentStart = (
  table: string,
  start: Start,
): ((request: StartRequest) => Promise<{ closeId: string }>) => {
  const once = makeIdempotent(
    async (request: { key: string; start: string; end: string; startedBy: string }) => {
      const { closeId } = await start({ start: request.start, end: request.end, startedBy: request.startedBy });
      return { closeId };
    },
    {
      persistenceStore: new DynamoDBPersistenceLayer({ tableName: table }),
      config: new IdempotencyConfig({
        eventKeyJmesPath: '[key, startedBy]',
        payloadValidationJmesPath: '[start, end]',
        throwOnNoIdempotencyKey: true,
        expiresAfterSeconds: KEPT_SECONDS,
      }),
      keyPrefix: 'start-close',
    },
  );
  return async ({ idempotencyKey, ...request }) => {
    if (idempotencyKey === undefined) {
      const { closeId } = await start(request);
      return { closeId };
    }
    try {
      return await once({ ...request, key: idempotencyKey });
    } catch (error) {
      if (nameOf(error) === 'IdempotencyValidationError') {
        throw new ProblemError(422, 'IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key was used for other dates');
      }
      if (nameOf(error) === 'IdempotencyAlreadyInProgressError') {
        throw new ProblemError(409, 'IDEMPOTENCY_IN_PROGRESS', 'the first request with this key is being answered');
      }
      throw innerProblem(error) ?? error;
    }
  };
};

/** A refusal of ours that the library may have wrapped. */
const innerProblem = (error: unknown): ProblemError | undefined => {
  if (error instanceof ProblemError) return error;
  return error instanceof Error && error.cause instanceof ProblemError ? error.cause : undefined;
};
