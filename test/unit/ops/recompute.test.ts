import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upcasters } from '../../../lambdas/usage/events/upcasters.ts';
import type { LedgerFigure } from '../../../ops/recompute/recompute.ts';
import { UPCASTS } from '../../../ops/recompute/upcasts.ts';
import { cancelLine, lineOf, PROOF_METERS, type ProofWorld, proofWorld, traffic } from '../usage/proof-world.ts';
import { figuresOf, recomputeWorld } from '../usage/recomputed-world.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'recompute-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (world: ProofWorld, figures: readonly LedgerFigure[], closed: readonly string[] = []) =>
  recomputeWorld(world, figures, folder, closed);

describe('the recomputation in SQL', () => {
  it('agrees with the ledger, whatever befell the events', async () => {
    const world = proofWorld();
    await traffic(world);
    const figures = await figuresOf(world);
    const found = await run(world, figures);
    expect(found.differences).toEqual([]);
    expect(found).toMatchObject({ quarantined: 3, notHeld: 0 });
    expect(found.meters.map(({ aggregation }) => aggregation).sort()).toEqual(
      PROOF_METERS.map(({ body }) => body.aggregation).sort(),
    );
    expect(found.meters.reduce((sum, meter) => sum + meter.figures, 0)).toBe(figures.length);
    const of = (meter: string, day: string) =>
      figures.find((each) => each.meter === meter && each.day === day)?.quantity;
    expect([of('requests', '2026-10-02'), of('calls', '2026-10-02')]).toEqual(['1', '60']);
  });

  it('finds a total that is wrong, missing or too much', async () => {
    const world = proofWorld();
    await traffic(world);
    const figures = await figuresOf(world);
    const n = figures.findIndex(({ meter, day }) => meter === 'average' && day === '2026-10-01');
    const [wrong] = figures.splice(n, 1, { ...(figures[n] as LedgerFigure), quantity: '3.500000000001' });
    figures.splice(
      figures.findIndex(({ meter }) => meter === 'users'),
      1,
    );
    figures.push({ ...(wrong as LedgerFigure), subject: 'org-77' });
    const { differences } = await run(world, figures);
    expect(differences.map(({ subject, meter, archive, ledger }) => [subject, meter, archive, ledger])).toEqual([
      ['org-01', 'average', '3.5', '3.500000000001'],
      ['org-02', 'users', '2', undefined],
      ['org-77', 'average', undefined, '3.5'],
    ]);
  });

  it('counts a closed backfill: what it adds, cancels and has in common with live usage', async () => {
    const world = proofWorld();
    await traffic(world);
    world.overlays.stand({ backfill: 'bf-1', state: 'open', isFixed: false });
    const late = (id: string, count: number) =>
      lineOf(id, 'org-01', '2026-10-01T00:05:00Z', 'api.requests', { count, endpoint: 'read' }, { backfill: 'bf-1' });
    await world.deliver([
      [late('new', 100), late('a', 7_000)],
      [cancelLine('bx', 'b', 'org-01', '2026-10-01T07:30:00Z', { backfill: 'bf-1' })],
    ]);
    const open = await figuresOf(world);
    expect((await run(world, open)).differences).toEqual([]);
    world.overlays.stand({ backfill: 'bf-1', state: 'closed', isFixed: true, closedAt: '2026-11-10T00:00:00.000Z' });
    const versions = { '2026-10-01T00:00:00.000Z': 1, '2026-10-01T07:30:00.000Z': 1 };
    world.overlays.pin({ backfill: 'bf-1', subject: 'org-01', day: '2026-10-01' }, versions);
    const closed = await figuresOf(world);
    const calls = (figures: readonly LedgerFigure[]) =>
      figures.find(({ meter, day }) => meter === 'calls' && day === '2026-10-01')?.quantity;
    expect([calls(open), calls(closed)]).toEqual(['7', '103']);
    expect((await run(world, closed, ['bf-1'])).differences).toEqual([]);
    expect((await run(world, closed)).differences).not.toEqual([]);
  });

  it('knows every step between schema versions that ingest knows', () => {
    const steps = (all: readonly { readonly from: string; readonly to: string }[]) =>
      all.map(({ from, to }) => [from, to]);
    expect(steps(UPCASTS)).toEqual(steps(upcasters));
  });

  it('says so where it cannot hold a number', async () => {
    const world = proofWorld();
    await world.deliver([[lineOf('s', 'org-01', '2026-10-02T00:00:00Z', 'storage.sampled', { gb: 1.5e-13 })]]);
    expect((await run(world, await figuresOf(world))).notHeld).toBe(1);
  });
});
