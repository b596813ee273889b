import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapterHealth } from '../../../lambdas/delivery/adapter-health.ts';
import { consume, type QueueMessage } from '../../../lambdas/delivery/consume.ts';
import { mapPayload } from '../../../lambdas/delivery/mapping.ts';
import { netSuiteAuthenticator } from '../../../lambdas/delivery/netsuite/authenticator.ts';
import { netSuiteClient } from '../../../lambdas/delivery/netsuite/netsuite-client.ts';
import { netSuiteJobOf } from '../../../lambdas/delivery/netsuite/netsuite-job.ts';
import { breaker } from '../../../lambdas/delivery/retry.ts';
import type { AdapterClient, DeliveryJob } from '../../../lambdas/delivery/types.ts';
import { vendorHttp } from '../../../lambdas/delivery/vendor-http.ts';
import { manualClock, systemClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import type { Misbehaviour, NetSuiteSandbox } from '../../../local/sandboxes/netsuite/server.ts';
import { memoryDeliveryStore } from '../../twins/memory-delivery-store.ts';
import { memoryPayloads } from '../../twins/memory-payloads.ts';
import { depositApplication, exampleMapping, invoiceDocument } from '../../unit/delivery/documents.ts';
import { integration, startFixture } from '../../unit/sandboxes/netsuite-fixture.ts';

let sandbox: NetSuiteSandbox;
beforeAll(async () => {
  sandbox = await startFixture();
});
afterAll(() => sandbox.stop());

/** What can go wrong with one try: at the vendor, or to ourselves before or after the vendor's effect. */
type Fault =
  | { readonly at: 'vendor'; readonly rule: Misbehaviour }
  | { readonly at: 'us'; readonly when: 'before' | 'after' };

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    at: fc.constant('vendor' as const),
    rule: fc.oneof(
      fc.record({
        kind: fc.constantFrom('status' as const, 'drop' as const),
        effect: fc.constantFrom('before' as const, 'after' as const),
        status: fc.constantFrom(500, 502, 503),
        match: fc.constantFrom('/record/', 'GET ', 'POST /services/rest/record'),
      }),
      fc.record({
        kind: fc.constantFrom(
          'throttle' as const,
          'closed-period' as const,
          'expire-tokens' as const,
          'refuse-key' as const,
        ),
        match: fc.constantFrom('/record/', 'POST /services/rest/record'),
      }),
    ),
  }),
  fc.record({ at: fc.constant('us' as const), when: fc.constantFrom('before' as const, 'after' as const) }),
);

class Death extends Error {}

let runs = 0;

/** What is delivered: an invoice, or a deposit that pays for one which is there. */
const WHAT = {
  invoice: { mapping: 'netsuite-invoice', total: '1234.56' },
  depositApplication: { mapping: 'netsuite-payment', total: '1.01' },
} as const;

const deliverThrough = async (record: keyof typeof WHAT, faults: readonly Fault[], deliveredTwice: boolean) => {
  runs += 1;
  const documentId = `mb-property-${runs}`;
  const { mapping, total } = WHAT[record];
  const clock = manualClock('2026-11-01T00:00:00.000Z');
  const http = vendorHttp({ clock: systemClock });
  const credentials = { get: async () => ({ baseUrl: sandbox.url, secret: integration }), forget: () => undefined };
  const real = netSuiteClient({
    http,
    authenticator: netSuiteAuthenticator({ credentials, http, clock: systemClock, ids: countingIds() }),
  });
  let death: 'before' | 'after' | undefined;
  const client: AdapterClient = {
    ...real,
    create: async (job, payload) => {
      if (death === 'before') throw new Death();
      const outcome = await real.create(job, payload);
      if (death === 'after') throw new Death();
      return outcome;
    },
  };
  const [store, payloads] = [memoryDeliveryStore(), memoryPayloads()];
  const isPayment = record === 'depositApplication';
  const paid = { ...depositApplication, documentId, paymentId: `${documentId}-pay`, amount: total };
  const mapped = await mapPayload(exampleMapping(mapping), isPayment ? paid : { ...invoiceDocument, documentId });
  const job: DeliveryJob = {
    format: 1,
    adapter: 'netsuite',
    deliveryId: isPayment ? paid.paymentId : documentId,
    record,
    payloadKey: await payloads.write(mapped),
    payloadHash: mapped.hash,
    correlationId: 'property',
    expect: { currency: 'USD', total, customerId: '614' },
  };
  if (isPayment) {
    const invoice = await mapPayload(exampleMapping('netsuite-invoice'), { ...invoiceDocument, documentId });
    await real.create({ ...job, record: 'invoice', deliveryId: documentId }, invoice.payload);
  }
  const postponed = new Set<string>();
  const ports = {
    store,
    payloads,
    client,
    clock,
    concurrency: 2,
    health: adapterHealth(store, clock),
    breaker: breaker(clock, 5, 15_000),
    queue: {
      postpone: async () => undefined,
      bury: async ({ messageId }: QueueMessage) => void postponed.add(messageId),
    },
    observe: { ended: () => undefined, undeliverable: () => undefined, broke: () => undefined },
    jobOf: async (text: string) => netSuiteJobOf(text),
  };
  const message = (n: number): QueueMessage => ({
    messageId: `m-${n}`,
    receipt: 'r',
    body: JSON.stringify(job),
    receiveCount: 1,
  });
  const batch = deliveredTwice ? [message(1), message(2)] : [message(1)];
  // One fault per try, then tries without faults: enough to outlast a lease, a pause and a parked document.
  for (const each of [...faults, undefined, undefined, undefined]) {
    sandbox.behave();
    death = each?.at === 'us' ? each.when : undefined;
    if (each?.at === 'vendor') sandbox.misbehave(each.rule);
    await consume(ports, batch, clock.nowMillis() + 30_000);
    clock.advance(60_000);
  }
  sandbox.behave();
  const documents = sandbox.books().filter(({ externalId }) => externalId === job.deliveryId);
  return { documents, status: await store.status('netsuite', job.deliveryId) };
};

describe('whatever goes wrong', () => {
  it.each(['invoice', 'depositApplication'] as const)(
    'the vendor ends with exactly one %s, and we know its id',
    async (record) => {
      await fc.assert(
        fc.asyncProperty(fc.array(fault, { maxLength: 6 }), fc.boolean(), async (faults, deliveredTwice) => {
          const { documents, status } = await deliverThrough(record, faults, deliveredTwice);
          expect(documents).toHaveLength(1);
          expect(documents[0]?.total).toBe(WHAT[record].total);
          expect(status).toMatchObject({ state: 'posted', vendorId: documents[0]?.id });
        }),
        { numRuns: 60 },
      );
    },
  );
});
