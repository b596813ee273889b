import { Undeliverable } from '../consume.ts';
import { fieldOf, textOf } from '../exact-json.ts';
import type { DeliveryJob } from '../types.ts';

const RECORDS = ['invoice', 'creditMemo', 'depositApplication'];

/**
 * The job in a message of the NetSuite queue.
 * @throws {Undeliverable} if it is none: nobody will mend a message that waits.
 */
export const netSuiteJobOf = (body: string): DeliveryJob => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new Undeliverable('BAD_MESSAGE', 'the message is not JSON');
  }
  const bad = (what: string) => new Undeliverable('BAD_MESSAGE', `the message is not a delivery job: ${what}`);
  const text = (name: string): string => {
    const value = textOf(parsed, name);
    if (value === undefined || value === '') throw bad(`it has no ${name}`);
    return value;
  };
  if (fieldOf(parsed, 'format') !== 1) throw bad('its format is not 1');
  const expected = fieldOf(parsed, 'expect');
  const expectation = (name: string): string => {
    const value = textOf(expected, name);
    // A document is adopted only when it is equal; without these that could not be said.
    if (value === undefined) throw bad(`expect has no ${name}`);
    return value;
  };
  const record = text('record');
  if (!RECORDS.includes(record)) throw bad(`record ${record} is not one of ${RECORDS.join(', ')}`);
  const salesRegion = textOf(parsed, 'salesRegion');
  return {
    format: 1,
    adapter: 'netsuite',
    deliveryId: text('deliveryId'),
    record,
    payloadKey: text('payloadKey'),
    payloadHash: text('payloadHash'),
    correlationId: text('correlationId'),
    ...(salesRegion === undefined ? {} : { salesRegion }),
    expect: {
      currency: expectation('currency'),
      total: expectation('total'),
      customerId: expectation('customerId'),
    },
  };
};
