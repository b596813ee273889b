import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

type Answer = {
  readonly type: ResponseType;
  /** Absent where the gateway's own status stands. */
  readonly status?: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** Seconds. */
  readonly retryAfter?: number;
};

const ANSWERS: readonly Answer[] = [
  {
    type: ResponseType.UNAUTHORIZED,
    status: 401,
    code: 'NOT_SIGNED_IN',
    title: 'Not signed in',
    detail: 'Send a valid id token as a bearer token, or an API key in x-api-key.',
  },
  {
    type: ResponseType.ACCESS_DENIED,
    status: 403,
    code: 'KEY_REFUSED',
    title: 'Refused',
    detail: 'This key is unknown, revoked or not for this source.',
  },
  {
    type: ResponseType.INVALID_API_KEY,
    status: 403,
    code: 'KEY_REFUSED',
    title: 'Refused',
    detail: 'This key is not attached to a usage plan.',
  },
  {
    type: ResponseType.THROTTLED,
    status: 429,
    code: 'TOO_FAST',
    title: 'Too fast',
    detail: 'More requests per second than this key may send: wait and send again.',
    retryAfter: 1,
  },
  {
    type: ResponseType.QUOTA_EXCEEDED,
    status: 429,
    code: 'QUOTA_USED_UP',
    title: 'Quota used up',
    detail: 'This key has sent all requests of its day: send again tomorrow (UTC).',
    retryAfter: 3600,
  },
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    status: 413,
    code: 'TOO_LARGE',
    title: 'Too large',
    detail: 'The request is larger than the gateway takes: send smaller batches.',
  },
  {
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    status: 404,
    code: 'NO_SUCH_ROUTE',
    title: 'No such route',
    detail: 'There is no such path and method here.',
  },
  {
    type: ResponseType.BAD_REQUEST_PARAMETERS,
    status: 400,
    code: 'BAD_PARAMETERS',
    title: 'Bad parameters',
    detail: '$context.error.validationErrorString',
  },
  {
    type: ResponseType.WAF_FILTERED,
    status: 403,
    code: 'FILTERED',
    title: 'Filtered',
    detail: 'The firewall refused this request.',
  },
  {
    type: ResponseType.DEFAULT_4XX,
    code: 'REFUSED',
    title: 'Refused',
    detail: 'The gateway refused this request.',
  },
  {
    type: ResponseType.DEFAULT_5XX,
    code: 'INTERNAL',
    title: 'Something failed here',
    detail: 'Quote the correlation id $context.requestId.',
  },
];

/** Makes the gateway's own errors problem details (RFC 9457), as the functions' are. */
export const problemResponses = (api: RestApi): void => {
  for (const { type, status, code, title, detail, retryAfter } of ANSWERS) {
    const shown = status ?? (type === ResponseType.DEFAULT_4XX ? 400 : 500);
    const body = { type: 'about:blank', title, status: shown, detail, code, correlationId: '$context.requestId' };
    api.addGatewayResponse(code + type.responseType, {
      type,
      ...(status !== undefined && { statusCode: String(status) }),
      responseHeaders: {
        'Content-Type': "'application/problem+json'",
        'Cache-Control': "'no-store'",
        ...(retryAfter !== undefined && { 'Retry-After': `'${retryAfter}'` }),
      },
      templates: { 'application/json': JSON.stringify(body) },
    });
  }
};
