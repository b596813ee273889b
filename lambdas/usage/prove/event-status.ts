import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { type Problem, ProblemError } from '../../platform/problem.ts';
import { sourcesOf } from '../receive/sender.ts';
import { type ExplainEventPorts, explainEvent, questionOf } from './explain-event.ts';
import type { EventQuestion } from './find-deliveries.ts';

const answer = (status: number, body: unknown, type = 'application/json'): APIGatewayProxyResult => ({
  statusCode: status,
  headers: { 'content-type': type, 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

const refuse = (problem: Problem): APIGatewayProxyResult => answer(problem.status, problem, 'application/problem+json');

/** The event that a request asks for. @throws {ProblemError} 400 saying what is missing, or is no time. */
export const askedEvent = (
  id: string | undefined,
  query: Readonly<Record<string, string | undefined>>,
): EventQuestion => {
  const { source = '', subject = '', time = '' } = query;
  const missing = Object.entries({ id: id ?? '', source, subject, time }).find(([, value]) => value === '');
  if (missing !== undefined) {
    const path = missing[0];
    const message = `${path} is missing: an event is known by id and source, and found by subject and time`;
    throw new ProblemError(400, 'BAD_REQUEST', message, [{ path, message }]);
  }
  const question = questionOf({ id: id ?? '', source, subject, time });
  if (question !== undefined) return question;
  const message = `time must be an RFC 3339 time with a zone, like 2026-10-01T09:30:00Z, not ${time}`;
  throw new ProblemError(400, 'BAD_REQUEST', message, [{ path: 'time', message }]);
};

/** A path parameter as it was meant: the gateway passes it as it stands in the address. */
const decoded = (parameter: string): string => {
  try {
    return decodeURIComponent(parameter);
  } catch {
    return parameter;
  }
};

/** `GET /v1/events/{id}?source&subject&time`: where an event went, for those whose API key is of its source. */
export const makeEventStatus =
  (ports: ExplainEventPorts, logger: Logger) =>
  async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const correlationId = event.requestContext.requestId;
    logger.appendKeys({ correlationId, keyId: event.requestContext.authorizer?.keyId });
    try {
      const id = event.pathParameters?.id;
      const question = askedEvent(decoded(id ?? ''), event.queryStringParameters ?? {});
      if (!sourcesOf(event).includes(question.source)) {
        throw new ProblemError(403, 'SOURCE_NOT_ALLOWED', `the key may not ask for the source ${question.source}`);
      }
      return answer(200, await explainEvent(ports, question));
    } catch (error) {
      if (error instanceof ProblemError) return refuse(error.problem);
      logger.error('failed', error as Error);
      const detail = `something failed here; quote the correlation id ${correlationId}`;
      return refuse(new ProblemError(500, 'INTERNAL', detail).problem);
    }
  };
