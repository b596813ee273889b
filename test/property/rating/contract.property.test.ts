import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Contract, ContractCredit } from '../../../lambdas/catalog/types.ts';
import {
  add,
  compare,
  type Decimal,
  formatDecimal,
  fromMinorUnits,
  isNegative,
  maximum,
  parseDecimal,
  subtract,
  sum,
  ZERO,
} from '../../../lambdas/platform/decimal.ts';
import { type BilledLine, billedDifference } from '../../../lambdas/rating/billed-difference.ts';
import { rate, rateAmounts } from '../../../lambdas/rating/rate.ts';
import { scheduleOf } from '../../../lambdas/rating/recognition.ts';
import type { RateInput, RateResult } from '../../../lambdas/rating/types.ts';
import { contractInput, each, fee } from '../../unit/rating/one-contract.ts';
import { decimalText } from './arbitraries.ts';

const money = fc.bigInt({ min: 0n, max: 200_000n }).map((cents) => formatDecimal(fromMinorUnits(cents, 2)));
const ITEMS = ['fee', 'a', 'b'] as const;
const items = fc.option(fc.subarray([...ITEMS], { minLength: 1 }), { nil: undefined });
const percent = fc.integer({ min: 0, max: 100 }).map(String);

const discounts = fc.array(
  fc.oneof(
    percent.map((p) => ({ percent: p })),
    money.map((amount) => ({ amount })),
  ),
  {
    maxLength: 3,
  },
);
const credits = fc.array(
  fc.record({ kind: fc.constantFrom('promotional' as const, 'prepaid' as const), amount: money, priority: fc.nat(3) }),
  { maxLength: 3 },
);

/** A contract of a fee and two metered prices, with whatever may be agreed beside them. */
const contracts: fc.Arbitrary<RateInput> = fc
  .record({
    used: fc.record({ a: decimalText(10_000n), b: decimalText(10_000n) }),
    group: fc.option(fc.record({ least: money, more: money }), { nil: undefined }),
    committed: fc.option(money, { nil: undefined }),
    most: fc.option(money, { nil: undefined }),
    discounts: fc.tuple(discounts, items),
    credits: fc.tuple(credits, items),
    start: fc.constantFrom('2026-01-01', '2026-10-12', '2026-10-31'),
    policyId: fc.constantFrom('standard', 'itemised'),
    currency: fc.constantFrom('USD', 'JPY', 'BHD'),
  })
  .map((given) => {
    const { group, committed, most } = given;
    const some = <T extends object>(list: readonly T[], of: readonly string[] | undefined) =>
      list.map((one, n) => ({ ...one, id: `${n}`, description: 'D', ...(of === undefined ? {} : { items: of }) }));
    const contract: Partial<Contract> = {
      start: given.start,
      currency: given.currency,
      ...(group === undefined
        ? {}
        : {
            groups: [
              {
                id: 'g',
                description: 'G',
                items: ['fee', 'a'],
                minimum: group.least,
                maximum: formatDecimal(add(parseDecimal(group.least), parseDecimal(group.more))),
              },
            ],
          }),
      ...(committed === undefined ? {} : { minimumCommitment: { amount: committed, description: 'Least' } }),
      ...(most === undefined ? {} : { maximum: { amount: most, description: 'Most' } }),
      discounts: some(...given.discounts),
      credits: some(...given.credits).map((credit): ContractCredit => ({ ...credit, from: '2026-01-01' })),
    };
    const input = contractInput({
      fees: { fee: fee('100.00') },
      metered: { a: each('0.37'), b: each('1.5') },
      used: given.used,
      contract,
      policy: given.policyId,
    });
    return { ...input, priceBook: { ...input.priceBook, currency: given.currency } };
  });

const total = (lines: readonly { readonly amount: string }[]): Decimal =>
  sum(lines.map(({ amount }) => parseDecimal(amount)));
