import { describe, expect, it } from 'vitest';
import { applyAppend, emptyView, nextAppend } from '../../../lambdas/usage/ledger/append.ts';
import { appendHash, chainsOf, firstBrokenLink } from '../../../lambdas/usage/ledger/chain.ts';
import { MAX_KEYS } from '../../../lambdas/usage/ledger/key-states.ts';
import { meterIndex } from '../../../lambdas/usage/ledger/meter-states.ts';
import { OVERFLOW } from '../../../lambdas/usage/ledger/state.ts';
import type { Append, CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { api, METERS } from './usage-fixtures.ts';

const T = '2026-10-01T00:05:00.000Z';
const meters = meterIndex(METERS);

/** A chain of one append for each group of events. */
const chainOf = (...groups: readonly CanonicalUsage[][]): Append[] => {
  const view = emptyView();
  return groups.map((events) => {
    const { slot } = events[0] ?? api('none', T, 1);
    const { append } = nextAppend(view, slot, events, meters, T);
    applyAppend(view, append);
    return append;
  });
};

describe('firstBrokenLink', () => {
  const whole = chainOf([api('a', T, 1)], [api('b', T, 2)], [api('c', T, 3)]);
  /** The second append with other words, and the hash of those. */
  const changed = (change: Partial<Append>): Append[] =>
    whole.map((append, n) => {
      if (n !== 1) return append;
      const { hash: _, ...said } = { ...append, ...change };
      return { ...said, hash: appendHash(said) };
    });

  it('finds nothing wrong with a whole chain', () => {
    expect(firstBrokenLink(whole)).toBeUndefined();
  });

  it('tells what does not follow: content that is another, a missing append, one that was made anew', () => {
    const [first, second, third] = whole as [Append, Append, Append];
    expect(firstBrokenLink([first, { ...second, late: 7 }, third])).toMatchObject({ version: 2, reason: 'HASH' });
    expect(firstBrokenLink([first, third])).toMatchObject({ version: 3, reason: 'GAP' });
    expect(firstBrokenLink(changed({ previousHash: third.hash }))).toMatchObject({ version: 2, reason: 'LINK' });
    // Made anew as a whole it is sound by itself; the next one does not follow it.
    expect(firstBrokenLink(changed({ late: 7 }))).toMatchObject({ version: 3, reason: 'LINK' });
  });
});

it('chainsOf brings appends of any order into chains, by subject, slot and version', () => {
  const later = '2026-10-01T00:20:00.000Z';
  const chains = [
    chainOf([api('a', T, 1)], [api('b', T, 2)]),
    chainOf([api('c', later, 3)]),
    chainOf([api('d', T, 4, 'read', 'org-02')], [api('e', T, 5, 'read', 'org-02')]),
  ];
  expect(chainsOf(chains.flat().reverse())).toEqual(chains);
});

it('a slot has its cap of keys over all of its appends', () => {
  const events = Array.from({ length: MAX_KEYS + 10 }, (_, n) => api(`e${n}`, T, 1, `endpoint-${n}`));
  const middle = 100;
  const chain = chainOf(events.slice(0, middle), events.slice(middle));
  const keys = new Set(chain.flatMap(({ states }) => Object.keys(states)));
  expect(keys.delete(OVERFLOW)).toBe(true);
  expect(keys.size).toBe(MAX_KEYS);
  const last = chain[1]?.states[OVERFLOW];
  const ofCalls = last?.class === 'set' ? last.values.filter((value) => value.includes('"calls"')) : [];
  // Four keys of the events' other meters count for the cap too.
  expect(ofCalls).toHaveLength(10 + 4);
});
