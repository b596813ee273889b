import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { sha256 } from '../../../lambdas/platform/hash.ts';
import { runBuilder } from '../../../lambdas/usage/walk/id-run.ts';
import { countingPlaces, type SameIdFinding, slotKey } from '../../../lambdas/usage/walk/same-id.ts';
import { commonKeys, keyList, keySieve, repeatedKeys } from '../../../lambdas/usage/walk/sorted-keys.ts';
import { matchIds } from '../../../lambdas/usage/walk/walk-match.ts';
import { runPrefix } from '../../../lambdas/usage/walk/walk-parts.ts';
import type { WalkState } from '../../../lambdas/usage/walk/walk-state.ts';
import { memoryFindings, memoryWalkObjects } from '../../twins/memory-walk.ts';

type Entry = { readonly id: number; readonly subject: number; readonly slot: number; readonly cancels: boolean };

const entry = fc.record({
  id: fc.nat(12),
  subject: fc.nat(1),
  slot: fc.nat(3),
  // One in five.
  cancels: fc.nat(4).map((n) => n === 0),
});
const walks = fc.array(fc.array(fc.array(entry, { minLength: 1, maxLength: 12 }), { maxLength: 3 }), { maxLength: 4 });

const hashOf = (id: number): Buffer => sha256(`id ${id}`).subarray(0, 16);
const placeOf = ({ subject, slot }: Entry, n: number) => ({
  subject: `org-${subject}`,
  start: `2026-10-05T0${slot}:00:00.000Z`,
  version: n + 1,
  appendedAt: new Date(Date.parse('2026-10-06T00:00:00.000Z') + n * 1000).toISOString(),
});

const stateOf = (number: number, ids: number): WalkState => ({
  format: 1,
  walkId: `2026-10-0${number}-${number}`,
  number,
  startedAt: `2026-10-0${number}T00:00:00.000Z`,
  stage: 'match',
  cursor: 0,
  tasks: 1,
  counts: { days: 1, appends: 1, ids, findings: 0, broken: 0 },
  broken: [],
});

/** Where each id counts, first accepted first: what a person would find who looked through everything. */
const truthOf = (entries: readonly Entry[]): Map<string, string[]> => {
  const truth = new Map<string, string[]>();
  for (const [id, same] of Map.groupBy(entries, (each) => each.id)) {
    const keys = (some: readonly Entry[]) => some.map((each) => slotKey(placeOf(each, 0)));
    const cancelled = new Set(keys(same.filter(({ cancels }) => cancels)));
    const accepted = new Set(keys(same.filter(({ cancels }) => !cancels)));
    const counting = [...accepted].filter((key) => !cancelled.has(key));
    if (counting.length > 1) truth.set(hashOf(id).toString('hex'), counting);
  }
  return truth;
};

const found = (findings: readonly SameIdFinding[]): Map<string, string[]> =>
  new Map(
    findings
      .filter(({ state }) => state !== 'settled')
      .map((finding) => [finding.findingId, countingPlaces(finding).map(slotKey)]),
  );

const sorted = (map: ReadonlyMap<string, string[]>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

describe('ids that came again', () => {
  it('are found walk by walk as by looking through everything, whatever the runs and passes', async () => {
    await fc.assert(
      fc.asyncProperty(walks, fc.boolean(), async (all, hurried) => {
        const [objects, findings] = [memoryWalkObjects(), memoryFindings()];
        const ports = {
          objects,
          findings,
          locate: async () => ({ key: 'events/x', line: 0 }),
          clock: manualClock('2026-10-10T00:00:00.000Z'),
          horizonDays: 35,
        };
        const seen: Entry[] = [];
        for (const [n, runs] of all.entries()) {
          const ids = runs.flat().length;
          let state = stateOf(n + 1, ids);
          for (const [at, entries] of runs.entries()) {
            const builder = runBuilder(100);
            for (const each of entries) {
              builder.at(placeOf(each, seen.length));
              builder.add(hashOf(each.id), 0, each.cancels);
              seen.push(each);
            }
            await objects.put(`${runPrefix(state.walkId)}${at}.run`, builder.pack());
          }
          while (state.stage === 'match') state = await matchIds(ports, state, () => hurried);
          expect(sorted(found(findings.all()))).toEqual(sorted(truthOf(seen)));
        }
      }),
    );
  });
});

describe('sorted keys', () => {
  const keys = fc.array(fc.nat(60), { maxLength: 60 }).map((some) => Float64Array.from(some).sort());

  it('tell their repeats and what they have in common with others', () => {
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        const [repeats, common] = [keyList(), [] as number[]];
        repeatedKeys(a, repeats.add);
        commonKeys(a, b, (index, key) => {
          expect(a[index]).toBe(key);
          common.push(index);
        });
        expect([...repeats.sorted()]).toEqual(
          [...new Set(a)].filter((key) => a.filter((each) => each === key).length > 1),
        );
        // The sieve lets through all that are in the list, and may let through more.
        expect([...keySieve(b, 0, 64)(a)]).toEqual(expect.arrayContaining([...a].filter((key) => b.includes(key))));
        expect(common).toEqual([...a.keys()].filter((index) => b.includes(a[index] ?? -1)));
      }),
    );
  });
});
