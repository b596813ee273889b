import { describe, expect, it } from 'vitest';
import { refreshPosting } from '../../../lambdas/close/refresh-posting.ts';
import { resolveException } from '../../../lambdas/close/resolve-exception.ts';
import { runStep } from '../../../lambdas/close/run-step.ts';
import { approveAll, closeAll, documentsOf, goOn, makeWorld, resolve, runMachine, start } from './close-world.ts';

const A1 = 'mb-a1-20261001-invoice-1USD-0';

describe('posting and reconciling', () => {
  it('fails the close with an exception per document that is not posted, and goes on when started again', async () => {
    const world = makeWorld();
    world.erp.told.refuse.add(A1);
    const { close } = await closeAll(world);
    expect(close).toMatchObject({ status: 'failed', failure: { step: 'done', code: 'POSTING_STUCK' } });
    const [exception] = await world.store.exceptions(close);
    expect(exception).toMatchObject({ kind: 'posting-failed', account: 'a1', state: 'open' });
    expect(exception?.message).toContain('BAD_ITEM: no such item');

    world.erp.told.refuse.clear();
    expect(await start(world)).toBe(close.closeId);
    expect((await runMachine(world, close.closeId)).state).toBe('done');
    expect(world.erp.books.get(A1)?.total).toBe('50.00');
    expect((await world.store.exceptions(close)).map(({ resolution }) => resolution?.by)).toEqual([
      'system:close-step',
    ]);
    expect((await world.store.close(close.closeId))?.attempt).toBe(2);
    expect((await documentsOf(world, close.closeId)).length).toBe(3);
  });

  it('bills anew under a new id what a person gave up as void, and only when it can no longer arrive', async () => {
    const world = makeWorld();
    world.erp.told.refuse.add(A1);
    const { close } = await closeAll(world);
    const [exception] = await world.store.exceptions(close);
    const ports = {
      clock: world.clock,
      store: world.store,
      giveUp: world.erp.giveUp,
      countAll: world.countAll,
    };
    const request = {
      exceptionId: exception?.exceptionId ?? '',
      decision: 'void',
      reason: 'customer is gone',
      by: 'olga',
    };
    const failedStatus = world.erp.statuses.get(A1);
    if (failedStatus === undefined) throw new Error('nothing was tried');
    world.erp.statuses.set(A1, { ...failedStatus, state: 'unknown' });
    await expect(resolveException(ports, request)).rejects.toMatchObject({ problem: { code: 'NOT_VOIDABLE' } });
    world.erp.statuses.set(A1, failedStatus);
    await resolveException(ports, request);
    await expect(resolveException(ports, request)).rejects.toMatchObject({ problem: { code: 'ALREADY_RESOLVED' } });

    // The ERP would take it now. It must not get it: what it bills comes again under another id.
    world.erp.told.refuse.clear();
    const sentBefore = world.sent.length;
    expect(await start(world)).toBe(close.closeId);
    expect((await runMachine(world, close.closeId)).state).toBe('done');
    expect(world.sent).toHaveLength(sentBefore);
    const ended = await world.store.close(close.closeId);
    expect(ended?.steps.post).toMatchObject({ state: 'done', done: 2, total: 2 });
    expect(ended?.steps.reconcile).toMatchObject({ done: 2, total: 2 });
    expect((await world.store.exceptions(close)).map(({ resolution }) => resolution?.decision)).toEqual(['void']);

    const second = await closeAll(world);
    expect((await documentsOf(world, second.close.closeId)).map(({ documentId, kind }) => [documentId, kind])).toEqual([
      ['mb-a1-20261001-invoice-1USD-1', 'invoice'],
    ]);
    expect(second.manifests[0]?.makers).toContain('olga');
  });

  it('opens the exception again when a document that was said to be mended is refused once more', async () => {
    const world = makeWorld();
    world.erp.told.refuse.add(A1);
    const { close } = await closeAll(world);
    const [exception] = await world.store.exceptions(close);
    const ports = { clock: world.clock, store: world.store, giveUp: world.erp.giveUp, countAll: world.countAll };
    const request = { exceptionId: exception?.exceptionId ?? '', decision: 'accepted', reason: 'so be it', by: 'olga' };
    // It would leave money approved and posted nowhere, with nobody asked any more.
    await expect(resolveException(ports, request)).rejects.toMatchObject({ problem: { code: 'DECISION_UNFIT' } });
    await resolveException(ports, { ...request, decision: 'fixed', reason: 'the item is there now' });
    world.clock.advance(60_000);
    await start(world);
    expect((await runMachine(world, close.closeId)).result).toMatchObject({ code: 'POSTING_STUCK' });
    expect((await world.store.exceptions(close)).map(({ state }) => state)).toEqual(['open']);
  });

  it('finds a difference again when the close is started again, though somebody said it was mended', async () => {
    const world = makeWorld();
    world.erp.told.wrong.set(A1, '49.99');
    world.erp.told.refuse.add('mb-a2-20261001-invoice-1USD-0');
    const { close } = await closeAll(world);
    const found = (await world.store.exceptions(close)).find(({ kind }) => kind === 'reconciliation-break');
    await resolve(world, found?.exceptionId ?? '', 'fixed');
    world.clock.advance(60_000);
    world.erp.told.refuse.clear();
    await start(world);
    await runMachine(world, close.closeId);
    expect(await world.store.exception(found?.exceptionId ?? '')).toMatchObject({ state: 'open' });
  });

  it('sends again what was marked as queued and never came, after a while and not before', async () => {
    const world = makeWorld();
    const closeId = await start(world);
    await runMachine(world, closeId);
    await approveAll(world, closeId);
    const manifestId = `${closeId}_inc`;
    await runStep(world.ports, { step: 'post', manifestId });
    const status = world.erp.statuses.get(A1);
    if (status === undefined) throw new Error('nothing was sent');
    world.erp.statuses.set(A1, { ...status, state: 'queued', attempts: 0, updatedAt: world.clock.now() });
    const sent = world.sent.length;
    expect(await runStep(world.ports, { step: 'check-postings', manifestId })).toMatchObject({ pending: 1 });
    expect(world.sent).toHaveLength(sent);
    world.clock.advance(1_800_000);
    await runStep(world.ports, { step: 'check-postings', manifestId });
    expect(world.sent.slice(sent).map(({ deliveryId }) => deliveryId)).toEqual([A1]);
    expect(await runStep(world.ports, { step: 'check-postings', manifestId })).toMatchObject({ settled: true });
  });

  it('leaves a close that ended while somebody counted as it ended', async () => {
    const world = makeWorld();
    const { close } = await closeAll(world);
    await world.store.changeClose(close.closeId, { status: 'running' });
    const { statuses } = world.erp.delivery;
    const delivery = {
      statuses: async (adapter: string, ids: readonly string[]) => {
        await world.store.changeClose(close.closeId, { status: 'done' });
        return statuses(adapter, ids);
      },
    };
    await refreshPosting({ ...world, delivery }, close.closeId);
    expect((await world.store.close(close.closeId))?.status).toBe('done');
  });

  it('sends a memo only when what it corrects is in the ERP', async () => {
    const world = makeWorld();
    await closeAll(world);
    const invoice = world.erp.statuses.get(A1);
    if (invoice === undefined) throw new Error('the invoice is not posted');
    world.erp.statuses.set(A1, { ...invoice, state: 'unknown' });
    world.usage.set('org-a1', '200');
    const closeId = await start(world);
    await runMachine(world, closeId);
    await approveAll(world, closeId);
    const [manifest] = await world.store.manifests(closeId);
    const manifestId = manifest?.manifestId ?? '';
    await runStep(world.ports, { step: 'post', manifestId });
    expect(await runStep(world.ports, { step: 'check-postings', manifestId })).toMatchObject({
      pending: 1,
      settled: false,
    });
    world.erp.statuses.set(A1, { ...invoice, state: 'failed' });
    expect(await runStep(world.ports, { step: 'check-postings', manifestId })).toMatchObject({
      stopped: 1,
      settled: true,
    });
    world.erp.statuses.set(A1, invoice);
    await runStep(world.ports, { step: 'check-postings', manifestId });
    expect(world.erp.books.has('mb-a1-20261001-debit-memo-1USD-1')).toBe(true);
    expect((await goOn(world, closeId)).state).toBe('done');
  });

  it('finds a difference in the ERP’s books, as an exception with an owner', async () => {
    const world = makeWorld();
    world.erp.told.wrong.set(A1, '49.99');
    const { close } = await closeAll(world);
    expect(close.status).toBe('done');
    const [exception] = await world.store.exceptions(close);
    expect(exception).toMatchObject({
      kind: 'reconciliation-break',
      account: 'a1',
      evidence: { ours: '50.00', theirs: '49.99', owner: 'pia' },
    });
    const text = world.texts.get(`closes/${close.closeId}/reconciliation.json`) ?? '';
    expect(JSON.parse(text)).toMatchObject({
      breaks: 1,
      currencies: [
        { currency: 'EUR', ours: '50.00', theirs: '50.00', equal: true },
        { currency: 'USD', ours: '100.00', theirs: '99.99', equal: false },
      ],
    });
    expect(world.counted['breaks us']).toBe(1);
  });

  it('says that the ERP could not be read, and reconciles when started again', async () => {
    const world = makeWorld();
    const closeId = await start(world);
    await runMachine(world, closeId);
    await approveAll(world, closeId);
    world.erp.told.readable = false;
    expect((await goOn(world, closeId)).result).toMatchObject({ code: 'ERP_NOT_READABLE' });
    world.erp.told.readable = true;
    await start(world);
    expect((await runMachine(world, closeId)).state).toBe('done');
  });

  it('lets a manifest expire when its time is over, bills nothing of it, and the next close does', async () => {
    const world = makeWorld();
    const closeId = await start(world);
    await runMachine(world, closeId);
    const manifests = await world.store.manifests(closeId);
    const outcome = (manifestId: string, error: string) =>
      runStep(world.ports, { step: 'approval-outcome', manifestId, error, approvalTimeoutSeconds: '7200' });
    for (const { manifestId } of manifests) {
      world.clock.advance(1_800_000);
      expect(await outcome(manifestId, 'States.Timeout')).toMatchObject({ ok: true, status: 'awaiting approval' });
      expect(await outcome(manifestId, 'Lambda.Unknown')).toMatchObject({ ok: false, code: 'APPROVAL_WAIT_FAILED' });
    }
    world.clock.advance(7_200_000);
    for (const { manifestId } of manifests) {
      expect(await outcome(manifestId, 'States.Timeout')).toMatchObject({ ok: true, status: 'expired' });
    }
    expect((await goOn(world, closeId)).state).toBe('done');
    expect(world.sent).toEqual([]);
    expect(await documentsOf(world, (await closeAll(world)).close.closeId)).toHaveLength(3);
  });

  it('posts nothing that is not approved', async () => {
    const world = makeWorld();
    const closeId = await start(world);
    await runMachine(world, closeId);
    const [manifest] = await world.store.manifests(closeId);
    const result = await runStep(world.ports, { step: 'post', manifestId: manifest?.manifestId });
    expect(result).toMatchObject({ ok: false, code: 'NOT_APPROVED' });
    expect(world.sent).toEqual([]);
  });

  it('writes down why a close failed, with the message inside a function’s answer', async () => {
    const world = makeWorld();
    const closeId = await start(world);
    const message = JSON.stringify({ errorType: 'Runtime.HandlerError', errorMessage: 'the table is gone', trace: [] });
    await runStep(world.ports, { step: 'record-failure', closeId, failedStep: 'judge', code: 'Lambda', message });
    const close = await world.store.close(closeId);
    expect(close).toMatchObject({ status: 'failed', failure: { step: 'judge', message: 'the table is gone' } });
    expect(close?.steps.judge).toMatchObject({ state: 'failed', notes: ['the table is gone'] });
    await expect(runStep(world.ports, { step: 'nothing', closeId })).rejects.toThrow('there is no step');
    await expect(runStep(world.ports, { step: 'judge' })).rejects.toThrow('needs "closeId"');
  });
});
