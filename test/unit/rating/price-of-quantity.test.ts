import { describe, expect, it } from 'vitest';
import { priceOfQuantity } from '../../../lambdas/rating/price-of-quantity.ts';

describe('the price of a quantity', () => {
  const volume = {
    step: 'volume',
    tiers: [
      { upTo: '15', unitPrice: '10.00' },
      { upTo: null, unitPrice: '5.00' },
    ],
  } as const;
  const of = (quantity: string, currency = 'USD') =>
    priceOfQuantity({ steps: [volume], quantity, unit: 'seat', currency });

  it("is what a line for a whole period comes to, in the currency's decimals", () => {
    expect(['15', '16', '15.5'].map((quantity) => of(quantity))).toEqual(['150.00', '80.00', '77.50']);
    expect(of('16', 'JPY')).toBe('80');
  });

  it('is 0 where there is no line', () => {
    expect(of('0')).toBe('0');
  });
});
