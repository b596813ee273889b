import { canonicalJson } from '../platform/canonical-json.ts';
import { itemFrames } from './item-frames.ts';
import type { Flaw } from './shape.ts';
import type { Contract, PriceBook } from './types.ts';

/**
 * Items that name one pool share one allowance, so they must say the same of it. A pool is looked at with the steps that
 * hold at first; a ramp that changes a pool changes it for each of its items.
 */
export const repeatedPools = (contract: Contract, book: PriceBook): Flaw[] => {
  const pools = new Map<string, { readonly item: string; readonly quantity: string; readonly said: string }>();
  const flaws: Flaw[] = [];
  contract.items.forEach((item, n) => {
    const price = book.prices.find((candidate) => candidate.id === item.price);
    const steps = price === undefined ? [] : (itemFrames(item, price)[0]?.price.steps ?? []);
    for (const step of steps) {
      if (step.step !== 'allowance' || step.pool === undefined) continue;
      const said = canonicalJson(step);
      const other = pools.get(step.pool);
      if (other === undefined) pools.set(step.pool, { item: item.id, quantity: step.quantity, said });
      else if (other.said !== said) {
        const message = `shares the pool "${step.pool}" with the item "${other.item}", which says ${other.quantity} and not ${step.quantity}: a pool is one allowance`;
        flaws.push({ path: `/items/${n}`, message });
      }
    }
  });
  return flaws;
};
