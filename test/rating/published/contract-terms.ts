import type { ContractCredit, ContractDiscount } from '../../../lambdas/catalog/types.ts';
import type { Sheet } from './case-format.ts';
import type { Cover } from './cover.ts';
import { lineName } from './fees.ts';
import type { Plan } from './plan.ts';
import { CannotExpress, type Reader } from './reader.ts';

/** Percent or amount of a coupon, exactly one. */
const couponTerms = (coupon: Reader): Pick<ContractDiscount, 'percent' | 'amount'> => {
  const [percent, amount] = [coupon.decimal('percent'), coupon.money('amount')];
  if (percent !== undefined && amount === undefined) return { percent };
  if (amount !== undefined && percent === undefined) return { amount };
  throw new CannotExpress(`${coupon.path} has no percent and no amount, or both`);
};

/** Coupons of a line and of the invoice, an amount if it is not said otherwise. */
const discountsOf = (params: Reader): ContractDiscount[] => {
  const line = params.object('lineCoupon');
  const invoice = params.raw('invoiceCoupon');
  const described = typeof invoice === 'object' ? params.object('invoiceCoupon') : undefined;
  const amount = described === undefined ? params.money('invoiceCoupon') : undefined;
  const ofInvoice = { id: 'invoice-coupon', description: 'Coupon' };
  return [
    ...(line === undefined
      ? []
      : [
          {
            id: 'line-coupon',
            description: 'Coupon of a line',
            ...couponTerms(line),
            items: [lineName(line.whole('line') ?? 0)],
          },
        ]),
    ...(described === undefined ? [] : [{ ...ofInvoice, ...couponTerms(described) }]),
    ...(amount === undefined ? [] : [{ ...ofInvoice, amount }]),
  ];
};

/** Wallets, which lower the invoice, used in their order or by priority; and what was paid in advance. */
const creditsOf = (params: Reader, from: string): ContractCredit[] => {
  const [wallet, prepayment] = [params.money('wallet'), params.money('prepayment')];
  const several = (params.objects('wallets') ?? []).map((each) => ({
    amount: each.money('amount') ?? '0',
    priority: each.whole('priority'),
  }));
  const all = [...(wallet === undefined ? [] : [{ amount: wallet, priority: undefined }]), ...several];
  const credits = all.map(({ amount, priority }, n): ContractCredit => {
    const id = `wallet-${n + 1}`;
    return { id, description: 'Wallet', kind: 'promotional', amount, priority: priority ?? n + 1, from };
  });
  if (prepayment === undefined) return credits;
  const paid = { id: 'prepayment', description: 'Prepayment', priority: 1, from, items: ['usage'] };
  return [...credits, { ...paid, kind: 'prepaid', amount: prepayment }];
};

/** What a case agrees beside its prices: coupons, wallets, a prepayment, a commitment. */
export const contractOf = ({ params, model }: Sheet, { period }: Cover): Plan['contract'] => {
  const [discounts, credits] = [discountsOf(params), creditsOf(params, period.start)];
  const committed = model.parts.has('minimum_commitment') ? params.money('commitment') : undefined;
  return {
    ...(discounts.length === 0 ? {} : { discounts }),
    ...(credits.length === 0 ? {} : { credits }),
    ...(committed === undefined ? {} : { minimumCommitment: { amount: committed, description: 'Commitment' } }),
  };
};
