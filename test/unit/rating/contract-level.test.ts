import { describe, expect, it } from 'vitest';
import { rate } from '../../../lambdas/rating/rate.ts';
import {
  amounts,
  contractInput,
  each,
  fee,
  month,
  type OneContract,
  ratedContract,
  sentences,
} from './one-contract.ts';

const two: OneContract = {
  fees: { platform: fee('120.00') },
  metered: { calls: each('0.01') },
  used: { calls: '9000' },
};

describe('items that share a minimum or a maximum', () => {
  const shared = (bounds: object, more: Partial<OneContract> = {}) =>
    ratedContract({
      ...two,
      contract: { groups: [{ id: 'core', description: 'Core', items: ['platform', 'calls'], ...bounds }] },
      ...more,
    });

  it('are lifted to the one', () => {
    const result = shared({ minimum: '310.00' });
    expect(amounts(result)).toEqual(['platform: 120.00', 'calls: 90.00', 'group-core: 100.00']);
    expect(sentences(result, 'group-core')).toEqual([
      '310.00 USD minimum − 210.00 USD charged = 100.00 USD',
      '100.00 USD rounded half-up to 2 decimals = 100.00 USD',
    ]);
    expect(result.lines[2]?.arithmetic.children[0]?.children.map(({ text }) => text)).toEqual([
      'platform: 120.00 USD',
      'calls: 90.00 USD',
    ]);
  });

  it('are lowered to the other, and have no line of their own between both', () => {
    expect(amounts(shared({ maximum: '200.00' }))).toEqual(['platform: 120.00', 'calls: 90.00', 'group-core: -10.00']);
    expect(amounts(shared({ minimum: '210.00', maximum: '210.00' }))).toEqual(['platform: 120.00', 'calls: 90.00']);
  });

  it('have a minimum worth the covered days, and a whole maximum', () => {
    const start = { contract: { start: '2026-10-12', groups: [] } };
    const input = contractInput({ ...two, ...start });
    const groups = [{ id: 'core', description: 'Core', items: ['calls'], minimum: '310.00', maximum: '400.00' }];
    const result = rate({ ...input, contract: { ...input.contract, groups } });
    expect(amounts(result)).toEqual(['platform: 77.42', 'calls: 90.00', 'group-core: 110.00']);
    expect(sentences(result, 'group-core')[0]).toBe(
      '200.00 USD minimum (20 of 31 days) − 90.00 USD charged = 110.00 USD',
    );
  });

  it('have a whole maximum however little the contract covers, shared by day when it is amended', () => {
    const groups = [{ id: 'core', description: 'Core', items: ['calls'], maximum: '31.00' }];
    const late = ratedContract({ ...two, contract: { start: '2026-10-12', groups } });
    expect(sentences(late, 'group-core')[0]).toBe('31.00 USD maximum − 90.00 USD charged = -59.00 USD');
    const part = month('2026-10-12', '2026-11-01');
    const amended = ratedContract({ ...two, contract: { groups }, more: { part } });
    expect(sentences(amended, 'group-core')[0]).toBe(
      '20.00 USD maximum (20 of 31 days) − 90.00 USD charged = -70.00 USD',
    );
    const capped = { maximum: { amount: '31.00', description: 'Cap' } };
    expect(sentences(ratedContract({ ...two, contract: capped, more: { part } }), 'contract-maximum')[0]).toBe(
      '20.00 USD maximum (20 of 31 days) − 167.42 USD charged = -147.42 USD',
    );
    expect(amounts(ratedContract({ ...two, contract: { ...capped, start: '2026-10-12' } }))).toContain(
      'contract-maximum: -136.42',
    );
  });

  it('have no minimum within the period, but a maximum', () => {
    const interim = { more: { interim: true } };
    expect(amounts(shared({ minimum: '310.00' }, interim))).toEqual(['platform: 120.00', 'calls: 90.00']);
    expect(amounts(shared({ maximum: '200.00' }, interim))).toContain('group-core: -10.00');
  });
});

