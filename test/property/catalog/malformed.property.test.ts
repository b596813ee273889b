import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cliffsOf } from '../../../lambdas/catalog/cliffs.ts';
import { lookupOver } from '../../../lambdas/catalog/lookup.ts';
import { warningsOf } from '../../../lambdas/catalog/publication-warnings.ts';
import type { CatalogEntry, ProposedEntry } from '../../../lambdas/catalog/types.ts';
import { validateEntries } from '../../../lambdas/catalog/validate-entries.ts';
import { priceOfQuantity } from '../../../lambdas/rating/price-of-quantity.ts';
import { type Draw, drawOf } from '../../rating/generate/draw.ts';
import { CONTRACTS } from './malformed/contract-mutations.ts';
import { type Entries, FORMAL, MISSING, type Mutation } from './malformed/mutations.ts';
import { PRICES } from './malformed/price-mutations.ts';
import { TIERS } from './malformed/tier-mutations.ts';
import { KNOWN, world } from './malformed/world.ts';

const MUTATIONS: readonly (readonly [string, Mutation])[] = Object.entries({
  ...FORMAL,
  ...MISSING,
  ...Object.fromEntries(
    Object.entries({ ...PRICES, ...TIERS }).map(([name, mutation]) => [`price: ${name}`, mutation]),
  ),
  ...Object.fromEntries(Object.entries(CONTRACTS).map(([name, mutation]) => [`contract: ${name}`, mutation])),
});

describe('prices, contracts and books', () => {
  it('are taken as long as they mean something, and doubting them never fails', () => {
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const entries = world(drawOf(gen));
        const result = validateEntries(entries, [], KNOWN);
        expect(result.ok ? [] : result.flaws).toEqual([]);
        const lookup = lookupOver(entries, []);
        for (const entry of entries.slice(0, 2)) warningsOf(entry, lookup, priceOfQuantity);
      }),
      { numRuns: 200 },
    );
  });

  it('are refused when they are nonsense, each with its place and a sentence, 10,000 times', {
    timeout: 90_000,
  }, () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(fc.gen(), fc.array(fc.nat(MUTATIONS.length - 1), { minLength: 10, maxLength: 10 }), (gen, chosen) => {
        const draw = drawOf(gen);
        const whole = world(draw);
        for (const first of chosen) {
          const { name, entries, spoiled } = spoil(whole, first, draw);
          seen.set(name, (seen.get(name) ?? 0) + 1);
          // What was spoiled is proposed, with what came to it; all else is published already.
          const proposed = entries.filter((_, n) => n === spoiled || n >= whole.length);
          const result = validateEntries(proposed, publishedOf(whole, spoiled), KNOWN);
          if (result.ok) throw new Error(`accepted: ${name}`);
          for (const { path, message } of result.flaws) {
            if (!/^\/entries\/\d+(\/|$)/.test(path)) throw new Error(`${name}: no place in "${path}"`);
            if (!/\S+ \S+/.test(message)) throw new Error(`${name}: no sentence in "${message}"`);
          }
        }
      }),
      { numRuns: 1_000 },
    );
    expect(MUTATIONS.map(([name]) => name).filter((name) => (seen.get(name) ?? 0) === 0)).toEqual([]);
  });
});

/** A copy of a world with something spoiled: the mutation at `first`, or the next one that finds something to spoil. */
const spoil = (whole: readonly ProposedEntry[], first: number, draw: Draw) => {
  for (let n = first; ; n = (n + 1) % MUTATIONS.length) {
    const [name, mutate] = MUTATIONS[n] as (typeof MUTATIONS)[number];
    const entries: Entries = JSON.parse(JSON.stringify(whole));
    const spoiled = mutate(entries, draw);
    if (spoiled !== undefined) return { name, entries, spoiled };
  }
};

const publishedOf = (whole: readonly ProposedEntry[], except: number): CatalogEntry[] =>
  whole.flatMap((entry, n) => (n === except ? [] : [{ ...entry, ...PUBLISHED }]));

const PUBLISHED = {
  version: 1,
  hash: '',
  publishedAt: '2026-01-01T00:00:00.000Z',
  proposedBy: 'ada',
  publishedBy: 'grace',
};

describe('cliffs', () => {
  it('are found exactly where the next unit costs less', () => {
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const draw = drawOf(gen);
        const ends = [draw.int(1, 9), draw.int(10, 30)];
        const prices = [draw.int(0, 20), draw.int(0, 20), draw.int(0, 20)];
        const tiers = prices.map((price, n) => ({
          upTo: ends[n] === undefined ? null : `${ends[n]}`,
          unitPrice: `${price}`,
        }));
        const price = {
          id: 'p',
          product: 'p',
          description: 'p',
          meter: 'm',
          perDimensions: [],
          steps: [{ step: 'volume', tiers } as const],
        };
        const costs = (q: number): number => q * (prices[ends.filter((end) => q > end).length] ?? 0);
        const expected = ends.filter((end) => costs(end + 1) < costs(end)).map(String);
        expect(cliffsOf(price, 'unit', 'USD', priceOfQuantity).map(({ quantity }) => quantity)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});
