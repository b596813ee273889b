import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Contract } from '../../../lambdas/catalog/types.ts';
import { amounts, each, fee, type OneContract, ratedContract } from './one-contract.ts';

type Amounts = Readonly<Record<string, string>>;
type Example = {
  readonly fees?: Amounts;
  readonly ahead?: Amounts;
  readonly perUnit?: Amounts;
  readonly used?: Amounts;
  readonly contract?: Partial<Contract>;
  readonly opening?: NonNullable<OneContract['opening']>;
  readonly lines: readonly string[];
  /** A sentence of one of the lines. */
  readonly text: string;
  readonly payments?: readonly string[];
  readonly closing?: object;
};

const readme = readFileSync(new URL('../../../lambdas/rating/contract/README.md', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(
  ([, block = '']) => JSON.parse(block) as Example,
);

const mapped = <T>(of: Amounts | undefined, make: (amount: string) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(of ?? {}).map(([id, amount]) => [id, make(amount)]));

describe("the worked examples of a contract's README", () => {
  it('are found', () => expect(examples.length).toBeGreaterThanOrEqual(6));

  it.each(examples)('$text', (example) => {
    const { lines, text, payments, closing, contract, opening, used } = example;
    const result = ratedContract({
      fees: {
        ...mapped(example.fees, (amount) => fee(amount)),
        ...mapped(example.ahead, (amount) => fee(amount, 'advance')),
      },
      metered: mapped(example.perUnit, each),
      ...(used === undefined ? {} : { used }),
      ...(contract === undefined ? {} : { contract }),
      ...(opening === undefined ? {} : { opening }),
    });
    expect(amounts(result)).toEqual(lines);
    expect(result.lines.flatMap(({ arithmetic }) => arithmetic.children.map((node) => node.text))).toContain(text);
    if (payments !== undefined)
      expect(result.payments.map(({ credit, amount }) => `${credit}: ${amount}`)).toEqual(payments);
    if (closing !== undefined) expect(result.closing).toMatchObject(closing);
  });
});
