import { describe, expect, it } from 'vitest';
import { makeAdjustment } from '../../../lambdas/close/adjust.ts';
import { closeAll, documentsOf, makeWorld, type World } from './close-world.ts';

/** Closes again; what a1 is billed now, and what was billed so far in all. */
const again = async (world: World) => {
  const { close, manifests } = await closeAll(world);
  const documents = (await documentsOf(world, close.closeId)).filter(({ account }) => account === 'a1');
  return {
    close,
    makers: manifests[0]?.makers ?? [],
    documents: documents.map(({ kind, total }) => `${kind}: ${total}`),
    lines: documents.flatMap(({ lines }) => lines.map(({ description, amount }) => `${description}: ${amount}`)),
  };
};
const lineOf = async (world: World, closeId: string, product: string): Promise<string> => {
  const documents = await documentsOf(world, closeId);
  const lines = documents.find(({ account }) => account === 'a1')?.lines ?? [];
  return lines.find((line) => line.product === product)?.lineId ?? '';
};
const billed = async (calls = '150') => {
  const world = makeWorld();
  world.usage.set('org-a1', calls);
  const { close } = await closeAll(world);
  return { world, calls: await lineOf(world, close.closeId, 'api-calls') };
};
const said = { reason: 'outage of 3 October', by: 'gina' };

describe('an adjustment', () => {
  it('of goodwill goes out with the next close, makes its maker one, and is never taken back', async () => {
    const { world, calls } = await billed();
    const { entryId } = await makeAdjustment(world, { about: calls, kind: 'goodwill', amount: '-2.00', ...said });
    const first = await again(world);
    expect(first.documents).toEqual(['credit-memo: -2.00']);
    expect(first.lines).toEqual(['Goodwill: API calls: -2.00']);
    expect(first.makers).toContain('gina');
    // 30 calls came late: only they are billed.
    world.usage.set('org-a1', '180');
    expect((await again(world)).documents).toEqual(['debit-memo: 3.00']);
    expect((await again(world)).documents).toEqual([]);
    const audit = (await world.audit.list(0, 100)).find(({ action }) => action === 'adjustment.make');
    expect(audit).toMatchObject({ actor: 'gina', target: entryId });
  });

  it('that excludes a line keeps it at nothing, whatever comes late on it', async () => {
    const { world, calls } = await billed();
    await makeAdjustment(world, { about: calls, kind: 'excluded-line', ...said });
    expect((await again(world)).documents).toEqual(['credit-memo: -5.00']);
    world.usage.set('org-a1', '180');
    expect((await again(world)).documents).toEqual([]);
  });

  it('of what was settled by hand in the ERP makes no document, and none is made against it', async () => {
    const { world, calls } = await billed();
    await makeAdjustment(world, { about: calls, kind: 'repair', amount: '-5.00', document: 'CM-17', ...said });
    expect((await again(world)).documents).toEqual([]);
    world.usage.set('org-a1', '160');
    expect((await again(world)).documents).toEqual(['debit-memo: 1.00']);
  });

  it('is refused where it cannot mean anything, in words', async () => {
    const { world, calls } = await billed();
    const make = (over: Partial<Parameters<typeof makeAdjustment>[1]>) =>
      makeAdjustment(world, { about: calls, kind: 'goodwill', amount: '-1.00', ...said, ...over });
    await expect(make({ about: 'ln-none' })).rejects.toMatchObject({ problem: { status: 404, code: 'NO_SUCH_LINE' } });
    await expect(make({ amount: '-1.005' })).rejects.toMatchObject({ problem: { code: 'BAD_AMOUNT' } });
    await expect(make({ amount: '0' })).rejects.toMatchObject({ problem: { code: 'BAD_AMOUNT' } });
    await expect(make({ kind: 'excluded-line' })).rejects.toMatchObject({ problem: { code: 'BAD_AMOUNT' } });
    await expect(make({ kind: 'repair' })).rejects.toMatchObject({ problem: { code: 'DOCUMENT_MISSING' } });
    await make({ key: 'ticket-5' });
    await expect(make({ key: 'ticket-5' })).rejects.toMatchObject({
      problem: { status: 409, code: 'ADJUSTED_ALREADY' },
    });
  });
});

describe('a difference that is not worth a document', () => {
  it('is carried, said and kept, and billed once it has grown', async () => {
    const { world } = await billed();
    world.corrections.carryBelowMinorUnits = 200;
    world.usage.set('org-a1', '165');
    const small = await again(world);
    expect(small.documents).toEqual([]);
    expect(small.close.steps.freeze.notes).toContain('Carried, too small to bill or credit: 1.50 USD.');
    const kept = await world.files.getText(`closes/${small.close.closeId}/carried.json`);
    expect(JSON.parse(kept ?? '')).toMatchObject({ carried: [{ payer: 'a1', lines: [{ amount: '1.50' }] }] });
    world.usage.set('org-a1', '180');
    expect((await again(world)).documents).toEqual(['debit-memo: 3.00']);
  });

  it('is written off for good when its period is too old, with an audit entry', async () => {
    const { world } = await billed();
    world.corrections.writeOffAfterDays = 60;
    world.clock.advance(90 * 86_400_000);
    world.usage.set('org-a1', '165');
    const old = await again(world);
    expect(old.documents).toEqual([]);
    expect(old.close.steps.freeze.notes).toContain('Written off, too old: 1.50 USD.');
    expect(await world.store.entries(old.close)).toMatchObject([{ kind: 'written-off', lines: [{ amount: '1.50' }] }]);
    expect((await world.audit.list(0, 100)).map(({ action }) => action)).toContain('difference.write-off');
    // The rule is gone: what was settled stays settled.
    world.corrections.writeOffAfterDays = 36500;
    expect((await again(world)).documents).toEqual([]);
    world.usage.set('org-a1', '180');
    expect((await again(world)).documents).toEqual(['debit-memo: 1.50']);
  });
});
