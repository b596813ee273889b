import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { RatedLine, RateInput } from '../../../lambdas/rating/types.ts';
import { type Verified, verifyLines } from '../../../lambdas/rating/verify-line.ts';
import { contractInput, each, fee } from './one-contract.ts';
import { policy } from './one-price.ts';

const input = contractInput({
  fees: { platform: fee('310.00') },
  metered: { calls: each('0.01') },
  used: { calls: '9000' },
});
const stored = rate(input).lines;
const differences = (verified: Verified) => (verified.equal ? [] : verified.differences);

describe('lines that are computed again', () => {
  it('are equal when nothing changed', () => {
    expect(verifyLines(stored, rate(structuredClone(input)).lines)).toEqual({ equal: true, lines: 2 });
    expect(verifyLines([], [])).toEqual({ equal: true, lines: 0 });
    // As a stored line, read from JSON, has no field without a value.
    const unset = stored.map((line): object => ({ ...line, group: undefined })) as RatedLine[];
    expect(verifyLines(stored, unset)).toEqual({ equal: true, lines: 2 });
  });

  it('show what differs, with figures', () => {
    const usage = input.usage.map((row) => ({ ...row, quantity: '9001' }));
    const found = verifyLines(stored, rate({ ...input, usage, usageHash: 'other' }).lines);
    expect(found).toMatchObject({ equal: false, lines: 2, amounts: { USD: '0.01' } });
    const [fees, calls] = differences(found);
    expect(fees?.fields.map(({ field }) => field)).toEqual(['pins.usageHash', 'inputsHash']);
    expect(calls).toMatchObject({ item: 'calls', kind: 'differs' });
    expect(calls?.fields).toContainEqual({ field: 'amount', stored: '90.00', recomputed: '90.01' });
    expect(calls?.fields).toContainEqual({
      field: 'arithmetic.children.0.text',
      stored: '9,000 calls measured',
      recomputed: '9,001 calls measured',
    });
  });

  it('may be missing or added', () => {
    const [first, second] = stored as [RatedLine, RatedLine];
    expect(differences(verifyLines([first], [second]))).toEqual([
      {
        id: first.id,
        item: 'platform',
        description: 'platform',
        kind: 'missing',
        fields: [{ field: 'amount', stored: '310.00', recomputed: null }],
      },
      {
        id: second.id,
        item: 'calls',
        description: 'calls',
        kind: 'added',
        fields: [{ field: 'amount', stored: null, recomputed: '90.00' }],
      },
    ]);
    expect(verifyLines([first], [second])).toMatchObject({ amounts: { USD: '-220' } });
  });

  it('show a field that only one side has', () => {
    const grouped = stored.map((line) => ({ ...line, group: 'cg-1' }));
    const found = verifyLines(stored, grouped);
    expect(differences(found)[0]?.fields).toEqual([{ field: 'group', stored: null, recomputed: 'cg-1' }]);
    expect(found).toHaveProperty('amounts', {});
  });

  it('of another engine may differ in what says which engine it was, and in nothing else', () => {
    const file = readFileSync(new URL('../../golden/rating/format-1.jsonl', import.meta.url), 'utf8');
    const [first] = file.split('\n');
    const { input: old, result } = JSON.parse(first ?? '') as {
      readonly input: Omit<RateInput, 'policy'>;
      readonly result: { readonly lines: readonly RatedLine[] };
    };
    const again = rate({ ...old, policy: policy(old.contract.policy) }).lines;
    expect(verifyLines(result.lines, again)).toEqual({ equal: true, lines: result.lines.length });
    const ahead = { period: { start: '2026-11-01', end: '2026-12-01', zone: 'Europe/Berlin' }, amount: '1.00' };
    const withMore = again.map((line) => ({ ...line, group: 'cg-1', ahead }));
    expect(verifyLines(result.lines, withMore)).toMatchObject({ equal: true });
    const changed = again.map((line) => ({ ...line, amount: '1.00', pins: { ...line.pins, priceBookVersion: 9 } }));
    expect(differences(verifyLines(result.lines, changed))[0]?.fields.map(({ field }) => field)).toEqual([
      'amount',
      'pins.priceBookVersion',
    ]);
  });
});