const withoutCuts = ({ lines }: RateResult) => lines.filter(({ item }) => !/^(discount|credit)-/.test(item));

describe('whatever a contract agrees', () => {
  it('its lines never come to more than its maximum, nor to less than nothing', () => {
    fc.assert(
      fc.property(contracts, (input) => {
        const result = rate(input);
        const { maximum: most } = input.contract;
        if (most !== undefined) {
          const exponent = result.lines[0]?.amount.split('.')[1]?.length ?? 0;
          const rounded = fromMinorUnits(1n, exponent);
          expect(compare(total(withoutCuts(result)), add(parseDecimal(most.amount), rounded))).toBeLessThanOrEqual(0);
        }
        expect(isNegative(total(result.lines))).toBe(false);
      }),
    );
  });

  it('a group is between its bounds for a whole period, and a contract never below its commitment', () => {
    fc.assert(
      fc.property(contracts, (input) => {
        const { groups, minimumCommitment, maximum: most, start, currency } = input.contract;
        if (start > input.period.start || currency === 'JPY') return;
        const lines = withoutCuts(rate(input));
        const [group] = groups ?? [];
        if (group?.minimum !== undefined && group.maximum !== undefined) {
          const charged = total(lines.filter(({ item }) => [...group.items, 'group-g'].includes(item)));
          expect(compare(charged, parseDecimal(group.minimum))).toBeGreaterThanOrEqual(0);
          expect(compare(charged, parseDecimal(group.maximum))).toBeLessThanOrEqual(0);
        }
        if (minimumCommitment !== undefined && most === undefined) {
          expect(compare(total(lines), parseDecimal(minimumCommitment.amount))).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('credits take what they have and no more, and every unit that leaves a wallet is on a line or a payment', () => {
    fc.assert(
      fc.property(contracts, (input) => {
        const { lines, payments, closing } = rate(input);
        const left = total((closing.wallets ?? []).map((wallet) => ({ amount: wallet.left })));
        const granted = total(input.contract.credits ?? []);
        const used = total(lines.filter(({ item }) => item.startsWith('credit-')));
        expect(add(left, subtract(total(payments), used))).toEqual(granted);
        expect((closing.wallets ?? []).some((wallet) => wallet.left.startsWith('-'))).toBe(false);
        expect(compare(total(payments), maximum(total(lines), ZERO))).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('lines of one group name each other, amounts alone are those of the lines, schedules sum to them', () => {
    fc.assert(
      fc.property(contracts, (input) => {
        const { lines } = rate(input);
        expect(rateAmounts(input).lines.map(({ amount }) => amount)).toEqual(lines.map(({ amount }) => amount));
        expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
        for (const line of lines) {
          expect(total(scheduleOf(line).entries)).toEqual(parseDecimal(line.amount));
          if (/^(group|discount|credit)-|^contract-|-commitment$/.test(line.item)) expect(line.group).toBeDefined();
        }
      }),
    );
  });

  it('bills within the period and the one at its end add up to the period', () => {
    const shares = fc
      .array(fc.integer({ min: 0, max: 100 }), { maxLength: 3 })
      .map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(contracts, shares, (input, seen) => {
        const billed: BilledLine[] = [];
        const bill = (result: RateResult) =>
          billed.push(
            ...billedDifference(result.lines, billed).map(({ id, currency, amount }) => ({ id, currency, amount })),
          );
        for (const share of seen) {
          const part = fromMinorUnits(BigInt(share), 2);
          const usage = input.usage.map((row) => ({
            ...row,
            quantity: formatDecimal({
              ...part,
              units: part.units * parseDecimal(row.quantity).units,
              scale: part.scale + parseDecimal(row.quantity).scale,
            }),
          }));
          bill(rate({ ...input, usage, interim: true }));
        }
        const final = rate(input);
        bill(final);
        expect(total(billed)).toEqual(total(final.lines));
        expect(billedDifference(final.lines, billed)).toEqual([]);
      }),
    );
  });
});
