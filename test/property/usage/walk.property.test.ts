import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainsOf } from '../../../lambdas/usage/ledger/chain.ts';
import { decodeAppend } from '../../../lambdas/usage/ledger/ledger-item.ts';
import { chainName } from '../../../lambdas/usage/ledger/slot.ts';
import { type ChainHead, compareHeads, dayHeadsKey, readDayHeads } from '../../../lambdas/usage/walk/chain-heads.ts';
import { readJournal } from '../../../lambdas/usage/walk/journal.ts';
import { rootFaults } from '../../../lambdas/usage/walk/ledger-root.ts';
import { slotKey } from '../../../lambdas/usage/walk/same-id.ts';
import { type WalkPorts, walkLedger } from '../../../lambdas/usage/walk/walk.ts';
import { readRoot } from '../../../lambdas/usage/walk/walk-heads.ts';
import { api } from '../../unit/usage/usage-fixtures.ts';
import { makeWalkWorld } from '../../unit/walk/walk-world.ts';

class Crash extends Error {
  override readonly name = 'Crash';
}

/** Every call of a port may crash, before or after its effect: at the calls that are counted down to. */
const crashing = <T extends object>(port: T, left: { calls: number; after: boolean }): T =>
  new Proxy(port, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      // A page of keys is read as it comes, and giving the turn back is what a dead run does not do.
      if (typeof value !== 'function' || name === 'list' || name === 'release') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        left.calls -= 1;
        if (left.calls === 0 && !left.after) throw new Crash(`before ${String(name)}`);
        const result: unknown = await Reflect.apply(value, target, args);
        if (left.calls === 0) throw new Crash(`after ${String(name)}`);
        return result;
      };
    },
  });

const event = fc.record({ id: fc.nat(14), subject: fc.nat(2), day: fc.nat(3), hour: fc.nat(2) });
const rounds = fc.array(fc.record({ events: fc.array(event, { maxLength: 8 }), at: fc.nat(60), after: fc.boolean() }), {
  minLength: 1,
  maxLength: 4,
});

describe('a walk that dies anywhere', () => {
  it('and goes on leaves what it would have left: every append journalled, every head signed, every id found', async () => {
    await fc.assert(
      fc.asyncProperty(rounds, async (all) => {
        const world = makeWalkWorld({ runIds: 3, journalBytes: 2_000 });
        const accepted = new Map<string, Set<string>>();
        for (const { events, at, after } of all) {
          for (const { id, subject, day, hour } of events) {
            const made = api(`e${id}`, `2026-10-0${day + 1}T0${hour}:00:00.000Z`, 1, 'read', `org-${subject}`);
            await world.append(made);
            accepted.set(made.idHash, (accepted.get(made.idHash) ?? new Set()).add(slotKey(made.slot)));
          }
          await world.settle();
          world.clock.advance(60_000);
          const left = { calls: at, after };
          const { walkPorts: ports } = world;
          const faulty: WalkPorts = {
            ...ports,
            walks: crashing(ports.walks, left),
            objects: crashing(ports.objects, left),
            proofs: crashing(ports.proofs, left),
            findings: crashing(ports.findings, left),
            subjects: crashing(ports.subjects, left),
            signer: crashing(ports.signer, left),
          };
          const since = world.clock.now();
          await walkLedger(faulty, { since }, { remainingMillis: 600_000 }).catch((error: unknown) => {
            if (!(error instanceof Crash)) throw error;
          });
          // What is appended while it lies dead is not lost either.
          await world.append(api('late', '2026-10-02T00:00:00.000Z', 1));
          world.clock.advance(20 * 60_000);
          expect(await walkLedger(ports, { since }, { remainingMillis: 600_000 })).toMatchObject({ broken: [] });
        }
        await world.settle();
        const { number, root } = await world.walk();

        const items = [...world.ports.ledger.items.values()];
        const { objects } = world.objects;
        const journalled = [...objects].flatMap(([key, body]) => (key.startsWith('journal/') ? readJournal(body) : []));
        const keyOf = ({ pk, sk }: { readonly pk: string; readonly sk: string }) => `${pk} ${sk}`;
        expect([...new Set(journalled.map(keyOf))].sort()).toEqual(items.map(keyOf).sort());

        const signed = await readRoot(world.proofs, number, root);
        expect(rootFaults(signed)).toEqual([]);
        const heads: ChainHead[] = [];
        for (const day of signed.root.days) {
          heads.push(...readDayHeads(await world.proofs.read(dayHeadsKey(day)), day));
        }
        const chains = chainsOf(items.map((item) => decodeAppend(item)));
        const ends = chains.map((chain) => {
          const last = chain.at(-1);
          if (last === undefined) throw new Error('an empty chain');
          return { ...last.slot, version: last.version, hash: last.hash };
        });
        const inOrder = (some: readonly ChainHead[]) =>
          [...some].sort((a, b) => compareHeads(a, b) || (chainName(a) < chainName(b) ? -1 : 1));
        expect(inOrder(heads)).toEqual(inOrder(ends));

        const truth = [...accepted].filter(([, slots]) => slots.size > 1);
        const found = world.findings.all().map(({ findingId, places }) => [findingId, places.map(slotKey).sort()]);
        expect(found.sort()).toEqual(truth.map(([id, slots]) => [id, [...slots].sort()]).sort());
        expect((await world.ports.subjects.list()).flatMap(({ unwalked = {} }) => Object.keys(unwalked))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
