import { describe, expect, it } from 'vitest';
import { parseDecimal, ZERO } from '../../../lambdas/platform/decimal.ts';
import { RatingError } from '../../../lambdas/rating/rating-error.ts';
import { policy } from './one-price.ts';
import { amountOf, differing, outcomeOf, PART, workingOf } from './one-step.ts';

describe('allowance', () => {
  const step = { step: 'allowance', quantity: '100000' } as const;

  it('takes off what is included: 120,000 − 100,000 = 20,000', () => {
    expect(outcomeOf(workingOf('120000'), step)).toMatchObject({
      text: '120,000 calls − 100,000 included = 20,000 calls',
      amount: ZERO,
      quantity: parseDecimal('20000'),
    });
    expect(outcomeOf(workingOf('100000'), step)).toMatchObject({
      text: '100,000 calls of 100,000 included: nothing above the allowance',
      quantity: ZERO,
    });
    expect(outcomeOf(workingOf('-5'), step).quantity).toEqual(ZERO);
  });

  it('is whole or by day for part of a period, and always by day when the contract was amended', () => {
    const byDay = { part: PART, policy: policy('itemised') };
    const said = '70,000 calls − 64,516.129032258065 included (100,000 × 20 of 31 days) = 5,483.870967741935 calls';
    expect(outcomeOf(workingOf('70000'), step, byDay).text).toBe(said);
    expect(outcomeOf(workingOf('70000'), step, { part: PART }).quantity).toEqual(ZERO);
    expect(outcomeOf(workingOf('70000'), step, { part: PART, amended: true }).text).toBe(said);
  });

  it('leaves to others of its pool what it does not use', () => {
    const pooled = { ...step, pool: 'calls' };
    const first = outcomeOf(workingOf('60000'), pooled);
    expect(first.working.poolTaken).toEqual({ pool: 'calls', quantity: parseDecimal('60000') });
    const second = outcomeOf(workingOf('60000'), pooled, { poolTaken: { calls: parseDecimal('60000') } });
    expect(second.text).toBe(
      '60,000 calls − 40,000 included (100,000 of "calls" less 60,000 that others used) = 20,000 calls',
    );
    const third = outcomeOf(workingOf('10'), pooled, { poolTaken: { calls: parseDecimal('100000') } });
    expect(third.quantity).toEqual(parseDecimal('10'));
    expect(third.working.poolTaken?.quantity).toEqual(ZERO);
  });

  it('rolls over what is left, uses the oldest first and keeps at most so much', () => {
    const rolling = { ...step, quantity: '100', rollover: { periods: 2, upTo: '150' } };
    expect(outcomeOf(workingOf('30'), rolling).working.closing).toEqual({ rollover: [{ quantity: '70', periods: 2 }] });
    const opening = {
      rollover: [
        { quantity: '20', periods: 1 },
        { quantity: '70', periods: 2 },
      ],
    };
    const little = outcomeOf(workingOf('50'), rolling, { opening });
    // 20 of the oldest, 30 of the next; 40 of it hold for one period more, and all 100 of this period's.
    expect(little.working.closing).toEqual({
      rollover: [
        { quantity: '40', periods: 1 },
        { quantity: '100', periods: 2 },
      ],
    });
    expect(little.text).toBe('50 calls of 50 left from before and 100 included: nothing above the allowance');
    const much = outcomeOf(workingOf('200'), rolling, { opening });
    expect(much).toMatchObject({
      text: '200 calls − 90 left from before − 100 included = 10 calls',
      quantity: parseDecimal('10'),
    });
    expect(much.working.closing).toBeUndefined();
    const none = outcomeOf(workingOf('0'), rolling, { opening });
    expect(none.working.closing).toEqual({
      rollover: [
        { quantity: '70', periods: 1 },
        { quantity: '80', periods: 2 },
      ],
    });
  });
});

describe('percentage', () => {
  const rates = { step: 'percentage', percent: '2.99' } as const;
  const transactions = ['10', '80', '10000'].map((amount) => ({ amount: parseDecimal(amount), count: 1 }));
  const charged = (step: object, more = transactions, quantity = '10090') =>
    outcomeOf(workingOf(quantity, { transactions: more }), { ...rates, ...step });

  it('is of the amount that usage carries', () => {
    expect(outcomeOf(workingOf('10090'), rates)).toMatchObject({
      text: '10,090.00 USD × 2.99 % = 301.691 USD',
      amount: parseDecimal('301.691'),
    });
    expect([amountOf('0', rates), amountOf('-100', rates)]).toEqual(['0', '0']);
  });

  it('has a fixed part and bounds for each transaction, and first ones that are free', () => {
    const bounds = { transactionMinimum: '1.75', transactionMaximum: '12' };
    expect(charged(bounds).amount).toEqual(parseDecimal('16.142'));
    expect(charged({ ...bounds, fixed: '2' }).amount).toEqual(parseDecimal('18.691'));
    expect(charged({ ...bounds, freeTransactions: 2 }).amount).toEqual(parseDecimal('12'));
    expect(charged({ ...bounds, freeTransactions: 3 }).amount).toEqual(ZERO);
    expect(charged(bounds).node?.children.map(({ text }) => text)).toEqual([
      '2.99 % of 10.00 USD, at least 1.75 USD = 1.75 USD',
      '2.99 % of 80.00 USD = 2.392 USD',
      '2.99 % of 10,000.00 USD, at most 12.00 USD = 12.00 USD',
    ]);
  });

  it('takes equal transactions together, and free ones from within them', () => {
    const many = [{ amount: parseDecimal('100'), count: 5 }];
    const result = charged({ percent: '0', fixed: '2', freeTransactions: 1 }, many, '500');
    expect(result).toMatchObject({ text: '5 transactions, 1 of them free = 8.00 USD', amount: parseDecimal('8') });
    expect(result.node?.children.map(({ text }) => text)).toEqual(['4 × (2.00 USD + 0 % of 100.00 USD) = 8.00 USD']);
  });

  it('lets an allowance cover the first of them', () => {
    const three = ['250', '275', '275'].map((amount) => ({ amount: parseDecimal(amount), count: 1 }));
    const steps = [
      { step: 'allowance', quantity: '250' },
      { step: 'percentage', percent: '1.3', fixed: '2' },
    ] as const;
    expect(outcomeOf(workingOf('800', { transactions: three }), steps).amount).toEqual(parseDecimal('11.15'));
    const half = [{ step: 'allowance', quantity: '300' }, steps[1]] as const;
    expect(outcomeOf(workingOf('800', { transactions: three }), half).amount).toEqual(parseDecimal('10.5'));
  });

  it('needs the transactions that it prices', () => {
    expect(() => outcomeOf(workingOf('800'), { ...rates, fixed: '2' })).toThrow(RatingError);
    expect(amountOf('0', { ...rates, fixed: '2' })).toBe('0');
  });

  it('converts transactions with their total', () => {
    const cents = [
      { step: 'unit-conversion', divideBy: '100', unit: 'USD' },
      { ...rates, fixed: '1' },
    ] as const;
    const result = outcomeOf(
      workingOf('10000', { transactions: [{ amount: parseDecimal('10000'), count: 1 }] }),
      cents,
    );
    expect(result.amount).toEqual(parseDecimal('3.99'));
  });
});

