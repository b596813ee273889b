import { describe, expect, it } from 'vitest';
import { startClose } from '../../../lambdas/close/start-close.ts';
import { approveAll, documentsOf, goOn, runMachine, type World } from './close-world.ts';
import { agreed, calls, ledgerWorld, NOVEMBER, OCTOBER, SEPTEMBER, seats } from './ledger-world.ts';

type Dates = typeof OCTOBER;

/** Runs the close that is open for these dates, if any, to its end: what it bills, for whom, and what it says. */
const runOpen = async (made: World, dates: Dates) => {
  const open = await made.store.latestClose(dates);
  if (open === undefined || open.status === 'done') return undefined;
  await runMachine(made, open.closeId);
  await approveAll(made, open.closeId);
  await goOn(made, open.closeId);
  made.clock.advance(3_600_000);
  const close = await made.store.close(open.closeId);
  const documents = await documentsOf(made, open.closeId);
  return {
    run: close?.run,
    accounts: close?.accounts,
    totals: documents.map(({ kind, total }) => `${kind}: ${total}`),
    notes: close?.steps.done.notes ?? [],
  };
};

describe('what an earlier period leaves now', () => {
  it('has the following closed periods rated again, one after the other, until nothing changes', async () => {
    const { made, append, close } = ledgerWorld(agreed());
    await append(seats('2026-09-01T00:00:00.000Z', 10));
    expect(await close(SEPTEMBER)).toEqual(['platform: 310.00']);
    expect(await close(OCTOBER)).toEqual(['platform: 310.00']);
    expect(await close(NOVEMBER)).toEqual(['platform: 310.00']);
    expect(await runOpen(made, NOVEMBER)).toBeUndefined();

    // Late: two seats more from 21 September on, and in October they are eleven from the 22nd on.
    await append(seats('2026-09-21T00:00:00.000Z', 12), seats('2026-10-22T00:00:00.000Z', 11));
    expect(await close(SEPTEMBER)).toEqual(['platform: 20.67']);
    const first = await made.store.latestClose(SEPTEMBER);
    expect(first?.steps.done.notes).toEqual([
      'What passes on to the period from 2026-10-01 to 2026-11-01 has changed: it is rated again for a1.',
    ]);
    // 12 seats on 21 days and 11 on 10: 362.00 less the 310.00 that were billed.
    expect(await runOpen(made, OCTOBER)).toEqual({
      run: 2,
      accounts: ['a1'],
      totals: ['debit-memo: 52.00'],
      notes: ['What passes on to the period from 2026-11-01 to 2026-12-01 has changed: it is rated again for a1.'],
    });
    expect(await runOpen(made, NOVEMBER)).toMatchObject({ run: 2, totals: ['debit-memo: 31.00'], notes: [] });
    for (const dates of [SEPTEMBER, OCTOBER, NOVEMBER]) expect(await runOpen(made, dates)).toBeUndefined();
  });

  it('stops where it passes on the same as before', async () => {
    const { made, append, close } = ledgerWorld(agreed());
    await append(seats('2026-09-01T00:00:00.000Z', 10), seats('2026-10-31T12:00:00.000Z', 10));
    for (const dates of [SEPTEMBER, OCTOBER, NOVEMBER]) await close(dates);
    await append(seats('2026-09-21T00:00:00.000Z', 12));
    await close(SEPTEMBER);
    expect(await runOpen(made, OCTOBER)).toMatchObject({ totals: ['debit-memo: 60.00'], notes: [] });
    expect(await runOpen(made, NOVEMBER)).toBeUndefined();
  });

  it('starts nothing for usage that stays in its period', async () => {
    const { made, append, close } = ledgerWorld(agreed({ items: [{ id: 'calls', price: 'calls' }] }));
    await append(calls('2026-09-05T00:00:00.000Z', 3));
    for (const dates of [SEPTEMBER, OCTOBER]) await close(dates);
    await append(calls('2026-09-06T00:00:00.000Z', 4));
    expect(await close(SEPTEMBER)).toEqual(['api-calls: 4.00']);
    expect(await runOpen(made, OCTOBER)).toBeUndefined();
  });

  it('is met by a close that waited for a person meanwhile, when it ends', async () => {
    const { made, append, close } = ledgerWorld(agreed());
    await append(seats('2026-09-01T00:00:00.000Z', 10));
    await close(SEPTEMBER);
    made.clock.advance(40 * 86_400_000);
    const { closeId } = await startClose(made, { ...OCTOBER, startedBy: 'pia' });
    expect((await runMachine(made, closeId)).state).toBe('needs you');

    await append(seats('2026-09-21T00:00:00.000Z', 12));
    await close(SEPTEMBER);
    expect((await made.store.latestClose(OCTOBER))?.run).toBe(1);
    await approveAll(made, closeId);
    await goOn(made, closeId);
    expect((await made.store.close(closeId))?.steps.done.notes?.join(' ')).toContain('from 2026-10-01 to 2026-11-01');
    expect(await runOpen(made, OCTOBER)).toMatchObject({ run: 2, totals: ['debit-memo: 62.00'], notes: [] });
  });
});
