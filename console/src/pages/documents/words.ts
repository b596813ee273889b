import type { DeliveryStatus } from '../../../../lambdas/delivery/types.ts';
import type { DocumentRow } from '../../api/types.ts';
import { type StateWord, wordOfDelivery } from '../../format/state.ts';

/** How documents speak. */

export const wordOf = ({ delivery }: Pick<DocumentRow, 'delivery'>): StateWord => wordOfDelivery(delivery?.state);

const LABELS: Readonly<Partial<Record<DeliveryStatus['state'], string>>> = {
  queued: 'queued',
  sending: 'sending',
  posted: 'posted',
  accepted: 'accepted, pending there',
  waiting: 'waiting to retry',
  unknown: 'unknown there',
};

/** The state of a document in its own words; the shape and colour come from the vocabulary. */
export const labelOf = ({ delivery }: Pick<DocumentRow, 'delivery'>): string =>
  delivery === undefined ? 'not sent' : (LABELS[delivery.state] ?? delivery.state);

/** `com.larkspur.api.requests` → `api.requests`: the company's own prefix says nothing to its people. */
export const shortType = (type: string): string => type.split('.').slice(2).join('.') || type;

/** The data of an event as text: `count 12, endpoint read`. */
export const dataText = (data: Readonly<Record<string, unknown>>): string =>
  Object.entries(data)
    .map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
