import { describe, expect, it } from 'vitest';
import {
  type DueDelivery,
  dueDeliveries,
  maySend,
  needsNothing,
  waitsForStopped,
} from '../../../lambdas/close/due-deliveries.ts';
import { documentIdIn, paymentIdOf } from '../../../lambdas/close/names.ts';
import { depositApplications, paymentDifferences, withAppliedBy } from '../../../lambdas/close/payments.ts';
import type { SlimDocument } from '../../../lambdas/close/records.ts';
import type { DocumentPayment } from '../../../lambdas/close/types.ts';
import type { DeliveryState } from '../../../lambdas/delivery/types.ts';

const document = (documentId: string, over: Partial<SlimDocument> = {}): SlimDocument =>
  ({ documentId, kind: 'invoice', total: '10.00', currency: 'USD', ...over }) as SlimDocument;
const memo = document('memo', { kind: 'debit-memo', corrects: 'invoice', total: '-3.00' });
const entry = (documentId: string, payments?: readonly string[]) => ({
  ...{ documentId, account: 'a1', kind: 'invoice' as const, currency: 'USD', total: '10.00' },
  ...{ mapping: 'm', mappingVersion: 1, payloadKey: `k-${documentId}`, payloadHash: 'h' },
  ...(payments === undefined
    ? {}
    : {
        payments: payments.map((paymentId) => ({
          ...{ paymentId, amount: '4.00', mapping: 'p', mappingVersion: 1, payloadKey: 'k', payloadHash: 'h' },
        })),
      }),
});
const due = dueDeliveries(
  { documents: [entry('invoice', ['pay']), entry('memo', ['pay-memo']), entry('gone')] },
  new Map([document('invoice'), memo].map((each) => [each.documentId, each])),
);
const of = (id: string): DueDelivery => {
  const found = due.find((each) => each.id === id);
  if (found === undefined) throw new Error(`nothing is due as ${id}`);
  return found;
};
const standing = (states: Readonly<Record<string, DeliveryState>>) =>
  new Map(Object.entries(states).map(([id, state]) => [id, { state }]));

describe('what is due of a manifest', () => {
  it('is each document and the deposits that are applied to it, with what they wait for', () => {
    expect(due.map(({ id, record, after, total }) => [id, record, after, total])).toEqual([
      ['invoice', 'invoice', undefined, '10.00'],
      ['pay', 'depositApplication', 'invoice', '4.00'],
      ['memo', 'invoice', 'invoice', '3.00'],
      ['pay-memo', 'depositApplication', 'memo', '4.00'],
    ]);
  });

  it('is sent when what it waits for is in the ERP', () => {
    expect(maySend(standing({}), of('invoice'))).toBe(true);
    expect(maySend(standing({ invoice: 'sending' }), of('pay'))).toBe(false);
    expect(maySend(standing({ invoice: 'posted' }), of('pay'))).toBe(true);
  });

  it('is stuck with what it waits for, however long the chain', () => {
    const stopped = standing({ invoice: 'failed' });
    expect(['pay', 'memo', 'pay-memo'].map((id) => waitsForStopped(stopped, of(id), due))).toEqual([true, true, true]);
    expect(waitsForStopped(stopped, of('invoice'), due)).toBe(false);
    expect(waitsForStopped(standing({ invoice: 'posted', memo: 'sending' }), of('pay-memo'), due)).toBe(false);
    expect(waitsForStopped(standing({ invoice: 'failed', pay: 'failed' }), of('pay'), due)).toBe(false);
  });

  it('is done when it is posted or given up, and a deposit also when its document was given up', () => {
    expect(needsNothing(standing({ invoice: 'accepted' }), of('invoice'))).toBe(true);
    expect(needsNothing(standing({ invoice: 'void' }), of('pay'))).toBe(true);
    expect(needsNothing(standing({ invoice: 'void' }), of('memo'))).toBe(false);
    expect(needsNothing(standing({ invoice: 'posted' }), of('pay'))).toBe(false);
  });
});

describe('how a payment comes into the ERP', () => {
  const paid = { contract: 'c', credit: 'prepaid', description: 'Prepaid', amount: '5.00' };
  const applied = (kind: 'invoice' | 'credit-memo', over: object) =>
    withAppliedBy(kind, [{ ...paid, ...over }]).map(({ appliedBy }) => appliedBy);

  it('is its deposit for what an invoice is paid with, else a person', () => {
    expect(applied('invoice', { deposit: '1' })).toEqual(['deposit']);
    expect(applied('invoice', {})).toEqual(['hand']);
    expect(applied('invoice', { deposit: '1', amount: '-5.00' })).toEqual(['hand']);
    expect(applied('credit-memo', { deposit: '1' })).toEqual(['hand']);
  });

  it('is in sum what the wallet pays for all parts of an amended contract, less what documents said', () => {
    const due = { ...paid, account: 'a1', payer: 'a1', entity: 'inc', currency: 'USD' };
    const parts = [due, { ...due, amount: '7.00', deposit: '1' }];
    const said = (payments: readonly DocumentPayment[]) => [{ document: document('mb-1', { payments }), void: false }];
    const all = () => true;
    expect(paymentDifferences(parts, [], 'USD', all)).toEqual([{ ...paid, amount: '12.00', deposit: '1' }]);
    expect(paymentDifferences(parts, said([{ ...paid, amount: '13.00' }]), 'USD', all)).toMatchObject([
      { amount: '-1.00' },
    ]);
    expect(paymentDifferences([], said([paid]), 'USD', all)).toMatchObject([{ amount: '-5.00' }]);
    expect(paymentDifferences([], said([paid]), 'USD', () => false)).toEqual([]);
  });

  it('has an id of its own for each wallet, from which its document can be read', () => {
    const ids = ['a', 'b'].map((credit) => paymentIdOf('mb-a1-20261001-invoice-1USD-0', { contract: 'c', credit }));
    expect(new Set(ids).size).toBe(2);
    expect(ids.map(documentIdIn)).toEqual(Array(2).fill('mb-a1-20261001-invoice-1USD-0'));
    expect(documentIdIn('mb-pay-20261001-invoice-1USD-0')).toBe('mb-pay-20261001-invoice-1USD-0');
    const payments = withAppliedBy('invoice', [{ ...paid, deposit: '1' }, paid]);
    const whole = { ...document('mb-1'), payments } as never;
    expect(depositApplications(whole)).toMatchObject([{ paymentId: paymentIdOf('mb-1', paid), deposit: '1' }]);
  });
});
