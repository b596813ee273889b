import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainsOf, firstBrokenLink, foldChain } from '../../../lambdas/usage/ledger/chain.ts';
import { decodeAppend, encodeAppend } from '../../../lambdas/usage/ledger/ledger-item.ts';
import { isSameSlot, slotText } from '../../../lambdas/usage/ledger/slot.ts';
import { readBalance } from '../../../lambdas/usage/read/balance.ts';
import { readPeriodUsage } from '../../../lambdas/usage/read/period-usage.ts';
import { settleSweep } from '../../../lambdas/usage/settle/settle-sweep.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { asRight, correctionsWorld } from '../../unit/usage/corrections-world.ts';
import { cancellation, type EventSpec, METERS, usage } from '../../unit/usage/usage-fixtures.ts';

const BACKFILLS = ['b1', 'b2'];

/** What one line is to be. Indexes point into the lines before it, round and round. */
type Plan = {
  readonly what: { readonly type: string; readonly data: Readonly<Record<string, unknown>> };
  readonly time: string;
  readonly subject: string;
  readonly late: boolean;
  readonly role: 'usage' | 'cancel' | 'replace' | 'copy';
  readonly target: number;
  readonly backfill: string | undefined;
};

const plan: fc.Arbitrary<Plan> = fc.record({
  what: fc.oneof(
    fc.record({
      type: fc.constant('api'),
      data: fc.record({ count: fc.integer({ min: -5, max: 99 }), endpoint: fc.constantFrom('read', 'write') }),
    }),
    fc.record({ type: fc.constant('storage'), data: fc.record({ gb: fc.nat(20) }) }),
    fc.record({ type: fc.constant('user'), data: fc.record({ userId: fc.constantFrom('ada', 'grace', 'mary') }) }),
    fc.record({ type: fc.constant('seats'), data: fc.record({ seats: fc.nat(50) }) }),
  ),
  time: fc.integer({ min: 0, max: 34 }).map((n) => new Date(Date.UTC(2026, 9, 1, 23, 45 + n)).toISOString()),
  subject: fc.constantFrom('org-01', 'org-02'),
  late: fc.boolean(),
  role: fc.constantFrom('usage', 'usage', 'usage', 'cancel', 'replace', 'copy'),
  target: fc.nat(1_000),
  backfill: fc.constantFrom(undefined, undefined, ...BACKFILLS),
});

/** The lines of plans: a cancellation or a replacement names an event that may come before or after it. */
const linesOf = (plans: readonly Plan[]): CanonicalUsage[] => {
  const events: CanonicalUsage[] = [];
  for (const [n, { what, time, subject, late, role, target, backfill }] of plans.entries()) {
    const own = backfill === undefined ? {} : { backfill };
    const spec: EventSpec = { id: `e${n}`, subject, time, ...what, ...own };
    const known = events[target % Math.max(events.length, 1)];
    if (known === undefined || role === 'usage') events.push(usage(spec, n, late));
    else if (role === 'cancel') events.push(cancellation(known, `c${n}`, n, backfill));
    else if (role === 'replace') {
      const replaces = { replaces: known.event.id, replacestime: known.event.time };
      events.push(usage({ ...spec, subject: known.event.subject, ...replaces }, n, late));
    } else {
      // The same event in a backfill, or the other way round: the live one counts.
      const { backfill: _, ...event } = known.event;
      events.push(usage({ ...event, ...own }, n, known.late));
    }
  }
  // Of one id in one chain with two bodies the first counts; here every id has one body in a chain.
  const seen = new Set<string>();
  return events.filter(({ slot, idHash, cancels }) => {
    const chains = [slot, ...(cancels === undefined ? [] : [cancels.slot])].map(
      (each) => `${slotText(each)}#${idHash}`,
    );
    const isNew = chains.every((chain) => !seen.has(chain));
    for (const chain of chains) seen.add(chain);
    return isNew;
  });
};

/** The lines that count, by the definition: cancelled by nothing that counts, and of copies the live one. */
const rightOnes = (lines: readonly CanonicalUsage[], closed: readonly string[]): CanonicalUsage[] => {
  const layers = [undefined, ...closed];
  const counted = lines.filter(({ slot }) => layers.includes(slot.overlay));
  const place = (subject: string, start: string, idHash: string) => `${subject}#${start}#${idHash}`;
  const cancelled = new Set(
    counted.flatMap(({ cancels }) =>
      cancels === undefined ? [] : [place(cancels.slot.subject, cancels.slot.start, cancels.idHash)],
    ),
  );
  const taken = new Set<string>();
  return layers.flatMap((layer) =>
    counted.filter(({ slot, kind, idHash }) => {
      if (slot.overlay !== layer || kind !== 'usage') return false;
      const own = place(slot.subject, slot.start, idHash);
      if (taken.has(own)) return false;
      taken.add(own);
      return !cancelled.has(own);
    }),
  );
};