describe('the minimum commitment', () => {
  const committed = (agreed: object, more: Partial<OneContract> = {}) =>
    ratedContract({
      ...two,
      ...more,
      contract: {
        minimumCommitment: { amount: '100.00', description: 'Gold', ...agreed },
        ...more.contract,
      },
    });

  it('charges what is above it more', () => {
    const result = committed({ amount: '50.00', overageFactor: '1.2' });
    expect(amounts(result)).toEqual(['platform: 120.00', 'calls: 90.00', 'commitment-overage: 8.00']);
    expect(sentences(result, 'commitment-overage')[0]).toBe('above 50.00 USD charges count 1.2 times: 8.00 USD more');
    expect(amounts(committed({ overageFactor: '1.2' }))).toContain('minimum-commitment: 10.00');
  });

  it('counts what a maximum of a group left, and a group whose items have meters', () => {
    const groups = [{ id: 'capped', description: 'Capped', items: ['calls'], maximum: '40.00' }];
    expect(amounts(committed({}, { contract: { groups } }))).toEqual([
      'platform: 120.00',
      'calls: 90.00',
      'group-capped: -50.00',
      'minimum-commitment: 60.00',
    ]);
    const lifted = [{ id: 'least', description: 'Least', items: ['calls'], minimum: '95.00' }];
    expect(amounts(committed({}, { contract: { groups: lifted } }))).toContain('minimum-commitment: 5.00');
    const mixed = [{ id: 'least', description: 'Least', items: ['calls', 'platform'], minimum: '215.00' }];
    expect(amounts(committed({}, { contract: { groups: mixed } }))).toContain('minimum-commitment: 10.00');
  });

  it('is not looked at within the period', () => {
    expect(amounts(committed({}, { more: { interim: true } }))).toEqual(['platform: 120.00', 'calls: 90.00']);
  });

  const overYear = (
    period: ReturnType<typeof month>,
    charged: string | undefined,
    more: object = {},
    used = '9000',
    part?: ReturnType<typeof month>,
  ) =>
    committed(
      { amount: '1000.00', over: 'contract-year', overageFactor: '1.5' },
      {
        used: { calls: used },
        contract: { start: '2026-01-01', ...more },
        ...(charged === undefined ? {} : { opening: { committed: { yearStart: '2026-01-01', charged } } }),
        more: { period, ...(part === undefined ? {} : { part }) },
      },
    );

  it('over the contract year is lifted in its last period only', () => {
    const october = overYear(month('2026-10-01', '2026-11-01'), '500');
    expect(amounts(october)).toEqual(['platform: 120.00', 'calls: 90.00']);
    expect(october.closing.committed).toEqual({ yearStart: '2026-01-01', charged: '590' });
    const december = overYear(month('2026-12-01', '2027-01-01'), '590');
    expect(amounts(december)).toContain('minimum-commitment: 320.00');
    expect(sentences(december, 'minimum-commitment')[0]).toBe(
      '1,000.00 USD committed − 680.00 USD charged for usage since 2026-01-01 = 320.00 USD',
    );
    expect(december.closing.committed).toEqual({ yearStart: '2026-01-01', charged: '680' });
  });

  it('over the contract year begins anew with the next', () => {
    const january = overYear(month('2027-01-01', '2027-02-01'), '680');
    expect(january.closing.committed).toEqual({ yearStart: '2027-01-01', charged: '90' });
  });

  it('over the contract year is whole when the contract ends before', () => {
    const ended = overYear(month('2026-10-01', '2026-11-01'), '500', { end: '2026-10-16' });
    expect(amounts(ended)).toContain('minimum-commitment: 410.00');
  });

  it('over the contract year charges each euro above it more, once', () => {
    const crossing = overYear(month('2026-10-01', '2026-11-01'), '950');
    expect(amounts(crossing)).toContain('commitment-overage: 20.00');
    expect(sentences(crossing, 'commitment-overage')[0]).toBe(
      'above 1,000.00 USD of the contract year charges count 1.5 times: 20.00 USD more',
    );
    const above = overYear(month('2026-11-01', '2026-12-01'), '1040');
    expect(amounts(above)).toContain('commitment-overage: 45.00');
  });

  it('over a contract year that begins within a period ends with that period', () => {
    const input = { start: '2026-01-15' };
    expect(amounts(overYear(month('2026-12-01', '2027-01-01'), '0', input))).toEqual([
      'platform: 120.00',
      'calls: 90.00',
    ]);
    const january = ratedContract({
      ...two,
      contract: {
        start: '2026-01-15',
        minimumCommitment: { amount: '1000.00', description: 'Gold', over: 'contract-year' },
      },
      opening: { committed: { yearStart: '2026-01-15', charged: '100' } },
      more: { period: month('2027-01-01', '2027-02-01') },
    });
    expect(amounts(january)).toContain('minimum-commitment: 810.00');
    // Amended after the anniversary: the period is one, and its last part lifts it.
    const parts = [month('2027-01-01', '2027-01-20'), month('2027-01-20', '2027-02-01')].map((part) =>
      overYear(month('2027-01-01', '2027-02-01'), undefined, { start: '2026-01-15' }, '9000', part),
    );
    expect(parts.map((result) => amounts(result).includes('minimum-commitment: 910.00'))).toEqual([false, true]);
    expect(parts[1]?.closing.committed?.yearStart).toBe('2026-01-15');
  });
});

describe('the maximum of a contract', () => {
  it('lowers all lines to it', () => {
    const result = ratedContract({ ...two, contract: { maximum: { amount: '150.00', description: 'Cap' } } });
    expect(amounts(result)).toEqual(['platform: 120.00', 'calls: 90.00', 'contract-maximum: -60.00']);
    expect(sentences(result, 'contract-maximum')[0]).toBe('150.00 USD maximum − 210.00 USD charged = -60.00 USD');
    expect(
      amounts(ratedContract({ ...two, contract: { maximum: { amount: '210.00', description: 'Cap' } } })),
    ).toHaveLength(2);
  });
});
