import { describe, expect, it } from 'vitest';
import { createEmitter } from '../../../emitter/emitter.ts';
import type { EmitterOptions } from '../../../emitter/options.ts';
import type { Outcome } from '../../../emitter/types.ts';
import { chance } from '../../simulation/chance.ts';
import { eventOf, farSide, told } from './far-side.ts';
import { virtualTime } from './virtual-time.ts';

const delivered: Outcome = { status: 'delivered' };
const again: Outcome = { status: 'again', reason: 'throttled' };

const start = (options: Partial<EmitterOptions> & Pick<EmitterOptions, 'transport'>) => {
  const clock = virtualTime();
  const { list, onUndelivered } = told();
  const emitter = createEmitter({ clock, chance: () => 0.5, onUndelivered, ...options });
  return { clock, emitter, undelivered: list };
};

describe('packing', () => {
  it('sends what came within the window in one call, a pack per subject, in order', async () => {
    const { transport, calls } = farSide();
    const { emitter, clock } = start({ transport, maxDelayMillis: 1_000 });
    for (const [subject, n] of [
      ['a', 0],
      ['b', 0],
      ['a', 1],
    ] as const)
      await emitter.emit(eventOf(subject, n));
    await clock.pass(999);
    expect(calls).toEqual([]);
    await clock.pass(1);
    expect(calls).toEqual([
      [
        { subject: 'a', ids: ['a-0', 'a-1'] },
        { subject: 'b', ids: ['b-0'] },
      ],
    ]);
    expect(emitter.held()).toEqual({ events: 0, bytes: 0, waiting: 0 });
  });

  it('sends a pack at once when it is full by events or by bytes', async () => {
    const { transport, calls } = farSide(undefined, { packEvents: 3 });
    const { emitter, clock } = start({ transport });
    for (let n = 0; n < 4; n += 1) await emitter.emit(eventOf('a', n));
    await clock.settle();
    expect(calls).toEqual([[{ subject: 'a', ids: ['a-0', 'a-1', 'a-2'] }]]);

    const bySize = farSide();
    const other = start({ transport: bySize.transport, packBytes: 1_500 });
    for (let n = 0; n < 6; n += 1) await other.emitter.emit(eventOf('a', n));
    await other.clock.settle();
    expect(bySize.calls.flat().every(({ ids }) => ids.length === 5)).toBe(true);
  });

  it('keeps a call within what the transport takes', async () => {
    const { transport, calls } = farSide(undefined, { callPacks: 2, callEvents: 3 });
    const { emitter, clock } = start({ transport, maxCalls: 1 });
    for (const subject of ['a', 'b', 'c', 'd']) {
      await emitter.emit(eventOf(subject, 0));
      await emitter.emit(eventOf(subject, 1));
    }
    await clock.pass(1_000);
    expect(calls.map((call) => call.map(({ subject }) => subject).join(''))).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('retries', () => {
  it('sends again only what was not taken', async () => {
    const { transport, calls } = farSide((packs, call) =>
      packs.map(({ subject }) => (call === 0 && subject === 'b' ? again : delivered)),
    );
    const { emitter, clock } = start({ transport });
    for (const subject of ['a', 'b', 'c']) await emitter.emit(eventOf(subject, 0));
    await clock.pass(2_000);
    expect(calls.map((call) => call.map(({ subject }) => subject).join(''))).toEqual(['abc', 'b']);
  });

  it("hold the account's later packs, and nobody else's", async () => {
    const { transport, calls } = farSide((packs, call) =>
      packs.map(({ subject }) => (call < 2 && subject === 'a' ? again : delivered)),
    );
    const { emitter, clock } = start({ transport, backoffMillis: 4_000 });
    await emitter.emit(eventOf('a', 0));
    await clock.pass(1_000);
    await emitter.emit(eventOf('a', 1));
    await emitter.emit(eventOf('b', 0));
    await clock.pass(1_000);
    expect(calls.at(-1)).toEqual([{ subject: 'b', ids: ['b-0'] }]);
    await clock.pass(20_000);
    expect(calls.flat().filter(({ subject }) => subject === 'a')).toEqual([
      { subject: 'a', ids: ['a-0'] },
      { subject: 'a', ids: ['a-0'] },
      { subject: 'a', ids: ['a-1'] },
    ]);
  });

  it('wait by full jitter, doubled up to the cap', async () => {
    const at: number[] = [];
    const clock = virtualTime();
    const { transport } = farSide((packs) => {
      at.push(clock.nowMillis());
      return packs.map(() => (at.length < 6 ? again : delivered));
    });
    const emitter = createEmitter({
      transport,
      clock,
      chance: () => 0.5,
      onUndelivered: told().onUndelivered,
      backoffMillis: 100,
      backoffCapMillis: 500,
    });
    await emitter.emit(eventOf('a', 0));
    await clock.pass(10_000);
    expect(at.slice(1).map((millis, n) => millis - (at[n] ?? 0))).toEqual([50, 100, 200, 250, 250]);
  });

  it('leave the far side alone for as long as it asks', async () => {
    const at: number[] = [];
    const clock = virtualTime();
    const { transport } = farSide((packs) => {
      at.push(clock.nowMillis());
      return packs.map(() => (at.length === 1 ? { ...again, afterMillis: 7_000 } : delivered));
    });
    const emitter = createEmitter({ transport, clock, chance: () => 0, onUndelivered: told().onUndelivered });
    await emitter.emit(eventOf('a', 0));
    await clock.pass(1_000);
    await emitter.emit(eventOf('b', 0));
    await clock.pass(20_000);
    expect(at.map((millis) => millis - (at[0] ?? 0))).toEqual([0, 7_000]);
  });

  it('take a call that throws, hangs or says too little as lost, and send it again', async () => {
    const { transport, calls } = farSide((packs, call) => {
      if (call === 0) throw new Error('connection reset');
      if (call === 1) return new Promise(() => {});
      return call === 2 ? [] : packs.map(() => delivered);
    });
    const { emitter, clock, undelivered } = start({ transport, callTimeoutMillis: 5_000 });
    await emitter.emit(eventOf('a', 0));
    await clock.pass(60_000);
    expect(calls).toHaveLength(4);
    expect(undelivered).toEqual([]);
    expect(emitter.held().events).toBe(0);
  });

  it('end when a pack is given up: it is told, and the account goes on', async () => {
    const { transport, calls } = farSide((packs) =>
      packs.map(() => (calls.flat().at(-1)?.ids.includes('a-0') ? again : delivered)),
    );
    const { emitter, clock, undelivered } = start({ transport, giveUpAfterMillis: 10_000 });
    await emitter.emit(eventOf('a', 0));
    await clock.pass(2_000);
    await emitter.emit(eventOf('a', 1));
    await clock.pass(60_000);
    expect(undelivered).toEqual([
      {
        ids: ['a-0'],
        reason: { code: 'GAVE_UP', message: expect.stringMatching(/^not taken in \d+ tries .*throttled$/) },
      },
    ]);
    expect(calls.at(-1)).toEqual([{ subject: 'a', ids: ['a-1'] }]);
  });
});

describe('what cannot be delivered', () => {
  it('is told by event when the far side rejects single ones', async () => {
    const rejections = [{ index: 1, code: 'SOURCE_NOT_ALLOWED', path: '/source', message: 'Use another key.' }];
    const { transport } = farSide((packs) => packs.map(() => ({ status: 'delivered', rejections })));
    const { emitter, clock, undelivered } = start({ transport });
    for (let n = 0; n < 3; n += 1) await emitter.emit(eventOf('a', n));
    await clock.pass(1_000);
    const rejection = { code: 'SOURCE_NOT_ALLOWED', path: '/source', message: 'Use another key.' };
    expect(undelivered).toEqual([
      { ids: ['a-1'], reason: { code: 'REJECTED', message: 'Use another key.', rejection } },
    ]);
  });

  it('is told whole, as it was emitted, when another try cannot help', async () => {
    const { transport, calls } = farSide((packs) => packs.map(() => ({ status: 'refused', reason: '403 Forbidden' })));
    const seen: unknown[] = [];
    const clock = virtualTime();
    const emitter = createEmitter({ transport, clock, onUndelivered: (events) => seen.push(...events) });
    const event = eventOf('a', 0, { data: { count: 1, endpoint: 'read', note: 'zwölf Äpfel\n🍏' } });
    await emitter.emit(event);
    await clock.pass(60_000);
    expect(seen).toEqual([event]);
    expect(calls).toHaveLength(1);
  });

  it('is refused by emit itself where it could never be delivered', async () => {
    const { emitter } = start({ transport: farSide().transport });
    const refused = (changes: object) => emitter.emit(eventOf('a', 0, changes));
    await expect(refused({ subject: 'no space' })).rejects.toMatchObject({ code: 'NOT_CLOUDEVENT' });
    await expect(refused({ subject: 'x'.repeat(129) })).rejects.toMatchObject({ code: 'NOT_CLOUDEVENT' });
    await expect(refused({ id: '' })).rejects.toThrow('the attribute id must be a text that is not empty');
    await expect(refused({ specversion: '0.3' })).rejects.toThrow('specversion must be "1.0"');
    await expect(refused({ data: [] })).rejects.toThrow('data must be a JSON object');
    await expect(refused({ data: { count: 1n } })).rejects.toThrow('the event is no JSON');
    await expect(refused({ data: { text: 'x'.repeat(65_536) } })).rejects.toMatchObject({ code: 'TOO_LARGE' });
    expect(emitter.held()).toEqual({ events: 0, bytes: 0, waiting: 0 });
  });

  it('does not stop the others when the listener throws; the next flush says so', async () => {
    const { transport, calls } = farSide((packs) => packs.map(() => ({ status: 'refused', reason: '400' })));
    const clock = virtualTime();
    const emitter = createEmitter({
      transport,
      clock,
      onUndelivered: () => {
        throw new Error('the disk is full');
      },
    });
    await emitter.emit(eventOf('a', 0));
    await emitter.emit(eventOf('b', 0));
    await expect(emitter.flush()).rejects.toThrow('the disk is full');
    await emitter.flush();
    expect(calls).toHaveLength(1);
    expect(emitter.held().events).toBe(0);
  });
});

describe('back pressure', () => {
  const blocked = () => {
    const gate = Promise.withResolvers<void>();
    const { transport, calls } = farSide(async (packs) => {
      await gate.promise;
      return packs.map(() => delivered);
    });
    return { ...start({ transport, memoryBytes: 256 * 1024, maxWaiting: 2 }), calls, open: gate.resolve };
  };
  const large = (n: number) => eventOf('a', n, { data: { count: 1, endpoint: 'read', blob: noise(60_000, n) } });
  /** A text that gzip cannot make much smaller. */
  const noise = (length: number, seed: number): string => {
    const source = chance(seed);
    return Array.from({ length }, () => String.fromCharCode(35 + source.below(57))).join('');
  };

  it('lets emit wait while the memory is full, sends at once, and keeps the order', async () => {
    const { emitter, clock, open, calls } = blocked();
    const states: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      void emitter.emit(large(n)).then(() => states.push(`taken ${n}`));
      await clock.settle();
    }
    expect(emitter.held().waiting).toBeGreaterThan(0);
    expect(emitter.held().bytes).toBeLessThanOrEqual(256 * 1024);
    expect(calls).toHaveLength(1);
    open();
    await clock.pass(5_000);
    expect(states).toEqual([0, 1, 2, 3, 4, 5].map((n) => `taken ${n}`));
    expect(calls.flat().flatMap(({ ids }) => ids)).toEqual([0, 1, 2, 3, 4, 5].map((n) => `a-${n}`));
  });

  it('refuses the caller who does not wait', async () => {
    const { emitter, clock } = blocked();
    const codes: string[] = [];
    for (let n = 0; n < 10; n += 1) {
      void emitter.emit(large(n)).catch(({ code }) => codes.push(code));
    }
    await clock.settle();
    expect(new Set(codes)).toEqual(new Set(['OVERRUN']));
    expect(emitter.held().waiting).toBeLessThanOrEqual(2);
  });
});

describe('the end', () => {
  it('flush sends at once and waits until everything is done with', async () => {
    const { transport } = farSide((packs, call) => packs.map(() => (call === 0 ? again : delivered)));
    const { emitter, clock } = start({ transport });
    await emitter.flush();
    await emitter.emit(eventOf('a', 0));
    let done = false;
    const flushed = emitter.flush().then(() => {
      done = true;
    });
    await clock.settle();
    expect(done).toBe(false);
    await clock.pass(100);
    await flushed;
    expect(emitter.held().events).toBe(0);
  });

  it('close sends the rest, then takes nothing more', async () => {
    const { transport, calls } = farSide();
    const { emitter } = start({ transport });
    await emitter.emit(eventOf('a', 0));
    const closed = emitter.close();
    expect(emitter.close(1)).toBe(closed);
    await closed;
    expect(calls).toEqual([[{ subject: 'a', ids: ['a-0'] }]]);
    await expect(emitter.emit(eventOf('a', 1))).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('close tells at its deadline what is still open, and ends the call', async () => {
    let ended = false;
    const { transport } = farSide((_packs, _call, signal) => {
      signal.addEventListener('abort', () => {
        ended = true;
      });
      return new Promise(() => {});
    });
    const { emitter, clock, undelivered } = start({ transport });
    await emitter.emit(eventOf('a', 0));
    await emitter.emit(eventOf('b', 0));
    await clock.pass(1_000);
    await emitter.emit(eventOf('a', 1));
    const closed = emitter.close(3_000);
    await clock.pass(3_000);
    await closed;
    expect(ended).toBe(true);
    expect(undelivered.map(({ ids, reason }) => `${reason.code} ${ids}`)).toEqual([
      'CLOSED a-0',
      'CLOSED a-1',
      'CLOSED b-0',
    ]);
    expect(emitter.held()).toEqual({ events: 0, bytes: 0, waiting: 0 });
    expect(await clock.step()).toBe(false);
  });
});

it('refuses options that cannot work', () => {
  const { transport } = farSide();
  const make = (options: Partial<EmitterOptions>) => () =>
    createEmitter({ transport, onUndelivered: told().onUndelivered, ...options });
  expect(make({ memoryBytes: 1_000 })).toThrow('memoryBytes is 1000; it must be at least 262144');
  expect(make({ maxCalls: 0 })).toThrow('maxCalls is 0; it must be at least 1');
  expect(make({ maxDelayMillis: Number.NaN })).toThrow('maxDelayMillis is NaN');
});
