import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { type Problem, ProblemError } from '../../platform/problem.ts';
import { type EventsRequest, receiveEvents } from './receive-events.ts';
import { sourcesOf } from './sender.ts';
import { StreamBusy, type UsageStream } from './usage-stream.ts';

/** After so many seconds a sender may try again when the stream was busy. */
const RETRY_AFTER_SECONDS = 2;

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): APIGatewayProxyResult => ({
  statusCode: status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
});

const refuse = (problem: Problem, headers: Record<string, string> = {}): APIGatewayProxyResult =>
  answer(problem.status, problem, { 'content-type': 'application/problem+json', ...headers });

const headerOf = (event: APIGatewayProxyEvent, name: string): string =>
  Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1] ?? '';

const requestOf = (event: APIGatewayProxyEvent): EventsRequest => ({
  contentType: headerOf(event, 'content-type'),
  body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  sources: sourcesOf(event),
});

/**
 * `POST /v1/events`. Answers 202 with a result per event only when all received events are durable, 503 with
 * Retry-After when they are not, and problem details for a body that cannot be taken.
 */
export const makeEventsApi =
  (stream: UsageStream, logger: Logger) =>
  async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const correlationId = event.requestContext.requestId;
    const keyId: unknown = event.requestContext.authorizer?.keyId;
    logger.appendKeys({ correlationId, keyId });
    try {
      const results = await receiveEvents(requestOf(event), stream);
      const received = results.filter(({ status }) => status === 'received').length;
      logger.info('events received', { received, rejected: results.length - received });
      return answer(202, { results });
    } catch (error) {
      if (error instanceof ProblemError) {
        logger.info('request refused', { status: error.problem.status, code: error.problem.code });
        return refuse(error.problem);
      }
      const busy = error instanceof StreamBusy;
      logger.error(busy ? 'the stream is busy' : 'the stream cannot be reached', error as Error);
      const detail = `the events are not stored; send the request again, repeats are not counted twice (${correlationId})`;
      return refuse(new ProblemError(503, 'NOT_STORED', detail).problem, {
        'retry-after': String(RETRY_AFTER_SECONDS),
      });
    }
  };
