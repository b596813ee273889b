import { fieldOf, readExact, textOf } from '../exact-json.ts';
import type { DeliveryFailure } from '../types.ts';
import type { VendorAnswer } from '../vendor-http.ts';

/** Whether a request can have had an effect: after a `write` without a clear answer the effect is unknown. */
export type Effect = 'read' | 'write';

type Answer = Extract<VendorAnswer, { readonly answered: true }>;
type NoAnswer = Extract<VendorAnswer, { readonly answered: false }>;

/** NetSuite has no code for it. As a word of its own: a complaint about the field `postingPeriod` is none. */
const CLOSED_PERIOD = /\bperiods?\b/i;

/** What NetSuite's error body says first: `o:errorDetails[0]`, or the OAuth form `{error, error_description}`. */
const reasonOf = (body: string): { code?: string; detail?: string; path?: string } => {
  const parsed = readExact(body);
  const details = fieldOf(parsed, 'o:errorDetails');
  const first: unknown = Array.isArray(details) ? details[0] : undefined;
  const code = textOf(first, 'o:errorCode') ?? textOf(parsed, 'error');
  const detail = textOf(first, 'detail') ?? textOf(parsed, 'error_description') ?? textOf(parsed, 'title');
  const path = textOf(first, 'o:errorPath');
  return { ...(code ? { code } : {}), ...(detail ? { detail } : {}), ...(path ? { path } : {}) };
};

/**
 * The error class of an answer that is not a success. The order matters: what the status alone decides comes first,
 * then what a 400's text tells (NetSuite gives a closed period and a duplicate no status of their own).
 */
export const classify = (answer: Answer, effect: Effect): DeliveryFailure => {
  const { code, detail, path } = reasonOf(answer.body);
  const failure = (outcome: DeliveryFailure['outcome'], fallback: string): DeliveryFailure => ({
    outcome,
    code: code ?? fallback,
    message: `${answer.status}: ${detail ?? 'no reason given'}${path ? ` (${path})` : ''}`,
  });
  if (answer.status === 401) return failure('auth', 'INVALID_LOGIN');
  if (answer.status === 403) return failure('auth', 'INSUFFICIENT_PERMISSION');
  if (answer.status === 429) return failure('throttled', 'TOO_MANY_REQUESTS');
  if (answer.status === 408 || answer.status >= 500) {
    return failure(effect === 'write' ? 'ambiguous' : 'transient', `HTTP_${answer.status}`);
  }
  if (answer.status === 400 && code === 'INSUFFICIENT_PERMISSION') return failure('auth', code);
  // Someone created it already, perhaps we did: the frame looks what it is before anything is said.
  if (answer.status === 400 && detail !== undefined && /already exists/i.test(detail)) {
    return { ...failure('ambiguous', 'USER_ERROR'), code: 'ALREADY_EXISTS' };
  }
  if (answer.status === 400 && detail !== undefined && CLOSED_PERIOD.test(detail)) {
    return { ...failure('closed-period', 'USER_ERROR'), code: 'CLOSED_PERIOD' };
  }
  return failure('rejected', `HTTP_${answer.status}`);
};

/** The error class of a call without an answer: what was never sent had no effect. */
export const unanswered = (answer: NoAnswer, effect: Effect): DeliveryFailure => ({
  outcome: answer.reached && effect === 'write' ? 'ambiguous' : 'transient',
  code: answer.code,
  message: answer.message,
});
