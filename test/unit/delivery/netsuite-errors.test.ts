import { describe, expect, it } from 'vitest';
import { classify, unanswered } from '../../../lambdas/delivery/netsuite/errors.ts';

const answer = (status: number, detail?: string, code?: string) => ({
  answered: true as const,
  status,
  headers: new Headers(),
  body:
    detail === undefined
      ? '<html>gateway</html>'
      : JSON.stringify({ title: 'x', status, 'o:errorDetails': [{ detail, 'o:errorCode': code }] }),
});

describe('the error class of NetSuite’s answers', () => {
  it.each([
    [
      401,
      'Invalid login attempt. For more details, see the Login Audit Trail',
      'INVALID_LOGIN',
      'auth',
      'INVALID_LOGIN',
    ],
    [403, 'Permission Violation', 'INSUFFICIENT_PERMISSION', 'auth', 'INSUFFICIENT_PERMISSION'],
    [400, 'You do not have permissions', 'INSUFFICIENT_PERMISSION', 'auth', 'INSUFFICIENT_PERMISSION'],
    [
      429,
      'Concurrent request limit exceeded. Request blocked.',
      'CONCURRENCY_LIMIT_EXCEEDED',
      'throttled',
      'CONCURRENCY_LIMIT_EXCEEDED',
    ],
    [400, 'Error while accessing a resource. This entity already exists.', 'USER_ERROR', 'ambiguous', 'ALREADY_EXISTS'],
    [400, 'This record already exists', 'USER_ERROR', 'ambiguous', 'ALREADY_EXISTS'],
    [400, 'The date is not within an open accounting period', 'USER_ERROR', 'closed-period', 'CLOSED_PERIOD'],
    [
      400,
      'You have entered an Invalid Field Value 9999 for the following field: item',
      'INVALID_CONTENT',
      'rejected',
      'INVALID_CONTENT',
    ],
    [400, 'Unknown property postingPeriod', 'INVALID_PARAMETER', 'rejected', 'INVALID_PARAMETER'],
    [404, 'The record instance does not exist', 'NONEXISTENT_ID', 'rejected', 'NONEXISTENT_ID'],
    [400, 'Invalid reference', 'INVALID_KEY_OR_REF', 'rejected', 'INVALID_KEY_OR_REF'],
    [500, 'An unexpected error occurred', 'UNEXPECTED_ERROR', 'ambiguous', 'UNEXPECTED_ERROR'],
  ])('%i "%s" is %s → %s', (status, detail, code, outcome, expected) => {
    expect(classify(answer(status, detail, code), 'write')).toMatchObject({ outcome, code: expected });
  });

  it.each([500, 502, 503, 504, 408])('%i without a reason leaves a write unclear and a read repeatable', (status) => {
    expect(classify(answer(status), 'write')).toMatchObject({ outcome: 'ambiguous', code: `HTTP_${status}` });
    expect(classify(answer(status), 'read')).toMatchObject({ outcome: 'transient', code: `HTTP_${status}` });
  });

  it('knows what was never sent', () => {
    const none = (reached: boolean) => ({ answered: false as const, reached, code: 'TIMEOUT', message: 'no answer' });
    expect(unanswered(none(true), 'write')).toMatchObject({ outcome: 'ambiguous' });
    expect(unanswered(none(false), 'write')).toMatchObject({ outcome: 'transient' });
    expect(unanswered(none(true), 'read')).toMatchObject({ outcome: 'transient' });
  });

  it('names the field that NetSuite complains about', () => {
    const body = JSON.stringify({
      'o:errorDetails': [{ detail: 'no', 'o:errorCode': 'INVALID_CONTENT', 'o:errorPath': 'item.items[0].item' }],
    });
    expect(classify({ ...answer(400), body }, 'write').message).toBe('400: no (item.items[0].item)');
  });
});
