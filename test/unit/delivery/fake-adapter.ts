import type { AdapterClient, DeliveryJob, DeliveryOutcome, LookupResult } from '../../../lambdas/delivery/types.ts';
import { sha256Hex } from '../../../lambdas/platform/hash.ts';

/** A job for the payload `{}` of a USD document over 7.50 for customer 614. */
export const jobOf = (deliveryId: string, payload = '{}'): DeliveryJob => ({
  format: 1,
  adapter: 'netsuite',
  deliveryId,
  record: 'invoice',
  payloadKey: `payloads/${sha256Hex(payload)}.json`,
  payloadHash: sha256Hex(payload),
  correlationId: `c-${deliveryId}`,
  expect: { currency: 'USD', total: '7.50', customerId: '614' },
});

/** What an equal and live record looks like. */
export const EQUAL: LookupResult = {
  found: true,
  vendorId: '1001',
  total: '7.5',
  currency: 'USD',
  customerId: '614',
  live: true,
};
export const ABSENT: LookupResult = { found: false };

export const failure = (outcome: Exclude<DeliveryOutcome['outcome'], 'posted' | 'accepted'>) =>
  ({ outcome, code: `CODE_${outcome}`, message: `it was ${outcome}` }) as const;

/** An adapter that answers from a script, and remembers what it was asked. */
export const fakeAdapter = (script: {
  readonly lookups?: readonly LookupResult[];
  readonly creates?: readonly DeliveryOutcome[];
}): AdapterClient & { readonly calls: string[] } => {
  const lookups = [...(script.lookups ?? [])];
  const creates = [...(script.creates ?? [])];
  const calls: string[] = [];
  return {
    calls,
    lookup: async () => {
      calls.push('lookup');
      return lookups.shift() ?? ABSENT;
    },
    create: async () => {
      calls.push('create');
      return creates.shift() ?? { outcome: 'posted', vendorId: '1001' };
    },
    renew: () => {
      calls.push('renew');
    },
  };
};
