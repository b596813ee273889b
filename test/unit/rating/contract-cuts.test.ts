import { describe, expect, it } from 'vitest';
import { amounts, each, fee, type OneContract, ratedContract, sentences } from './one-contract.ts';

const two: OneContract = {
  fees: { platform: fee('120.00') },
  metered: { calls: each('0.01') },
  used: { calls: '9000' },
};

describe('the discounts of a contract', () => {
  const discounts = [
    { id: 'first', description: 'Ten percent', percent: '10' },
    { id: 'second', description: 'Fifty off calls', amount: '50.00', items: ['calls'] },
    { id: 'third', description: 'Half of calls', percent: '50', items: ['calls'] },
  ];

  it('are each taken of what the earlier ones left of their lines', () => {
    const result = ratedContract({ ...two, contract: { discounts } });
    expect(amounts(result)).toEqual([
      'platform: 120.00',
      'calls: 90.00',
      'discount-first: -21.00',
      'discount-second: -50.00',
      'discount-third: -15.50',
    ]);
    expect(sentences(result, 'discount-third')[0]).toBe('50 % of 31.00 USD = 15.50 USD');
    expect(sentences(result, 'discount-second')[0]).toBe('50.00 USD off 81.00 USD');
    const covered = (item: string) =>
      result.lines.find((line) => line.item === item)?.arithmetic.children[0]?.children.map(({ text }) => text);
    expect(covered('discount-first')).toEqual(['platform: 120.00 USD', 'calls: 90.00 USD']);
    expect(covered('discount-third')).toEqual(['calls: 90.00 USD, 31.00 USD left of it']);
  });

  it('never take more than there is', () => {
    const all = [{ id: 'all', description: 'All', amount: '1000.00' }];
    expect(amounts(ratedContract({ ...two, contract: { discounts: all } }))).toContain('discount-all: -210.00');
    const calls = [{ id: 'calls', description: 'Calls', amount: '1000.00', items: ['calls'] }];
    expect(amounts(ratedContract({ ...two, contract: { discounts: calls } }))).toContain('discount-calls: -90.00');
  });

  it('are taken of what the maximum left of their lines', () => {
    const contract = {
      maximum: { amount: '105.00', description: 'Cap' },
      discounts: [{ id: 'half', description: 'Half', percent: '50', items: ['calls'] }],
    };
    expect(amounts(ratedContract({ ...two, contract }))).toContain('discount-half: -22.50');
  });

  it('cover all lines but those that lower others', () => {
    const all = [
      { id: 'first', description: 'First', percent: '10' },
      { id: 'second', description: 'Second', percent: '10' },
    ];
    const { lines } = ratedContract({ ...two, contract: { discounts: all } });
    expect(lines.at(-1)?.arithmetic.children[0]?.children.map(({ text }) => text)).toEqual([
      'platform: 120.00 USD, 108.00 USD left of it',
      'calls: 90.00 USD, 81.00 USD left of it',
    ]);
  });

  it('pin the lines that they cover', () => {
    const hashed = (used: string, amount: string) =>
      ratedContract({
        ...two,
        used: { calls: used },
        contract: { discounts: [{ id: 'd', description: 'D', amount, items: ['calls'] }] },
      }).lines.find(({ item }) => item === 'discount-d')?.inputsHash;
    expect(hashed('9000', '1.00')).not.toBe(hashed('9001', '1.00'));
  });

  it('hold for the periods that begin in their dates', () => {
    const dated = (from: string, until: string) =>
      amounts(
        ratedContract({ ...two, contract: { discounts: [{ id: 'd', description: 'D', percent: '10', from, until }] } }),
      );
    expect(dated('2026-10-01', '2026-10-02')).toContain('discount-d: -21.00');
    expect(dated('2026-10-02', '2027-01-01')).toHaveLength(2);
    expect(dated('2026-01-01', '2026-10-01')).toHaveLength(2);
  });

  it('of a percent lower what goes back, too', () => {
    const back = { used: { calls: '-30000' }, contract: { discounts: [{ id: 'd', description: 'D', percent: '10' }] } };
    expect(amounts(ratedContract({ ...two, ...back }))).toEqual([
      'platform: 120.00',
      'calls: -300.00',
      'discount-d: 18.00',
    ]);
    const amount = {
      used: { calls: '-30000' },
      contract: { discounts: [{ id: 'd', description: 'D', amount: '10' }] },
    };
    expect(amounts(ratedContract({ ...two, ...amount }))).toHaveLength(2);
  });
});

