import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEmitter, type Emitter } from '../../../emitter/emitter.ts';
import { makeLanes } from '../../../emitter/lanes.ts';
import { lineOf } from '../../../emitter/line.ts';
import type { UndeliveredReason } from '../../../emitter/types.ts';
import { type Chance, chance } from '../../simulation/chance.ts';
import { eventOf } from '../../unit/emitter/far-side.ts';
import { type VirtualTime, virtualTime } from '../../unit/emitter/virtual-time.ts';
import { type Faults, type UnreliableSide, unreliableSide } from './unreliable-side.ts';

/** The least that an emitter may be given; the events of these tests are small, so the memory is filled by large ones. */
const MEMORY_BYTES = 256 * 1024;

const rate = fc.constantFrom(0, 0.05, 0.2, 0.6);
const seldom = fc.constantFrom(0, 0.05);
const scenario = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  subjects: fc.integer({ min: 1, max: 6 }),
  producers: fc.integer({ min: 1, max: 4 }),
  eventsEach: fc.integer({ min: 1, max: 40 }),
  /** Whether there are events so large that the memory fills. */
  large: fc.boolean(),
  awaits: fc.boolean(),
  giveUpAfterMillis: fc.constantFrom(500, 20_000, Number.POSITIVE_INFINITY),
  /** When the shutdown comes; a long time after everything, or in the middle of it. */
  closeAt: fc.constantFrom(undefined, 200, 1_500, 4_000),
  deadlineMillis: fc.constantFrom<number[]>(0, 1_000, 60_000),
  faults: fc.record<Faults>({
    partial: rate,
    throttled: rate,
    lost: rate,
    answerLost: rate,
    hangs: seldom,
    refused: seldom,
    rejected: seldom,
  }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** What a run of the emitter left behind. */
type Run = {
  readonly side: UnreliableSide;
  readonly emitter: Emitter;
  /** Ids by subject, in the order of the calls of emit. */
  readonly emitted: Map<string, string[]>;
  readonly taken: Set<string>;
  readonly refused: Set<string>;
  readonly undelivered: { readonly id: string; readonly code: UndeliveredReason['code'] }[];
  readonly mostBytes: number;
};

/** Text that gzip cannot make much smaller. */
const noise = ((source: Chance) => Array.from({ length: 50_000 }, () => String.fromCharCode(35 + source.below(57))))(
  chance(1),
).join('');

const produce = async (
  { subjects, eventsEach, large, awaits }: Scenario,
  producer: number,
  { time, source, run }: { time: VirtualTime; source: Chance; run: Run },
): Promise<void> => {
  for (let n = 0; n < eventsEach; n += 1) {
    const subject = `org-${source.below(subjects)}`;
    const blob =
      large && source.happens(0.3) ? noise.slice(0, 20_000 + source.below(30_000)) : 'ä'.repeat(source.below(300));
    const event = eventOf(subject, n, { id: `${producer}-${n}`, data: { count: 1, endpoint: 'read', blob } });
    const own = run.emitted.get(subject) ?? [];
    run.emitted.set(subject, own);
    own.push(event.id);
    const emitting = run.emitter.emit(event).then(
      () => void run.taken.add(event.id),
      () => void run.refused.add(event.id),
    );
    if (awaits) await emitting;
    if (source.happens(0.5)) await time.sleep(source.below(400));
    if (source.happens(0.03)) void run.emitter.flush();
  }
};

const runOf = async (given: Scenario): Promise<Run> => {
  const time = virtualTime();
  const source = chance(given.seed);
  const side = unreliableSide(time, source, given.faults);
  const undelivered: Run['undelivered'] = [];
  const emitter = createEmitter({
    transport: side.transport,
    clock: time,
    chance: source.next,
    memoryBytes: MEMORY_BYTES,
    maxWaiting: 20,
    packBytes: 3_000,
    maxDelayMillis: 300,
    backoffCapMillis: 2_000,
    callTimeoutMillis: 3_000,
    giveUpAfterMillis: given.giveUpAfterMillis,
    onUndelivered: (events, { code }) => undelivered.push(...events.map(({ id }) => ({ id, code }))),
  });
  let mostBytes = 0;
  const run: Run = { side, emitter, emitted: new Map(), taken: new Set(), refused: new Set(), undelivered, mostBytes };
  const producing = Promise.all(
    Array.from({ length: given.producers }, (_, n) => produce(given, n, { time, source, run })),
  );
  const closeAfter = given.closeAt === undefined ? producing : time.sleep(given.closeAt);
  const ended = closeAfter.then(() => emitter.close(given.deadlineMillis)).then(() => producing);
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over && (await time.step())) {
    mostBytes = Math.max(mostBytes, emitter.held().bytes, side.bytesOnTheWay);
  }
  if (!over) throw new Error('the emitter does not end');
  // What a hanging call carried may still arrive.
  while (await time.step());
  return { ...run, mostBytes };
};

