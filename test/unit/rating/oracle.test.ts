import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { RateInput } from '../../../lambdas/rating/types.ts';
import { readCases, runCases } from '../../rating/case-file.ts';
import { differenceIn } from '../../rating/generate/same.ts';
import { policy } from './one-price.ts';

/** What the worked cases ask the rating library to rate. */
const asked: RateInput[] = [];

vi.mock('../../../lambdas/rating/rate.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../../lambdas/rating/rate.ts')>();
  const rate = (input: RateInput) => {
    asked.push(input);
    return original.rate(input);
  };
  return { ...original, rate };
});

const CASES = new URL('../../rating/cases/', import.meta.url);
const GOLDEN = new URL('../../golden/rating/format-1.jsonl', import.meta.url);

describe('the second implementation', () => {
  beforeAll(() => {
    const files = readdirSync(CASES).filter((name) => name.endsWith('.json'));
    runCases(files.flatMap((name) => readCases(new URL(name, CASES))));
  });

  it('rates every bill of the worked cases as the rating library does, which gives the published figures', () => {
    const inputs = [...new Set(asked)];
    expect(inputs.length).toBeGreaterThan(300);
    expect(inputs.flatMap((input) => differenceIn([input]) ?? [])).toEqual([]);
  });

  it('rates what the first engine rated as it did', () => {
    const golden = readFileSync(GOLDEN, 'utf8').trimEnd().split('\n');
    const inputs = golden.map((line): RateInput => JSON.parse(line).input);
    const differences = inputs.map((input) => differenceIn([{ ...input, policy: policy(input.contract.policy) }]));
    expect(differences.filter((each) => each !== undefined)).toEqual([]);
  });
});
