import { describe, expect, it } from 'vitest';
import { appendBatch } from '../../../lambdas/usage/ledger/append-batch.ts';
import type { LedgerStore } from '../../../lambdas/usage/ledger/ledger-store.ts';
import { meterIndex } from '../../../lambdas/usage/ledger/meter-states.ts';
import { openSealed, sealChain } from '../../../lambdas/usage/ledger/sealed-view.ts';
import { writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import { compareSettledDay } from '../../../lambdas/usage/prove/compare-settled.ts';
import { settleEarly } from '../../../lambdas/usage/settle/early-settle.ts';
import { settleSweep } from '../../../lambdas/usage/settle/settle-sweep.ts';
import { latestMeters } from '../../../lambdas/usage/settle/settled-day.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { api, METERS } from './usage-fixtures.ts';
import { makeWorld } from './usage-world.ts';

const DAY = '2026-11-10';
const START = `${DAY}T00:00:00.000Z`;
const SLOT = { subject: 'org-01', start: START };
const meters = latestMeters(METERS);

/** A slot of ten events in two appends, settled and so sealed; each batch then comes to a worker that knows nothing. */
const world = async () => {
  const made = makeWorld();
  const { ports, clock } = made;
  const reads: { readonly above: number; readonly appends: number }[] = [];
  const counted: LedgerStore = {
    ...ports.ledger,
    slotAbove: async (slot, version) => {
      const read = await ports.ledger.slotAbove(slot, version);
      reads.push({ above: version, appends: read.appends.length });
      return read;
    },
    day: async (...range) => {
      const read = await ports.ledger.day(...range);
      reads.push({ above: 0, appends: read.appends.length });
      return read;
    },
  };
  const append = (...events: CanonicalUsage[]) =>
    appendBatch({ ...ports, ledger: counted, memory: writerMemory() }, events, meterIndex(METERS));
  const events = Array.from({ length: 10 }, (_, n) => api(`e${n}`, `${DAY}T00:0${n}:00.000Z`, n));
  clock.set(`${DAY}T00:10:00.000Z`);
  await append(...events.slice(0, 5));
  await append(...events.slice(5));
  clock.set(`${DAY}T02:00:00.000Z`);
  await settleEarly(ports, meters, 'org-01', DAY);
  const [seal] = await ports.sealed.of('org-01', { from: START, to: `${DAY}T00:15:00.000Z` });
  reads.length = 0;
  return { ...made, reads, append, events, seal };
};

describe('a sealed slot', () => {
  it('lets a late event be judged without reading the chain', async () => {
    const { append, events, seal, reads, ports } = await world();
    expect(seal).toEqual({ ...SLOT, version: 2 });
    const [known, other] = [events[3], api('e4', `${DAY}T00:04:00.000Z`, 99)];
    const { outcomes } = await append({ ...(known as CanonicalUsage) }, other, api('late', `${DAY}T00:01:30.000Z`, 7));
    expect(outcomes).toEqual(['duplicate', 'conflict', 'accepted']);
    expect(reads).toEqual([{ above: 2, appends: 0 }]);
    expect((await ports.ledger.slotAbove(SLOT, 2)).appends).toMatchObject([{ version: 3, states: expect.anything() }]);
    // The next late event reads only what came after the seal.
    reads.length = 0;
    expect((await append(api('late', `${DAY}T00:01:30.000Z`, 7))).outcomes).toEqual(['duplicate']);
    expect(reads).toEqual([{ above: 2, appends: 1 }]);
  });

  it('goes on with the running states of the chain', async () => {
    const { append, read } = await world();
    await append(api('late', `${DAY}T00:01:30.000Z`, 7));
    const { usage } = await read(['org-01'], { start: '2026-11-01', end: '2026-12-01', zone: 'UTC' });
    expect(usage.find(({ meter }) => meter === 'calls')?.quantity).toBe('52');
  });

  it('is read as a chain where its object is gone, or an older one is in its place', async () => {
    const { append, events, ports, reads } = await world();
    const older = sealChain(SLOT, (await ports.ledger.slotAbove(SLOT, 0)).appends.slice(0, 1));
    for (const body of [undefined, older.body]) {
      ports.sealed.objects.clear();
      if (body !== undefined) ports.sealed.objects.set(`org-01/${START}`, body);
      reads.length = 0;
      expect((await append({ ...(events[7] as CanonicalUsage) })).outcomes).toEqual(['duplicate']);
      expect(reads).toEqual([{ above: 0, appends: 2 }]);
    }
  });

  it('is refused when its object was changed', async () => {
    const { append, events, ports, seal } = await world();
    const body = ports.sealed.objects.get(`org-01/${START}`) ?? new Uint8Array();
    body[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
    expect(() => openSealed(seal ?? SLOT, body)).toThrow('its hash differs');
    const { outcomes, failed } = await append({ ...(events[7] as CanonicalUsage) });
    expect([outcomes, failed[0]?.reason]).toEqual([['unwritten'], 'failed']);
  });

  it('is settled anew by reading what came after the seal alone, to the same states as the whole day', async () => {
    const { append, ports, clock } = await world();
    await append(api('late', `${DAY}T00:01:30.000Z`, 7), api('later', `${DAY}T00:02:30.000Z`, 8, 'write'));
    // Nothing but the slot that the mark names is read of the day.
    const ledger: LedgerStore = {
      ...ports.ledger,
      day: (subject, day) => (day === DAY ? Promise.reject(new Error('it is read')) : ports.ledger.day(subject, day)),
    };
    await settleSweep({ ...ports, ledger }, METERS);
    const [stored] = (await ports.settled.days('org-01', DAY, '2026-11-11')).days;
    if (stored === undefined) throw new Error('nothing is settled');
    expect(stored).toMatchObject({ revision: 2, accepted: 12, versions: { [START]: 3 } });
    expect(await compareSettledDay(ports, stored, meters)).toEqual({ differences: [], stale: false });
    clock.advance(21 * 60_000);
    expect((await settleSweep(ports, METERS)).clearedMarks).toBe(1);
  });

  it('is sealed again when many appends have followed', async () => {
    const { append, ports } = await world();
    for (let n = 0; n < 20; n += 1) await append(api(`late-${n}`, `${DAY}T00:01:30.000Z`, 1));
    await settleSweep(ports, METERS);
    const [seal] = await ports.sealed.of('org-01', { from: START, to: `${DAY}T00:15:00.000Z` });
    expect(seal?.version).toBe(22);
    expect((await append(api('late-3', `${DAY}T00:01:30.000Z`, 1))).outcomes).toEqual(['duplicate']);
  });
});
