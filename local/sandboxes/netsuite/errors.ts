import type { SandboxAnswer } from '../http.ts';

/** A request that NetSuite refuses; thrown by the checks, answered by the server. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly answer: SandboxAnswer;
  constructor(status: number, code: string, detail: string, path?: string) {
    super(`${status} ${code}: ${detail}`);
    this.answer = errorAnswer(status, code, detail, path);
  }
}

const TITLES: Readonly<Record<number, string>> = { 401: 'Unauthorized', 404: 'Not Found', 405: 'Method Not Allowed' };
const SECTIONS: Readonly<Record<number, string>> = { 401: '15.5.2', 404: '15.5.5', 405: '15.5.6' };

/** An error in NetSuite's own envelope. */
export const errorAnswer = (status: number, code: string, detail: string, path?: string): SandboxAnswer => ({
  status,
  headers: { 'content-type': 'application/vnd.oracle.resource+json; type=error' },
  body: {
    type: `https://www.rfc-editor.org/rfc/rfc9110.html#section-${SECTIONS[status] ?? '15.5.1'}`,
    title: TITLES[status] ?? 'Bad Request',
    status,
    'o:errorDetails': [{ detail, ...(path === undefined ? {} : { 'o:errorPath': path }), 'o:errorCode': code }],
  },
});

/** A value that the field cannot have. */
export const invalidValue = (value: string, field: string, path: string): Refusal =>
  new Refusal(
    400,
    'INVALID_CONTENT',
    `Error while accessing resource: You have entered an Invalid Field Value ${value} for the following field: ${field}`,
    path,
  );

/** Something else that is wrong with the record. */
export const userError = (detail: string, path?: string): Refusal =>
  new Refusal(400, 'USER_ERROR', `Error while accessing a resource. ${detail}`, path);

/** A posting into a period that is closed or locked. */
export const closedPeriod = (name: string): Refusal =>
  userError(`The transaction date you specified is not within the date range of an open accounting period (${name}).`);

export const invalidLogin = (): SandboxAnswer =>
  errorAnswer(
    401,
    'INVALID_LOGIN',
    'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.',
  );

export const throttled = (): SandboxAnswer => ({
  status: 429,
  body: {
    title: 'Bad Request',
    status: 429,
    'o:errorDetails': [
      { detail: 'Concurrent request limit exceeded. Request blocked.', 'o:errorCode': 'CONCURRENCY_LIMIT_EXCEEDED' },
    ],
  },
});