const scenario = fc
  .array(plan, { minLength: 1, maxLength: 30 })
  .map(linesOf)
  .chain((lines) =>
    fc.record({
      lines: fc.constant(lines),
      order: fc.shuffledSubarray([...lines, ...lines], { minLength: lines.length * 2 }),
      size: fc.integer({ min: 1, max: 12 }),
      cold: fc.boolean(),
      closed: fc.shuffledSubarray(BACKFILLS),
    }),
  );

/** The days after those of the scenario. */
const NEXT = {
  subjects: ['org-01', 'org-02'].map((subject) => ({
    subject,
    from: '2026-10-03T00:00:00.000Z',
    to: '2026-10-05T00:00:00.000Z',
  })),
  period: { start: '2026-10-03', end: '2026-10-05', zone: 'UTC' },
};

const batchesOf = (order: readonly CanonicalUsage[], size: number): CanonicalUsage[][] =>
  Array.from({ length: Math.ceil(order.length / size) }, (_, n) =>
    order.slice(n * size, (n + 1) * size).map((event) => ({ ...event })),
  );

describe('a ledger that is corrected', () => {
  it('says what it would have said had only the right events come', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ lines, order, size, cold, closed }) => {
        const world = correctionsWorld(lines);
        const outcomes: string[] = [];
        for (const batch of batchesOf(order, size)) {
          if (cold) world.forget();
          outcomes.push(...(await world.append(...batch)).outcomes);
        }
        for (const [n, backfill] of closed.entries()) await world.close(backfill, `2026-10-20T00:00:0${n}.000Z`);

        const right = rightOnes(lines, closed).map(asRight);
        const plain = correctionsWorld(right);
        await plain.append(...right);
        expect(await world.slots()).toEqual(await plain.slots());
        expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(lines.length);
        expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(order.length - lines.length);
        for (const chain of chainsOf(world.ports.ledger.appends())) expect(firstBrokenLink(chain)).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });

  it('counts lines and cancelled ones', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ lines, order, size }) => {
        const world = correctionsWorld(lines);
        for (const batch of batchesOf(order, size)) await world.append(...batch);
        for (const chain of chainsOf(world.ports.ledger.appends())) {
          const slot = chain[0]?.slot ?? { subject: '', start: '' };
          const own = lines.filter((line) => line.kind === 'usage' && isSameSlot(line.slot, slot));
          const tombstones = lines.flatMap(({ cancels }) =>
            cancels !== undefined && isSameSlot(cancels.slot, slot) ? [cancels.idHash] : [],
          );
          const { accepted, cancelled, late } = foldChain(chain);
          expect({ accepted, cancelled, late }).toEqual({
            accepted: own.length,
            cancelled: own.filter(({ idHash }) => tombstones.includes(idHash)).length,
            late: own.filter((line) => line.late).length,
          });
          for (const append of chain) expect(decodeAppend(encodeAppend(append))).toEqual(append);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives people and money the same at every moment, whatever is settled, closed or reverted between', async () => {
    const request = {
      subjects: ['org-01', 'org-02'].map((subject) => ({
        subject,
        from: '2026-10-01T00:00:00.000Z',
        to: '2026-10-03T00:00:00.000Z',
      })),
      period: { start: '2026-10-01', end: '2026-10-03', zone: 'UTC' },
      carryIn: {},
      meters: METERS,
    };
    const step = fc.constantFrom('append', 'append', 'sweep', 'close', 'revert', 'wait', 'forget');
    await fc.assert(
      fc.asyncProperty(
        scenario,
        fc.array(step, { minLength: 6, maxLength: 20 }),
        async ({ lines, order, size }, steps) => {
          // From a moment at which the slots are open to one at which their days are over.
          const world = correctionsWorld(lines, '2026-10-02T00:30:00.000Z');
          const { ports, clock, backfills } = world;
          const batches = batchesOf(order, size);
          const isClosed = new Map<string, boolean>();
          for (const [n, each] of steps.entries()) {
            const backfill = BACKFILLS[n % 2] ?? '';
            if (each === 'append') await world.append(...(batches.shift() ?? []));
            if (each === 'sweep') await settleSweep(ports, METERS);
            if (each === 'forget') world.forget();
            if (each === 'wait') clock.advance(13 * 60 * 60_000);
            if (each === 'close' && !isClosed.has(backfill)) {
              await world.close(backfill, clock.now());
              isClosed.set(backfill, true);
            }
            if (each === 'revert' && isClosed.get(backfill) === true) {
              for (const { place } of world.touchedBy(backfill)) {
                await ports.marks.mark({ ...place, at: clock.now(), token: ports.ids.next() });
              }
              backfills.stand({ backfill, state: 'reverted', isFixed: true });
              isClosed.set(backfill, false);
            }
            const money = await readPeriodUsage(ports, request);
            const people = await readBalance(ports, request);
            expect(people.usage).toEqual(money.usage);
            expect(people.carryOut).toEqual(money.carryOut);
            // What goes on into the next period is found from what is settled, and is what the ledger carries out.
            const next = { ...request, ...NEXT };
            const { carryIn: _, ...found } = next;
            const carried = await readPeriodUsage(ports, { ...next, carryIn: money.carryOut });
            expect((await readBalance(ports, found)).usage).toEqual(carried.usage);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
