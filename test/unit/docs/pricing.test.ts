import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lookupOver } from '../../../lambdas/catalog/lookup.ts';
import { warningsOf } from '../../../lambdas/catalog/publication-warnings.ts';
import { validateEntries } from '../../../lambdas/catalog/validate-entries.ts';
import { POLICY_IDS } from '../../../lambdas/rating/policies.ts';
import { priceOfQuantity } from '../../../lambdas/rating/price-of-quantity.ts';
import { entriesOf, type PricingExample, rowsOf } from './pricing-examples.ts';

const page = readFileSync(new URL('../../../docs/pricing.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^### (.+?)$[^#]*?^```json\n([\s\S]*?)^```\n\n((?:^\|.*\n)*)/gm)].map(
  ([, name = '', json = '', table = '']) => ({
    name,
    example: JSON.parse(json) as PricingExample,
    rows: table
      .trim()
      .split('\n')
      .slice(2)
      .map((row) =>
        row
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      ),
  }),
);

describe('the examples of docs/pricing.md', () => {
  it('are all found', () => {
    expect(examples).toHaveLength(page.match(/^```json$/gm)?.length ?? 0);
    expect(examples.length).toBeGreaterThanOrEqual(18);
  });

  it.each(examples)('$name: comes to the lines of its table', ({ example, rows }) => {
    expect(rowsOf(example)).toEqual(rows);
  });

  it.each(examples)('$name: can be published, with the doubts that it names', ({ example }) => {
    const entries = entriesOf(example);
    const result = validateEntries(entries, [], { eventTypes: ['t'], policies: POLICY_IDS });
    expect(result.ok ? [] : result.flaws).toEqual([]);
    const lookup = lookupOver(entries, []);
    const warnings = entries.flatMap((entry) => warningsOf(entry, lookup, priceOfQuantity));
    expect(warnings.map(({ key, message }) => `${key}: ${message}`)).toEqual(example.warnings ?? []);
  });
});
