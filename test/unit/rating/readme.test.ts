import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PRICE_STEP_ORDER } from '../../../lambdas/catalog/types.ts';
import { lineOf, type OnePrice, policy, worked } from './one-price.ts';

type Example = OnePrice & { readonly arithmetic: readonly string[]; readonly amount: string };

const readme = readFileSync(new URL('../../../lambdas/rating/README.md', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/^### (.+?)$[^#]*?^```json\n([\s\S]*?)^```/gm)].map(
  ([, name = '', block = '']) => ({ name, example: JSON.parse(block) as Example }),
);

describe("the README's worked examples", () => {
  it('finds them all', () => {
    expect(examples).toHaveLength(readme.match(/^```json$/gm)?.length ?? 0);
    expect(examples.length).toBeGreaterThanOrEqual(20);
  });

  it('shows every step', () => {
    const shown = new Set(examples.flatMap(({ example }) => example.steps.map(({ step }) => step)));
    expect(PRICE_STEP_ORDER.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('says what every option of a policy is in the named policies', () => {
    const rows = [...readme.matchAll(/^\|[^|]*\| `(\w+)` \| ([\w-]+) \| ([\w-]+) \|/gm)];
    const said = Object.fromEntries(rows.map(([, option = '', standard, itemised]) => [option, [standard, itemised]]));
    const { id: _, ...options } = policy('standard');
    const itemised = Object.entries(policy('itemised'));
    expect(said).toEqual(
      Object.fromEntries(
        Object.entries(options).map(([option, value]) => [
          option,
          [value, itemised.find(([name]) => name === option)?.[1]],
        ]),
      ),
    );
  });

  it.each(examples)('$name', ({ example: { arithmetic, amount, ...example } }) => {
    expect(worked(example)).toEqual({ arithmetic, amount });
  });

  it('says what a policy does with a half and with part of a period', () => {
    const half: OnePrice = { quantity: '1', steps: [{ step: 'per-unit', unitPrice: '0.125' }] };
    expect([worked(half).amount, worked({ ...half, policy: 'itemised' }).amount]).toEqual(['0.13', '0.12']);
    const part: OnePrice = {
      quantity: '31000',
      contractStart: '2026-10-12',
      steps: [
        { step: 'allowance', quantity: '31000' },
        { step: 'per-unit', unitPrice: '0.01' },
      ],
    };
    expect([lineOf(part)?.amount, lineOf({ ...part, policy: 'itemised' })?.amount]).toEqual(['0.00', '110.00']);
    const least: OnePrice = {
      quantity: '0',
      contractStart: '2026-10-12',
      steps: [
        { step: 'per-unit', unitPrice: '1' },
        { step: 'minimum', amount: '310.00' },
      ],
    };
    expect(worked(least).amount).toBe('200.00');
  });
});
