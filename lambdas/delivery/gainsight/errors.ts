import { fieldOf, readExact, textOf } from '../exact-json.ts';
import type { DeliveryFailure } from '../types.ts';
import type { VendorAnswer } from '../vendor-http.ts';

/** What a call ended in: the envelope's `data`, or an error class. */
export type GainsightResult = { readonly ok: true; readonly data: unknown } | DeliveryFailure;

/** Whether a call can have had an effect: after a `write` without a clear answer the effect is unknown. */
export type Effect = 'read' | 'write';

/**
 * Reads Gainsight's envelope. Its `result` decides, not the HTTP status: a 200 may say `result: false`, and `data.errors`
 * may name records that were not written.
 */
export const readEnvelope = (answer: VendorAnswer, effect: Effect): GainsightResult => {
  const unclear = effect === 'write' ? 'ambiguous' : 'transient';
  if (!answer.answered) {
    return { outcome: answer.reached ? unclear : 'transient', code: answer.code, message: answer.message };
  }
  const { status } = answer;
  const body = readExact(answer.body);
  const code = textOf(body, 'errorCode') ?? `HTTP_${status}`;
  const message = `${status}: ${textOf(body, 'errorDesc') ?? textOf(body, 'message') ?? 'no reason given'}`;
  if (status === 401 || status === 403) return { outcome: 'auth', code, message };
  if (status === 429 || code === 'GU_2400') return { outcome: 'throttled', code, message };
  if (status >= 500) return { outcome: unclear, code, message };
  if (status >= 300 || fieldOf(body, 'result') === false) return { outcome: 'rejected', code, message };
  // Neither success nor failure by the vendor's own word: what it did is not known.
  if (fieldOf(body, 'result') !== true) return { outcome: unclear, code: 'BAD_ANSWER', message };
  const data = fieldOf(body, 'data');
  const errors = fieldOf(data, 'errors');
  if (Array.isArray(errors) && errors.length > 0) {
    return { outcome: 'rejected', code: 'RECORD_ERRORS', message: JSON.stringify(errors).slice(0, 500) };
  }
  return { ok: true, data };
};
