import { describe, expect, it } from 'vitest';
import type { Adjustment } from '../../../lambdas/close/records.ts';
import { adjustmentLine } from '../../../lambdas/close/unrated-lines.ts';
import { contractInput, fee, month, ratedContract } from '../rating/one-contract.ts';

const [rated] = ratedContract({ fees: { platform: fee('100.00') } }).lines;
if (rated === undefined) throw new Error('a fee has a line');
const about = {
  ...rated,
  recognition: 'straight-line-month' as const,
  ahead: { period: month('2026-11-01', '2026-12-01'), amount: '60.00' },
};
const adjustment = (over: Partial<Adjustment>): Adjustment => ({
  format: 1,
  entryId: 'adj-1',
  kind: 'excluded-line',
  start: '2026-10-01',
  end: '2026-11-01',
  about: about.id,
  account: about.account,
  payer: about.payer,
  entity: 'inc',
  contract: contractInput({}).contract.id,
  currency: 'USD',
  product: about.product,
  description: about.description,
  period: about.period,
  reason: 'agreed',
  by: 'pia',
  at: '2026-11-03T00:00:00.000Z',
  ...over,
});

describe('the line of an adjustment', () => {
  it('of an excluded line takes back what is charged ahead for the period that it is for', () => {
    expect(adjustmentLine(adjustment({}), about)).toMatchObject({
      amount: '-100.00',
      ahead: { period: { start: '2026-11-01', end: '2026-12-01' }, amount: '-60.00' },
      recognition: 'straight-line-month',
    });
    expect(adjustmentLine(adjustment({}), undefined)).toMatchObject({ amount: '0.00' });
  });

  it('of goodwill is for the line’s own period, and recognized as the line is', () => {
    const line = adjustmentLine(adjustment({ kind: 'goodwill', amount: '-5.00' }), about);
    expect(line).toMatchObject({ amount: '-5.00', period: about.period, recognition: 'straight-line-month' });
    expect(line.ahead).toBeUndefined();
  });
});
