import type { CatalogReader, Mapping } from '../../catalog/types.ts';
import { Undeliverable } from '../consume.ts';
import { fieldOf, textOf } from '../exact-json.ts';
import { mapPayload } from '../mapping.ts';
import type { PayloadStore } from '../payload-store.ts';
import type { DeliveryJob } from '../types.ts';

/** The mapping that turns a signal into a call to action. */
export const CTA_MAPPING = 'gainsight-cta';

/** What is needed of a `signal.raised` event: the EventBridge event as the queue's message body. */
export type RaisedSignal = {
  readonly signalId: string;
  readonly companyId: string;
  readonly raisedAt: string;
  readonly correlationId: string;
  readonly signal: unknown;
};

/** Reads a message of the Gainsight queue. @throws {Undeliverable} if it is no `signal.raised` event. */
export const raisedSignalOf = (body: string): RaisedSignal => {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    throw new Undeliverable('BAD_MESSAGE', 'the message is not JSON');
  }
  const detail = fieldOf(event, 'detail');
  const signal = fieldOf(detail, 'signal');
  const text = (value: unknown, name: string): string => {
    const field = textOf(value, name);
    if (field === undefined || field === '') throw new Undeliverable('BAD_MESSAGE', `the event has no ${name}`);
    return field;
  };
  return {
    signalId: text(signal, 'signalId'),
    companyId: text(signal, 'companyId'),
    raisedAt: text(event, 'time'),
    correlationId: text(detail, 'correlationId'),
    signal,
  };
};

/**
 * The job of a signal: mapped by the mapping that holds now (so that one that is mended counts at once), its payload
 * kept by hash.
 * @throws {Undeliverable | MappingError} if there is no mapping, or it does not fit: mended in the catalog, then redriven.
 */
export const gainsightJobOf = async (
  catalog: CatalogReader,
  payloads: PayloadStore,
  raised: RaisedSignal,
  now: string,
): Promise<DeliveryJob> => {
  const entry = await catalog.get('mapping', CTA_MAPPING, { effectiveAt: now });
  if (entry === undefined) throw new Undeliverable('MISSING_MAPPING', `no mapping ${CTA_MAPPING} is published`);
  const mapping: Mapping = entry.body;
  const mapped = await mapPayload(mapping, raised.signal);
  return {
    format: 1,
    adapter: 'gainsight',
    deliveryId: raised.signalId,
    record: 'cta',
    payloadKey: await payloads.write(mapped),
    payloadHash: mapped.hash,
    correlationId: raised.correlationId,
    expect: { customerId: raised.companyId },
  };
};