describe('matrix', () => {
  const step = {
    step: 'matrix',
    dimensions: ['region', 'size'],
    cells: [
      { values: ['eu', 'small'], unitPrice: '0.10' },
      { values: ['eu', 'large'], unitPrice: '0.50' },
    ],
  } as const;
  const line = (region: string, size: string, quantity: string, options: object = { otherwise: '0.20' }) => {
    const dimensions = { region, size };
    const rows = [{ dimensions, quantity: parseDecimal(quantity) }];
    return outcomeOf(workingOf(quantity), { ...step, ...options }, { dimensions, rows });
  };

  it('prices by the cell, or as all others: 50 in (us, large) × 0.20 = 10.00', () => {
    expect(line('eu', 'large', '10')).toMatchObject({
      text: '10 calls by region, size = 5.00 USD',
      amount: parseDecimal('5'),
    });
    expect(line('us', 'large', '50').node?.children.map(({ text }) => text)).toEqual([
      'us, large (no price of its own): 50 calls × 0.20 USD = 10.00 USD',
    ]);
    expect(line('eu', 'small', '-5').amount).toEqual(ZERO);
  });

  it('refuses values that nobody priced', () => {
    expect(() => line('us', 'large', '50', {})).toThrow('no cell of the price names region "us", size "large"');
    expect(outcomeOf(workingOf('0'), step).text).toBe('0 calls: nothing to charge');
  });

  it('prices each quantity of a pooled line by its own cell', () => {
    const rows = [
      { dimensions: { region: 'eu', size: 'small' }, quantity: parseDecimal('10') },
      { dimensions: { region: 'eu', size: 'large' }, quantity: parseDecimal('2') },
    ];
    expect(outcomeOf(workingOf('12'), step, { rows }).amount).toEqual(parseDecimal('2'));
  });
});

describe('capacity', () => {
  const step = {
    step: 'capacity',
    tiers: [
      { limits: { bandwidth: '100', members: '1000' }, price: '10' },
      { limits: { bandwidth: '200', members: '2000' }, price: '20' },
      { limits: null, price: '30' },
    ],
  } as const;
  const priced = (bandwidth: string, members?: string) => {
    const peaks = {
      bandwidth: parseDecimal(bandwidth),
      ...(members === undefined ? {} : { members: parseDecimal(members) }),
    };
    return outcomeOf(workingOf('1'), step, { peaks });
  };

  it('is the first tier that every peak fits', () => {
    expect(priced('100', '1001')).toMatchObject({
      text: 'peaks bandwidth 100, members 1,001 fit the tier up to bandwidth 200, members 2,000 = 20.00 USD',
      amount: parseDecimal('20'),
    });
    expect(priced('100', '1000').amount).toEqual(parseDecimal('10'));
    expect(priced('200.5').text).toBe('peaks bandwidth 200.5, members 0 fit the tier without limits = 30.00 USD');
  });
});

describe('stairstep', () => {
  const tiers = [
    { upTo: '1000', price: '50' },
    { upTo: '5000', price: '200' },
    { upTo: null, price: '350' },
  ];
  const step = { step: 'stairstep', tiers } as const;

  it('is one price for the step that the quantity reaches', () => {
    expect(outcomeOf(workingOf('1500'), step)).toMatchObject({
      text: '1,500 calls in the step 1,000 to 5,000 = 200.00 USD',
      amount: parseDecimal('200'),
    });
    expect(['0', '-1', '0.001', '1000', '1000.001', '5001'].map((quantity) => amountOf(quantity, step))).toEqual([
      '0',
      '0',
      '50',
      '50',
      '200',
      '350',
    ]);
    expect(amountOf('1000', step, differing({ tierEdge: 'exclusive' }))).toBe('200');
    expect(amountOf('1000.5', step, differing({ tierGap: 'lower' }))).toBe('50');
    expect(outcomeOf(workingOf('0'), step).text).toBe('0 calls: nothing to charge');
  });
});
