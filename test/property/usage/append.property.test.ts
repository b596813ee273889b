import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { appendBatch } from '../../../lambdas/usage/ledger/append-batch.ts';
import { chainsOf, firstBrokenLink, foldChain } from '../../../lambdas/usage/ledger/chain.ts';
import { decodeAppend, encodeAppend } from '../../../lambdas/usage/ledger/ledger-item.ts';
import { meterIndex } from '../../../lambdas/usage/ledger/meter-states.ts';
import { packPointers, unpackPointers } from '../../../lambdas/usage/ledger/pack-pointers.ts';
import { writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import type { Append, CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { unreadArchive } from '../../twins/memory-archive-lines.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { memoryOverlays } from '../../twins/memory-overlays.ts';
import { memoryDirtyMarks, memorySubjects } from '../../twins/memory-projection.ts';
import { METERS, usage } from '../../unit/usage/usage-fixtures.ts';

const meters = meterIndex(METERS);

const decimal = fc
  .tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 0, max: 6 }))
  .map(([units, scale]) => {
    const digits = String(Math.abs(units)).padStart(scale + 1, '0');
    const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
    return units < 0 ? `-${text}` : text;
  });
const data = fc.oneof(
  fc.record({
    type: fc.constant('api'),
    data: fc.record({ count: decimal, endpoint: fc.constantFrom('read', 'write', 'ä "quoted"') }),
  }),
  fc.record({ type: fc.constant('storage'), data: fc.record({ gb: decimal }) }),
  fc.record({ type: fc.constant('user'), data: fc.record({ userId: fc.constantFrom('ada', 'grace', 'mary') }) }),
  fc.record({ type: fc.constant('seats'), data: fc.record({ seats: fc.nat(50) }) }),
  fc.record({ type: fc.constant('unmetered'), data: fc.constant({}) }),
);
/** Few times, so that events share slots and instants. */
const time = fc.integer({ min: 0, max: 40 }).map((n) => new Date(Date.UTC(2026, 9, 1, 23, n, 0)).toISOString());
const events: fc.Arbitrary<CanonicalUsage[]> = fc
  .array(fc.record({ what: data, time, subject: fc.constantFrom('org-01', 'org-02'), late: fc.boolean() }), {
    minLength: 1,
    maxLength: 40,
  })
  .map((specs) => specs.map(({ what, late, ...rest }, n) => usage({ id: `e${n}`, ...what, ...rest }, n, late)));

/** What a ledger says, whatever the appends it says it with. */
const told = (appends: readonly Append[]) =>
  chainsOf(appends).map((chain) => {
    const { version: _, hash: __, ...slot } = foldChain(chain);
    const newest = chain.at(-1)?.newestTime;
    return { ...slot, newest, ids: chain.flatMap(({ ids }) => ids.map(({ idHash }) => idHash)).sort() };
  });

const appendAll = async (batches: readonly (readonly CanonicalUsage[])[], cold: boolean) => {
  const ledger = memoryLedger();
  const ports = {
    ledger,
    marks: memoryDirtyMarks(),
    subjects: memorySubjects(),
    archive: unreadArchive,
    touched: memoryOverlays(),
    clock: manualClock('2026-10-20T00:00:00.000Z'),
    ids: countingIds(),
  };
  let memory = writerMemory();
  const outcomes: string[] = [];
  for (const batch of batches) {
    if (cold) memory = writerMemory();
    outcomes.push(...(await appendBatch({ ...ports, memory }, batch, meters)).outcomes);
  }
  return { appends: ledger.appends(), outcomes, ledger };
};

describe('appending', () => {
  it('gives the same ledger for any order, batching, repetition and memory', async () => {
    await fc.assert(
      fc.asyncProperty(
        events.chain((all) =>
          fc.record({
            all: fc.constant(all),
            order: fc.shuffledSubarray([...all, ...all, ...all.slice(0, 5)], {
              minLength: all.length * 2 + Math.min(5, all.length),
            }),
            size: fc.integer({ min: 1, max: 30 }),
            cold: fc.boolean(),
          }),
        ),
        async ({ all, order, size, cold }) => {
          const batches = Array.from({ length: Math.ceil(order.length / size) }, (_, n) =>
            order.slice(n * size, (n + 1) * size).map((event) => ({ ...event })),
          );
          const once = await appendAll([all], false);
          const often = await appendAll(batches, cold);
          expect(told(often.appends)).toEqual(told(once.appends));
          expect(often.outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(all.length);
          expect(often.outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(order.length - all.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps chains whole and items true to the byte', async () => {
    await fc.assert(
      fc.asyncProperty(events, fc.integer({ min: 1, max: 7 }), async (all, size) => {
        const batches = Array.from({ length: Math.ceil(all.length / size) }, (_, n) =>
          all.slice(n * size, (n + 1) * size),
        );
        const { appends } = await appendAll(batches, false);
        for (const append of appends) expect(decodeAppend(encodeAppend(append))).toEqual(append);
        for (const chain of chainsOf(appends)) expect(firstBrokenLink(chain)).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  it('finds whatever is changed in an append', async () => {
    await fc.assert(
      fc.asyncProperty(events, fc.nat(), fc.nat(), async (all, which, where) => {
        const { appends } = await appendAll([all.slice(0, all.length / 2), all.slice(all.length / 2)], false);
        const chains = chainsOf(appends);
        const chain = chains[which % chains.length] ?? [];
        const at = where % chain.length;
        const victim = chain[at];
        if (victim === undefined) return;
        const changes: Append[] = [
          { ...victim, late: victim.late + 1 },
          { ...victim, ids: victim.ids.slice(1) },
          { ...victim, states: { ...victim.states, forged: { class: 'set', values: ['x'] } } },
          { ...victim, pointers: victim.pointers.map(({ key, line }) => ({ key, line: line + 1 })) },
          { ...victim, hash: victim.hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) },
        ];
        for (const changed of changes) expect(firstBrokenLink(chain.with(at, changed))).toBeDefined();
        if (at < chain.length - 1) expect(firstBrokenLink(chain.toSpliced(at, 1))).toBeDefined();
      }),
      { numRuns: 40 },
    );
  });

  it('packs pointers without loss', () => {
    const pointer = fc.record({ key: fc.constantFrom('a', 'b', 'events/c'), line: fc.nat(5_000_000) });
    fc.assert(
      fc.property(fc.array(pointer), (pointers) => {
        const { keys, lines } = packPointers(pointers);
        expect(unpackPointers(keys, lines)).toEqual(pointers);
      }),
    );
  });
});
