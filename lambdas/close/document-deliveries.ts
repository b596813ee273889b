import type { CatalogReader } from '../catalog/types.ts';
import type { DeliveryStore } from '../delivery/delivery-store.ts';
import type { DeliveryAttempt, DeliveryStatus } from '../delivery/types.ts';
import type { Clock } from '../platform/clock.ts';
import type { CloseStore } from './close-store.ts';
import { adapterOf } from './load-plan.ts';
import { documentIdIn } from './names.ts';
import { depositApplications } from './payments.ts';
import type { SlimDocument } from './records.ts';
import type { PaymentDelivery } from './types.ts';

type Ports = {
  readonly catalog: CatalogReader;
  readonly clock: Clock;
  readonly deliveries: Pick<DeliveryStore, 'statuses' | 'attempts' | 'giveUp'>;
  readonly store: Pick<CloseStore, 'documentById'>;
};

export type DocumentDeliveries = {
  /** Where the deliveries of some documents stand, by id. */
  readonly of: (documents: readonly SlimDocument[]) => Promise<ReadonlyMap<string, DeliveryStatus>>;
  readonly attempts: (document: SlimDocument) => Promise<readonly DeliveryAttempt[]>;
  /** The deposits that are applied to a document, and where each stands. */
  readonly payments: (document: SlimDocument) => Promise<readonly PaymentDelivery[]>;
  /** Gives up a document, or a deposit that is applied to one. */
  readonly giveUp: (deliveryId: string) => Promise<boolean>;
};

/** Where documents stand on their way to the ERP of their entity. */
export const documentDeliveries = (ports: Ports): DocumentDeliveries => {
  const of: DocumentDeliveries['of'] = async (documents) => {
    const found = new Map<string, DeliveryStatus>();
    for (const [entity, some] of Map.groupBy(documents, (document) => document.entity)) {
      const ids = some.map(({ documentId }) => documentId);
      for (const status of await ports.deliveries.statuses(await adapterOf(ports, entity), ids)) {
        found.set(status.deliveryId, status);
      }
    }
    return found;
  };
  const attempts: DocumentDeliveries['attempts'] = async (document) =>
    ports.deliveries.attempts(await adapterOf(ports, document.entity), document.documentId);
  const payments: DocumentDeliveries['payments'] = async (document) => {
    const applied = depositApplications(document);
    const ids = applied.map(({ paymentId }) => paymentId);
    const statuses =
      ids.length === 0 ? [] : await ports.deliveries.statuses(await adapterOf(ports, document.entity), ids);
    return applied.map(({ paymentId, deposit, description, amount }) => {
      const delivery = statuses.find(({ deliveryId }) => deliveryId === paymentId);
      return { paymentId, deposit, description, amount, ...(delivery === undefined ? {} : { delivery }) };
    });
  };
  const giveUp: DocumentDeliveries['giveUp'] = async (deliveryId) => {
    const stored = await ports.store.documentById(documentIdIn(deliveryId));
    if (stored === undefined) return false;
    return ports.deliveries.giveUp(await adapterOf(ports, stored.document.entity), deliveryId, ports.clock.now());
  };
  return { of, attempts, payments, giveUp };
};