/** The first arrivals of each subject's events that were not told as undelivered. */
const firstArrivals = ({ side, emitted, undelivered }: Run, subject: string): string[] => {
  const own = new Set(emitted.get(subject));
  const told = new Set(undelivered.map(({ id }) => id));
  return [...new Set(side.arrived)].filter((id) => own.has(id) && !told.has(id));
};

describe('an emitter and a far side with faults', () => {
  it('deliver each event at least once or tell of it, in order, within the memory', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const run = await runOf(given);
        const arrived = new Set(run.side.arrived);
        const told = run.undelivered.map(({ id }) => id);
        const toldOnce = new Set(told);
        expect(run.side.misdeeds).toEqual([]);
        expect(toldOnce.size).toBe(told.length);
        for (const id of run.taken) expect(arrived.has(id) || toldOnce.has(id), `${id} is lost`).toBe(true);
        for (const id of told) {
          expect(run.taken.has(id), `${id} told though not taken`).toBe(true);
          expect(run.side.confirmed.has(id), `${id} told though confirmed`).toBe(false);
        }
        for (const id of run.refused) expect(arrived.has(id) || toldOnce.has(id), `${id} was refused`).toBe(false);
        expect(run.taken.size + run.refused.size).toBe(given.producers * given.eventsEach);
        for (const [subject, order] of run.emitted) {
          const delivered = firstArrivals(run, subject);
          expect(delivered).toEqual(order.filter((id) => delivered.includes(id)));
          const own = told.filter((id) => order.includes(id));
          expect(own).toEqual(order.filter((id) => own.includes(id)));
        }
        expect(run.mostBytes).toBeLessThanOrEqual(MEMORY_BYTES);
        expect(run.emitter.held()).toEqual({ events: 0, bytes: 0, waiting: 0 });
      }),
      { numRuns: 250 },
    );
  });

  it('deliver everything where there is time and nothing is refused', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const patient = { ...given, giveUpAfterMillis: Number.POSITIVE_INFINITY, closeAt: undefined };
        const faults = { ...given.faults, refused: 0, rejected: 0 };
        const run = await runOf({ ...patient, awaits: true, deadlineMillis: 10_000_000, faults });
        expect(run.undelivered).toEqual([]);
        expect(run.refused).toEqual(new Set());
        expect(new Set(run.side.arrived)).toEqual(run.taken);
      }),
      { numRuns: 80 },
    );
  });
});

describe('packing', () => {
  it('never takes more memory than it gives back, whatever the texts', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { minLength: 1, maxLength: 8 }), (texts) => {
        const given: number[] = [];
        const lanes = makeLanes({ packEvents: 1_000, packBytes: 900_000 }, (bytes) => given.push(bytes));
        for (const [n, text] of texts.entries()) lanes.add(lineOf(eventOf('a', n, { data: { text } })));
        lanes.sealAll();
        expect(given).toHaveLength(1);
        expect(given[0]).toBeGreaterThan(0);
        // A pack keeps nothing alive but itself.
        for (const { data } of lanes.all().flatMap(({ packs }) => packs)) {
          expect(data.buffer.byteLength).toBe(data.length);
        }
      }),
    );
    let given = 0;
    const lanes = makeLanes({ packEvents: 1, packBytes: 900_000 }, (bytes) => {
      given = bytes;
    });
    // The worst case: the least to pack, and a little of all the rest.
    lanes.add({ subject: 'a', text: noise.slice(0, 40), bytes: 40, held: lineOf(eventOf('a', 0)).held });
    expect(given).toBeGreaterThan(0);
  });
});
