import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, compare, formatDecimal, parseDecimal, subtract } from '../../../lambdas/platform/decimal.ts';
import { changeNet } from '../../../lambdas/rating/change-net.ts';
import { countedEvents } from '../../../lambdas/rating/counted-events.ts';
import { type DocumentInput, documentTotal } from '../../../lambdas/rating/document-total.ts';
import { policy } from './one-price.ts';

const invoice = (change: Partial<DocumentInput>) =>
  documentTotal({ kind: 'invoice', lines: [{ amount: '100' }], exponent: 2, policy: policy('standard'), ...change });

describe('the estimate of a document', () => {
  it('is its lines without tax', () => {
    expect(invoice({ lines: [{ amount: '10' }, { amount: '-2.5' }] })).toEqual({
      net: '7.50',
      taxable: '7.50',
      tax: '0.00',
      total: '7.50',
    });
  });

  it('takes tax of what promotional credits leave, or of what was there before them', () => {
    const lines = [{ amount: '70' }, { amount: '-5', credit: true }] as const;
    const tax = { percent: '8.25' };
    expect(invoice({ lines, tax })).toMatchObject({ taxable: '65.00', tax: '5.36', total: '70.36' });
    expect(invoice({ lines, tax, policy: policy('flexprice') })).toEqual({
      net: '65.00',
      taxable: '70.00',
      tax: '5.78',
      total: '70.78',
    });
  });

  it('keeps the decimals of an invoice to its end, and rounds net and tax of a credit note apart or together', () => {
    const lines = [{ amount: '193.333333333333' }];
    const tax = { percent: '25' };
    expect(invoice({ lines, tax }).total).toBe('241.67');
    expect(invoice({ kind: 'credit-note', lines, tax, policy: policy('lago') })).toMatchObject({
      net: '193.33',
      tax: '48.33',
      total: '241.66',
    });
    const together = { ...policy('lago'), creditTax: 'together' } as const;
    expect(invoice({ kind: 'credit-note', lines, tax, policy: together }).total).toBe('241.67');
  });

  it('takes tax as it is given, and credit notes off the total', () => {
    expect(invoice({ tax: { amount: '19' }, creditNotes: ['20', '5.5'] })).toMatchObject({
      tax: '19.00',
      total: '93.50',
    });
  });

  it('has the decimals of its currency', () => {
    expect(invoice({ lines: [{ amount: '1023.5' }], exponent: 0 }).total).toBe('1024');
    expect(invoice({ lines: [{ amount: '1.2345' }], exponent: 3 }).total).toBe('1.235');
  });

  it('is at most a minor unit from net and tax rounded apart', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.integer({ min: 0, max: 3000 }), (units, percent) => {
        const lines = [{ amount: formatDecimal({ units, scale: 6 }) }];
        const { net, tax, total } = invoice({
          lines,
          tax: { percent: formatDecimal({ units: BigInt(percent), scale: 2 }) },
        });
        const gap = subtract(parseDecimal(total), add(parseDecimal(net), parseDecimal(tax)));
        expect(compare(gap, parseDecimal('-0.01')) >= 0 && compare(gap, parseDecimal('0.01')) <= 0).toBe(true);
      }),
    );
  });
});

describe('the net of a change', () => {
  const change = { charges: ['10.967741935484'], credits: ['5.483870967742'] };

  it('is rounded once, or each charge and credit for itself', () => {
    expect(changeNet(change, 2, policy('standard'))).toBe('5.48');
    expect(changeNet(change, 2, policy('flexprice'))).toBe('5.49');
  });

  it('gives money back when more goes than comes', () => {
    expect(changeNet({ charges: [], credits: ['75'] }, 2, policy('standard'))).toBe('-75.00');
  });
});

describe('events with one id', () => {
  const events = [
    { id: 'a', value: '1000' },
    { id: 'b', value: '2500' },
    { id: 'a', value: '800' },
  ];

  it('count once: the first, or the last', () => {
    expect(countedEvents(events, 'first').map(({ value }) => value)).toEqual(['1000', '2500']);
    expect(countedEvents(events, 'last').map(({ value }) => value)).toEqual(['800', '2500']);
  });
});
