import { describe, expect, it } from 'vitest';
import type { Contract } from '../../../lambdas/catalog/types.ts';
import { runPreviewStep } from '../../../lambdas/preview/preview-steps.ts';
import { PinnedSlotError } from '../../../lambdas/usage/prove/counted-lines.ts';
import { contract, priceBook } from '../close/close-catalog.ts';
import { catalogOf, closeAll, makeWorld } from '../close/close-world.ts';
import { askPreview, bookWith, callsAt, runPreview } from './preview-world.ts';

/** October is closed; a1 used 1,100 calls, a2 150, a3 (in EUR) 300. It is 3 November. */
const october = async (entries = catalogOf()) => {
  const world = makeWorld(entries);
  world.usage.set('org-a1', '1100');
  world.usage.set('org-a2', '150');
  world.usage.set('org-a3', '300');
  await closeAll(world);
  return world;
};

describe('a price preview', () => {
  it('rates what was billed again, and what it would have been', async () => {
    const world = await october();
    const { report, accounts } = await runPreview(world, callsAt('0.05'));
    // 50 + 1,000 × 0.10 = 150 and 50 + 1,000 × 0.05 = 100; 50 + 50 × 0.10 = 55 and 52.50.
    expect(report.totals).toEqual([
      { currency: 'EUR', before: '70.00', after: '70.00', difference: '0.00', percent: '0.00' },
      { currency: 'USD', before: '205.00', after: '152.50', difference: '-52.50', percent: '-25.61' },
    ]);
    expect(report.winners.map(({ account, difference }) => [account, difference])).toEqual([
      ['a1', '-50.00'],
      ['a2', '-2.50'],
    ]);
    expect(report).toMatchObject({
      accounts: 3,
      dates: { start: '2026-10-01', end: '2026-11-01' },
      running: { start: '2026-11-01', end: '2026-12-01' },
      losers: [],
      counts: { winners: 2, losers: 0, same: 1, problems: 0, cliffs: 0 },
      atRisk: { accounts: 0, amounts: [] },
    });
    expect(accounts[0]?.periods).toMatchObject([
      { contract: 'contract-a1', start: '2026-10-01', end: '2026-11-01', before: '150.00', after: '100.00' },
      { start: '2026-11-01', end: '2026-12-01', running: true, before: '150.00', after: '100.00' },
    ]);
  });

  it('gives the same bytes for the same inputs, whenever it runs', async () => {
    const world = await october();
    const first = await runPreview(world, callsAt('0.12'));
    const second = await runPreview(world, callsAt('0.12'));
    expect(second.jobId).not.toBe(first.jobId);
    expect(second.result?.report.hash).toBe(first.result?.report.hash);
    expect(JSON.stringify(second.report)).toBe(JSON.stringify(first.report));
  });

  it('touches nothing but its own files and its job', async () => {
    const world = await october();
    const before = new Map(world.texts);
    const documents = JSON.stringify(await world.store.listCloses(10));
    await runPreview(world, callsAt('9'));
    for (const [key, text] of world.texts) {
      if (!key.startsWith('previews/')) expect([key, before.get(key)]).toEqual([key, text]);
    }
    expect(JSON.stringify(await world.store.listCloses(10))).toBe(documents);
  });

  it('says what is at risk: what those pay whose bill would rise by more than the percentage', async () => {
    const world = await october();
    // a1: 150 → 170 (13.3 %); a2: 55 → 56 (1.8 %).
    const { report } = await runPreview(world, callsAt('0.12'));
    expect(report.losers.map(({ account, percent }) => [account, percent])).toEqual([
      ['a1', '13.33'],
      ['a2', '1.82'],
    ]);
    expect(report.atRisk).toEqual({ percent: 10, accounts: 1, amounts: [{ currency: 'USD', amount: '150.00' }] });
  });

  it('keeps the book that a closed period was billed with on the side before', async () => {
    const world = await october();
    world.publish(priceBook('USD', '0.99', { version: 2, effectiveFrom: '2026-10-20T00:00:00.000Z' }));
    const { accounts } = await runPreview(world, callsAt('0.05'));
    // November begins under version 2.
    expect(accounts[0]?.periods.map(({ before, after }) => [before, after])).toEqual([
      ['150.00', '100.00'],
      ['1040.00', '100.00'],
    ]);
  });

  it('reads closed periods as they were billed, and the running one as the ledger has it', async () => {
    const world = await october();
    world.usage.set('org-a1', '2100');
    const { accounts } = await runPreview(world, callsAt('0.05'));
    expect(accounts[0]?.periods.map(({ before, after }) => [before, after])).toEqual([
      ['150.00', '100.00'],
      ['250.00', '150.00'],
    ]);
  });

  it('tells of an account whose ledger is not what was pinned, and rates the others', async () => {
    const world = await october();
    const { readPinned } = world.ports.usage;
    world.ports.usage.readPinned = (request) =>
      request.subjects.some(({ subject }) => subject === 'org-a1')
        ? Promise.reject(new PinnedSlotError('slot 10:00 of org-a1 is not what was pinned'))
        : readPinned(request);
    const { report } = await runPreview(world, callsAt('0.05'));
    expect(report.problems).toEqual([
      {
        account: 'a1',
        contract: 'contract-a1',
        start: '2026-10-01',
        message: 'slot 10:00 of org-a1 is not what was pinned',
      },
    ]);
    expect(report.totals.find(({ currency }) => currency === 'USD')).toMatchObject({ before: '55.00', after: '52.50' });
  });

  it('tries a contract too, as if it had been agreed all along', async () => {
    const world = await october();
    const body = contract('a1', { discounts: [{ id: 'loyal', description: 'Loyal', percent: '10' }] }).body as Contract;
    const { report } = await runPreview(world, { contract: { source: 'a test', body } });
    expect(report.totals.find(({ currency }) => currency === 'USD')).toMatchObject({
      before: '205.00',
      after: '190.00',
    });
    expect(report.counts).toMatchObject({ winners: 1, same: 2 });
  });

  it('names accounts near an edge of a volume price, and what each side of it costs', async () => {
    const world = await october();
    const book = bookWith([
      {
        step: 'volume',
        tiers: [
          { upTo: '1000', unitPrice: '0.10' },
          { upTo: null, unitPrice: '0.05' },
        ],
      },
    ]);
    const { report } = await runPreview(world, { book: { replaces: 'list-usd', source: 'a test', body: book } });
    const near = {
      account: 'a1',
      contract: 'contract-a1',
      item: 'calls',
      currency: 'USD',
      quantity: '1100',
      edge: '1000',
    };
    // 1,000 × 0.10 = 100; 1,001 × 0.05 = 50.05: one more call costs 49.95 less.
    expect(report.cliffs).toEqual([
      { ...near, start: '2026-10-01', atEdge: '100.00', beyond: '50.05', jump: '-49.95' },
      { ...near, start: '2026-11-01', atEdge: '100.00', beyond: '50.05', jump: '-49.95' },
    ]);
    const strict = await runPreview(
      world,
      { book: { replaces: 'list-usd', source: 'a test', body: book } },
      { nearPercent: 9 },
    );
    expect(strict.report.cliffs).toEqual([]);
  });

  it('tells of each side that cannot be rated, and counts it in no total', async () => {
    const world = await october();
    const body = { ...bookWith([{ step: 'per-unit', unitPrice: '1' }]), prices: [] };
    const { report, accounts } = await runPreview(world, { book: { replaces: 'list-usd', source: 'a test', body } });
    expect(report.totals.map(({ currency }) => currency)).toEqual(['EUR']);
    expect(report.problems[0]?.message).toContain('has no price "fee"');
    expect(accounts[0]?.periods[0]).toMatchObject({ before: '150.00' });
    expect(accounts[0]?.periods[0]).not.toHaveProperty('after');
  });

  it('can be of some accounts, or of the running month alone', async () => {
    const world = await october();
    const { report } = await runPreview(world, callsAt('0.05'), { months: 0, accounts: ['a2'] });
    expect(report).toMatchObject({ accounts: 1, totals: [], dates: { start: '2026-11-01', end: '2026-11-01' } });
    expect(report.runningTotals).toMatchObject([{ before: '55.00', after: '52.50' }]);
  });

  it('passes on what each side leaves: tiers that count over the contract year', async () => {
    const yearly = bookWith([
      {
        step: 'graduated',
        tiers: [
          { upTo: '300', unitPrice: '1' },
          { upTo: null, unitPrice: '0.01' },
        ],
      },
    ]);
    const prices = yearly.prices.map((price) =>
      price.id === 'calls' ? { ...price, accumulate: 'contract-year' as const } : price,
    );
    const world = makeWorld(catalogOf());
    world.usage.set('org-a2', '150');
    const change = { book: { replaces: 'list-usd', source: 'a test', body: { ...yearly, prices } } };
    const { accounts } = await runPreview(world, change, { months: 3, accounts: ['a2'] });
    // 150 of the first 300 in August, the other 150 in September, then 150 × 0.01.
    expect(accounts[0]?.periods.map(({ before, after }) => [before, after])).toEqual([
      ['55.00', '200.00'],
      ['55.00', '200.00'],
      ['55.00', '51.50'],
      ['55.00', '51.50'],
    ]);
  });

  it('ends a job in words where there is nothing to rate, or a chunk is missing', async () => {
    const nobody = await askPreview(makeWorld(catalogOf()), callsAt('1'), { accounts: ['nobody'] });
    expect(await runPreviewStep(nobody.ports, { step: 'plan', jobId: nobody.jobId })).toMatchObject({
      ok: false,
      code: 'NOTHING_TO_PREVIEW',
    });
    const { ports, jobs, jobId } = await askPreview(makeWorld(catalogOf()), callsAt('1'));
    await runPreviewStep(ports, { step: 'plan', jobId });
    const refused = await runPreviewStep(ports, { step: 'report', jobId });
    expect(refused).toMatchObject({ ok: false, code: 'NOT_ALL_RATED' });
    await runPreviewStep(ports, { step: 'record-failure', jobId, code: 'NOT_ALL_RATED', message: 'One was not.' });
    expect(await jobs.get(jobId)).toMatchObject({ state: 'failed', message: 'One was not. (NOT_ALL_RATED)' });
  });

  it('does nothing twice: a chunk that is rated stays as it is, and is counted once', async () => {
    const { ports, jobs, jobId } = await askPreview(await october(), callsAt('0.05'));
    await runPreviewStep(ports, { step: 'plan', jobId });
    await runPreviewStep(ports, { step: 'rate', jobId, chunk: 1 });
    await runPreviewStep(ports, { step: 'rate', jobId, chunk: 1 });
    expect(await jobs.get(jobId)).toMatchObject({ state: 'running', progress: { done: 3, of: 3, unit: 'accounts' } });
  });
});
