import { describe, expect, it } from 'vitest';
import type { CatalogEntry, PriceBook } from '../../../lambdas/catalog/types.ts';
import { putByHash } from '../../../lambdas/close/data-files.ts';
import type { LinesFile } from '../../../lambdas/close/rate-account.ts';
import type { AccountProgress } from '../../../lambdas/close/records.ts';
import { pinnedUsage } from '../../../lambdas/close/usage-port.ts';
import { verifyStoredLine } from '../../../lambdas/close/verify-stored-line.ts';
import { ENGINE } from '../../../lambdas/rating/engine.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { account } from './close-catalog.ts';
import { closeAll, documentsOf, makeWorld, resolve, type World } from './close-world.ts';
import { agreed, BOOK, calls, gigabytes, ledgerWorld, NOVEMBER, OCTOBER, seats } from './ledger-world.ts';

const ITEMS = ['seats', 'storage', 'calls'].map((id) => ({ id, price: id }));

describe('the verification of a line', () => {
  const billed = async () => {
    const world = ledgerWorld(agreed({ items: ITEMS, covers: ['kid'] }), ...account('kid'));
    const { append, close, made, closed } = world;
    await append(
      seats('2026-10-05T00:00:00.000Z', 31),
      gigabytes('2026-10-05T00:00:00.000Z', '100'),
      calls('2026-10-06T00:00:00.000Z', 7),
      calls('2026-10-06T00:01:00.000Z', 5, 'org-kid'),
    );
    await close(OCTOBER);
    const lines = (await documentsOf(made, closed[0] ?? '')).flatMap((document) => document.lines);
    const ports = { store: made.store, files: made.files, catalog: made.catalog, usage: made.ports.usage };
    return { ...world, lines, ports };
  };

  it('is equal, from the slots at their pinned versions, whatever was appended and closed since', async () => {
    const { append, close, lines, ports } = await billed();
    expect(lines.map(({ amount }) => amount)).toEqual(['837.00', '8.71', '12.00']);
    // Late, in slots that were read and in others.
    await append(calls('2026-10-06T00:00:30.000Z', 100), seats('2026-10-20T00:00:00.000Z', 1));
    await close(NOVEMBER);
    for (const { lineId, amount } of lines) {
      const verification = await verifyStoredLine(ports, lineId);
      expect(verification).toMatchObject({ equal: true, slots: 3, differences: [] });
      expect(verification.says).toContain(`Equal: ${amount} USD`);
      expect(verification.usage?.now).toBe(verification.usage?.pinned);
    }
  });

  it('shows what differs when a catalog entry is not what was published', async () => {
    const { lines, ports } = await billed();
    const { body, ...entry } = BOOK as CatalogEntry<PriceBook>;
    const prices = body.prices.map((price) =>
      price.id === 'calls' ? { ...price, steps: [{ step: 'per-unit' as const, unitPrice: '2' }] } : price,
    );
    const changed = { ...entry, body: { ...body, prices } };
    const catalog: typeof ports.catalog = {
      ...ports.catalog,
      version: async (kind, id, version) =>
        kind === 'price-book' ? (changed as never) : ports.catalog.version(kind, id, version),
    };
    const [seatLine, , callLine] = lines;
    const verification = await verifyStoredLine({ ...ports, catalog }, callLine?.lineId ?? '');
    expect(verification).toMatchObject({ equal: false });
    expect(verification.differences[0]?.fields).toContainEqual({
      field: 'amount',
      stored: '12.00',
      recomputed: '24.00',
    });
    expect((await verifyStoredLine({ ...ports, catalog }, seatLine?.lineId ?? '')).says).toBe(
      'Equal by itself; 1 of the lines that were rated with it come out otherwise.',
    );
  });

  it('says so when the ledger, or a file, is not what was pinned', async () => {
    const { lines, ports, sources, made } = await billed();
    const [line] = lines;
    const lost = { readPinned: pinnedUsage({ ...sources, ledger: memoryLedger() }) };
    expect(await verifyStoredLine({ ...ports, usage: lost }, line?.lineId ?? '')).toMatchObject({
      equal: false,
      says: expect.stringContaining('is not what was pinned'),
    });
    const pins = [...made.texts.keys()].find((key) => key.includes('/pins/a1-')) ?? '';
    made.texts.set(pins, (made.texts.get(pins) ?? '').replace('"31"', '"32"').replace('a1', 'a2'));
    expect((await verifyStoredLine(ports, line?.lineId ?? '')).says).toContain('is not what was pinned');
  });
});

describe('a newer engine', () => {
  /** The first close as an older engine rated it; with `change` to its lines. */
  const ratedBefore = async (change: (lines: LinesFile['lines']) => LinesFile['lines']): Promise<World> => {
    const world = makeWorld();
    world.usage.set('org-a1', '150');
    const { close } = await closeAll(world);
    const progress = await world.store.account(close.closeId, 'a1');
    const file = JSON.parse((await world.files.getText(progress?.rated?.linesKey ?? '')) ?? '') as LinesFile;
    const older = file.lines.map((line) => ({ ...line, pins: { ...line.pins, engine: '0' } }));
    const { key, hash } = await putByHash(world.files, 'closes/older', { ...file, lines: change(older) });
    const read = world.ports.store.account;
    Object.assign(world.ports.store, {
      account: async (closeId: string, id: string): Promise<AccountProgress | undefined> => {
        const found = await read(closeId, id);
        if (closeId !== close.closeId || id !== 'a1' || found?.rated === undefined) return found;
        return { ...found, rated: { ...found.rated, linesKey: key, linesHash: hash } };
      },
    });
    return world;
  };
  const again = async (world: World) => {
    const { close } = await closeAll(world);
    const totals = (await documentsOf(world, close.closeId)).map(({ total }) => total);
    return { close, totals };
  };

  it('corrects a period once it has given the old lines from the old inputs', async () => {
    const world = await ratedBefore((lines) => lines);
    world.usage.set('org-a1', '180');
    const { totals, close } = await again(world);
    expect(totals).toEqual(['3.00']);
    expect(await world.store.exceptions(close)).toEqual([]);
  });

  it('is an exception of its own where it gives something else, until a person lets it', async () => {
    const world = await ratedBefore((lines) =>
      lines.map((line) => (line.item === 'calls' ? { ...line, amount: '5.01' } : line)),
    );
    const held = await again(world);
    expect(held.totals).toEqual([]);
    const [exception] = await world.store.exceptions(held.close);
    expect(exception).toMatchObject({ kind: 'engine-differs', account: 'a1', evidence: { engine: ENGINE } });
    expect(exception?.message).toContain('in all -0.01 USD');
    await resolve(world, exception?.exceptionId ?? '', 'newer');
    world.usage.set('org-a1', '180');
    expect((await again(world)).totals).toEqual(['3.00']);
  });
});