describe('the credits of a contract', () => {
  const credit = { kind: 'promotional', description: 'Welcome', from: '2026-01-01', priority: 1 } as const;

  it('are used by priority, then by what expires first, then by id', () => {
    const credits = [
      { ...credit, id: 'z-never', amount: '10.00' },
      { ...credit, id: 'late', amount: '20.00', expires: '2027-12-01' },
      { ...credit, id: 'soon', amount: '30.00', expires: '2026-12-01' },
      { ...credit, id: 'first', amount: '40.00', priority: 0 },
      { ...credit, id: 'a-never', amount: '1000.00' },
      { ...credit, id: 'gone', amount: '5.00', expires: '2026-10-01' },
      { ...credit, id: 'future', amount: '5.00', from: '2026-10-02' },
    ];
    const result = ratedContract({ ...two, contract: { credits } });
    expect(amounts(result)).toEqual([
      'platform: 120.00',
      'calls: 90.00',
      'credit-first: -40.00',
      'credit-soon: -30.00',
      'credit-late: -20.00',
      'credit-a-never: -120.00',
    ]);
    expect(sentences(result, 'credit-a-never')[0]).toBe('120.00 USD of 1,000.00 USD credit, 880.00 USD left');
    expect(result.closing.wallets?.map(({ credit: id, left }) => `${id} ${left}`)).toEqual([
      'z-never 10',
      'late 0',
      'soon 0',
      'first 0',
      'a-never 880',
      'gone 5',
      'future 5',
    ]);
  });

  it('go on with what the period before left, and with what was granted since', () => {
    const wallets = [{ credit: 'c', left: '30', granted: '100.00' }];
    const credits = [{ ...credit, id: 'c', amount: '100.00' }];
    expect(amounts(ratedContract({ ...two, contract: { credits }, opening: { wallets } }))).toContain(
      'credit-c: -30.00',
    );
    const raised = [{ ...credit, id: 'c', amount: '150.00' }];
    expect(amounts(ratedContract({ ...two, contract: { credits: raised }, opening: { wallets } }))).toContain(
      'credit-c: -80.00',
    );
    const lowered = [{ ...credit, id: 'c', amount: '20.00' }];
    const result = ratedContract({ ...two, contract: { credits: lowered }, opening: { wallets } });
    expect(amounts(result)).toHaveLength(2);
    expect(result.closing.wallets).toEqual([{ credit: 'c', left: '0', granted: '20.00' }]);
  });

  it('are used from the first day on that they may be, and before the one on which they expire', () => {
    const used = (dates: { readonly from: string; readonly expires?: string }) =>
      amounts(ratedContract({ ...two, contract: { credits: [{ ...credit, id: 'c', amount: '10.00', ...dates }] } }));
    expect(used({ from: '2026-10-01' })).toContain('credit-c: -10.00');
    expect(used({ from: '2026-10-02' })).toHaveLength(2);
    expect(used({ from: '2026-01-01', expires: '2026-10-02' })).toContain('credit-c: -10.00');
    expect(used({ from: '2026-01-01', expires: '2026-10-01' })).toHaveLength(2);
  });

  it('go on with a wallet that does not say what was granted', () => {
    const credits = [{ ...credit, id: 'c', amount: '100.00' }];
    const wallets = [{ credit: 'c', left: '30' }];
    expect(amounts(ratedContract({ ...two, contract: { credits }, opening: { wallets } }))).toContain(
      'credit-c: -30.00',
    );
  });

  it('keep wallets that this version of the contract does not have', () => {
    const wallets = [{ credit: 'other', left: '30' }];
    expect(ratedContract({ ...two, opening: { wallets } }).closing.wallets).toEqual(wallets);
  });

  it('lower only the lines of their items, after discounts', () => {
    const contract = {
      discounts: [{ id: 'half', description: 'Half', percent: '50' }],
      credits: [{ ...credit, id: 'c', amount: '100.00', items: ['calls'] }],
    };
    expect(amounts(ratedContract({ ...two, contract }))).toEqual([
      'platform: 120.00',
      'calls: 90.00',
      'discount-half: -105.00',
      'credit-c: -45.00',
    ]);
  });

  it('that are prepaid pay what promotional ones leave, and are no lines', () => {
    const credits = [
      { ...credit, id: 'paid', kind: 'prepaid' as const, amount: '1000.00', priority: 0 },
      { ...credit, id: 'promo', amount: '100.00' },
    ];
    const result = ratedContract({ ...two, contract: { credits } });
    expect(amounts(result)).toEqual(['platform: 120.00', 'calls: 90.00', 'credit-promo: -100.00']);
    expect(result.payments).toEqual([{ credit: 'paid', description: 'Welcome', amount: '110.00' }]);
    expect(result.closing.wallets).toContainEqual({ credit: 'paid', left: '890', granted: '1000.00' });
  });

  it('are not used for money that goes back', () => {
    const credits = [{ ...credit, id: 'c', amount: '100.00' }];
    expect(amounts(ratedContract({ ...two, used: { calls: '-30000' }, contract: { credits } }))).toHaveLength(2);
  });
});
