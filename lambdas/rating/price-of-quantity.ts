import type { Contract, PriceStep } from '../catalog/types.ts';
import { policyOf } from './policies.ts';
import { rate } from './rate.ts';

/** A quantity in the unit that the steps charge, and the steps that price it. */
export type QuantityToPrice = {
  readonly steps: readonly PriceStep[];
  readonly quantity: string;
  readonly unit: string;
  readonly currency: string;
};

const PERIOD = { start: '2026-01-01', end: '2026-02-01', zone: 'UTC' };
const ID = 'trial';

/**
 * What a quantity costs by some steps alone, for a whole period under the policy `standard`: a decimal string, `0` where
 * there is no line. It is `rate` itself, for whoever asks what a price would come to before anybody has it (checks of a
 * publication).
 */
export const priceOfQuantity = ({ steps, quantity, unit, currency }: QuantityToPrice): string => {
  const policy = policyOf('standard');
  if (policy === undefined) throw new Error('the policy "standard" is gone; name another one here');
  const contract: Contract = {
    id: ID,
    account: ID,
    payer: ID,
    entity: ID,
    currency,
    zone: PERIOD.zone,
    start: PERIOD.start,
    anchorDay: 1,
    cadence: 'monthly',
    priceBook: ID,
    items: [{ id: ID, price: ID }],
    policy: policy.id,
  };
  const price = { id: ID, product: ID, description: ID, meter: ID, perDimensions: [], steps };
  const { lines } = rate({
    contract,
    contractVersion: 1,
    priceBook: { id: ID, name: ID, currency, prices: [price] },
    priceBookVersion: 1,
    usage: [{ meter: ID, meterVersion: 1, unit, dimensions: {}, quantity }],
    opening: { format: 1, carryIn: {} },
    period: PERIOD,
    policy,
    usageHash: '',
  });
  return lines[0]?.amount ?? '0';
};
