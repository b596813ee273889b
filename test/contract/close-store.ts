import { describe, expect, it } from 'vitest';
import type { CloseStore } from '../../lambdas/close/close-store.ts';
import { closeIdOf } from '../../lambdas/close/names.ts';
import type { StoredDocument } from '../../lambdas/close/records.ts';
import type { StepProgress } from '../../lambdas/close/types.ts';
import type { AuditLog } from '../../lambdas/platform/audit-log.ts';
import {
  adjustment,
  audited,
  closeId,
  dates,
  decision,
  exception,
  line,
  manifest,
  open,
  progress,
  record,
  stored,
} from './close-fixtures.ts';

/** What every store of closes must do. `make` answers a store over an empty table, and the audit log it writes to. */
export const closeStoreContract = (name: string, make: () => Promise<{ store: CloseStore; audit: AuditLog }>): void => {
  describe(name, () => {
    it('creates a run once and finds the latest of its dates', async () => {
      const { store } = await make();
      expect(await store.createClose(record(1))).toBe(true);
      expect(await store.createClose({ ...record(1), startedBy: 'bo' })).toBe(false);
      expect((await store.close(closeId))?.startedBy).toBe('ada');
      await store.createClose(record(2));
      await store.createClose(record(10));
      expect((await store.latestClose(dates))?.run).toBe(10);
      expect(await store.latestClose({ start: '2026-09-01', end: '2026-10-01' })).toBeUndefined();
      expect(await store.close('no-close')).toBeUndefined();
    });

    it('lists closes newest first, in pages', async () => {
      const { store } = await make();
      for (const run of [1, 2, 3]) await store.createClose(record(run));
      const first = await store.listCloses(2);
      expect(first.items.map((item) => item.run)).toEqual([3, 2]);
      const second = await store.listCloses(2, first.next);
      expect(second.items.map((item) => item.run)).toEqual([1]);
    });

    it('keeps each step and the record’s own fields apart', async () => {
      const { store } = await make();
      await store.createClose(record(1));
      const done: StepProgress = { state: 'done', done: 24, total: 24, totals: { USD: '10.00' } };
      await Promise.all([
        store.setStep(closeId, 'rate', done),
        store.setStep(closeId, 'judge', { ...open, state: 'running' }),
        store.changeClose(closeId, { status: 'needs you', executionArn: 'arn' }),
      ]);
      const found = await store.close(closeId);
      expect(found?.steps.rate).toEqual(done);
      expect(found?.steps.judge.state).toBe('running');
      expect(found?.status).toBe('needs you');
      await expect(store.setStep(closeIdOf(dates, 9), 'rate', done)).rejects.toThrow();
    });

    it('adds up what is done of a step, whoever counts', async () => {
      const { store } = await make();
      await store.createClose(record(1));
      await store.setStep(closeId, 'rate', { state: 'running', done: 0, total: 24, startedAt: 'now' });
      for (const more of [6, 5]) await store.countDone(closeId, 'rate', more);
      await Promise.all([1, 2, 3].map((more) => store.countDone(closeId, 'rate', more)));
      const progress = (await store.close(closeId))?.steps.rate;
      expect(progress).toMatchObject({ state: 'running', total: 24, startedAt: 'now' });
      expect(progress?.done).toBe(17);
    });

    it('changes a close that goes on, and never one that has ended', async () => {
      const { store } = await make();
      await store.createClose(record(1));
      const running: StepProgress = { ...open, state: 'running' };
      expect(await store.progressClose(closeId, 'needs you', { approve: running, post: open })).toBe(true);
      expect(await store.close(closeId)).toMatchObject({
        status: 'needs you',
        steps: { approve: running, post: open },
      });
      expect(await store.progressClose(closeId, 'running', { post: running })).toBe(true);
      for (const status of ['done', 'failed'] as const) {
        await store.changeClose(closeId, { status });
        expect(await store.progressClose(closeId, 'running', { post: open })).toBe(false);
        expect(await store.close(closeId)).toMatchObject({ status, steps: { post: running } });
      }
    });

    it('starts a failed close again exactly once per attempt', async () => {
      const { store } = await make();
      await store.createClose(record(1));
      expect(await store.restartClose(closeId, 2, 'bo')).toBe(false);
      const failure = { step: 'rate' as const, code: 'X', message: 'x' };
      await store.changeClose(closeId, { status: 'failed', failure, endedAt: '2026-11-02T02:00:00.000Z' });
      expect(await store.restartClose(closeId, 2, 'bo')).toBe(true);
      expect(await store.restartClose(closeId, 2, 'bo')).toBe(false);
      const found = await store.close(closeId);
      expect(found).toMatchObject({ status: 'running', attempt: 2 });
      expect(found?.failure).toBeUndefined();
      expect(found?.endedAt).toBeUndefined();
      await store.changeClose(closeId, { status: 'failed' });
      await store.restartClose(closeId, 3, 'cy');
      expect((await store.close(closeId))?.restartedBy).toEqual(['bo', 'cy']);
    });

    it('ends an account once: the first result stands', async () => {
      const { store } = await make();
      await store.planAccount(progress('acct-02'));
      await store.planAccount(progress('acct-01'));
      expect(await store.endAccount({ ...progress('acct-01'), state: 'rated' })).toBe(true);
      expect(await store.endAccount({ ...progress('acct-01'), state: 'excepted' })).toBe(false);
      await store.planAccount(progress('acct-01'));
      expect((await store.accounts(closeId)).map((each) => [each.account, each.state])).toEqual([
        ['acct-01', 'rated'],
        ['acct-02', 'open'],
      ]);
      expect(await store.account(closeId, 'acct-03')).toBeUndefined();
      expect(await store.endAccount({ ...progress('acct-03'), state: 'rated' })).toBe(false);
    });

    it('lists accounts in pages', async () => {
      const { store } = await make();
      for (const account of ['acct-03', 'acct-01', 'acct-02']) await store.planAccount(progress(account));
      const first = await store.listAccounts(closeId, 2);
      expect(first.items.map(({ account }) => account)).toEqual(['acct-01', 'acct-02']);
      const second = await store.listAccounts(closeId, 2, first.next);
      expect(second.items.map(({ account }) => account)).toEqual(['acct-03']);
    });

    it('keeps a document of thousands of lines whole', async () => {
      const { store } = await make();
      const small = stored('mb-1');
      const slim = (n: number) => ({
        lineId: `ln-${n}`,
        product: 'api-calls',
        description: 'API calls above 20,000 (endpoint /v1/some/longer/path)',
        quantity: '123456.789',
        unit: 'call',
        amount: '1234.50',
        account: 'acct-01',
      });
      const lines = Array.from({ length: 2500 }, (_, n) => slim(n));
      const big: StoredDocument = { ...stored('mb-2'), document: { ...stored('mb-2').document, lines } };
      for (const each of [small, big]) await store.putDocument(each, []);
      expect(await store.documentsOfPayer(closeId, 'acct-01')).toEqual([small, big]);
      expect((await store.listDocuments(closeId, 10)).items).toEqual([small, big]);
      expect(await store.documentOf(closeId, 'acct-01', 'mb-2')).toEqual(big);
      expect(await store.documentById('mb-2')).toEqual(big);
      // Written again with fewer lines, after a crash say, nothing of the longer one is left.
      await store.putDocument({ ...big, document: { ...big.document, lines: lines.slice(0, 2) } }, []);
      expect((await store.documentOf(closeId, 'acct-01', 'mb-2'))?.document.lines).toEqual(lines.slice(0, 2));
    });

    it('keeps the newest result of a period for the next one', async () => {
      const { store } = await make();
      const result = { account: 'acct-01', ...dates, closeId, totals: { USD: '1.00' }, linesKey: 'k', linesHash: 'h' };
      await store.putResult(result);
      await store.putResult({ ...result, totals: { USD: '2.00' } });
      expect((await store.resultEndingAt('acct-01', '2026-11-01'))?.totals).toEqual({ USD: '2.00' });
      expect(await store.resultEndingAt('acct-01', '2026-12-01')).toBeUndefined();
      await store.putResult({ ...result, start: '2026-09-01', end: '2026-10-01' });
      expect((await store.resultsOf('acct-01')).map(({ end }) => end)).toEqual(['2026-10-01', '2026-11-01']);
      expect(await store.resultsOf('acct-02')).toEqual([]);
    });

    it('raises an exception once and finds its decision again', async () => {
      const { store, audit } = await make();
      const first = await store.raise(exception('1'), '2026-11-02T00:00:00.000Z');
      expect(first.state).toBe('open');
      const resolution = { decision: 'accept', reason: 'known', by: 'bo', at: '2026-11-02T01:00:00.000Z' };
      const entry = { actor: 'bo', action: 'exception.resolve', target: first.exceptionId, details: {} };
      expect(await store.resolveException(first.exceptionId, resolution, entry)).toBe(true);
      expect(await store.resolveException(first.exceptionId, resolution, entry)).toBe(false);
      expect((await audit.list(0, 10)).map((each) => each.action)).toEqual(['exception.resolve']);
      const again = await store.raise(exception('1'), '2026-11-03T00:00:00.000Z');
      expect(again).toMatchObject({ state: 'resolved', resolution });
      expect(await store.exceptions(dates)).toHaveLength(1);
      expect(await store.exceptions({ start: '2026-11-01', end: '2026-12-01' })).toEqual([]);
    });

    it('opens a fixed exception again when a later close finds it', async () => {
      const { store } = await make();
      const { exceptionId } = await store.raise(exception('1'), '2026-11-02T00:00:00.000Z');
      const resolution = { decision: 'fixed', reason: 'mended', by: 'bo', at: '2026-11-02T01:00:00.000Z' };
      const entry = { actor: 'bo', action: 'exception.resolve', target: exceptionId, details: {} };
      await store.resolveException(exceptionId, resolution, entry);
      expect((await store.raise(exception('1'), '2026-11-02T00:00:00.000Z')).state).toBe('resolved');
      expect((await store.raise(exception('1'), '2026-11-03T00:00:00.000Z')).state).toBe('open');
    });

    it('lists exceptions by state, newest first', async () => {
      const { store } = await make();
      for (const about of ['1', '2', '3']) await store.raise(exception(about), '2026-11-02T00:00:00.000Z');
      const first = await store.listExceptions('open', 2);
      expect(first.items.map((each) => each.evidence.about)).toEqual(['3', '2']);
      expect((await store.listExceptions('open', 2, first.next)).items).toHaveLength(1);
      expect((await store.listExceptions('resolved', 2)).items).toEqual([]);
      expect(await store.exception('none')).toBeUndefined();
    });

    it('adds an entry beside the rating of some dates once, with its audit entry', async () => {
      const { store, audit } = await make();
      const entry = { ...adjustment, ...dates };
      const record = { actor: 'gina', action: 'adjustment.make', target: entry.entryId, details: {} };
      expect(await store.addEntry(entry, record)).toBe(true);
      expect(await store.addEntry({ ...entry, reason: 'another' }, record)).toBe(false);
      expect((await audit.list(0, 10)).map((each) => each.action)).toEqual(['adjustment.make']);
      await store.addEntry({ ...entry, entryId: 'adj-0' }, record);
      const kept = await store.entries(dates);
      expect(kept.map(({ entryId }) => entryId)).toEqual(['adj-0', 'adj-1']);
      expect(kept[1]).toEqual(entry);
      expect(await store.entries({ start: '2026-11-01', end: '2026-12-01' })).toEqual([]);
    });

    it('freezes a manifest of any size once', async () => {
      const { store } = await make();
      expect(await store.freezeManifest(manifest(450))).toBe(true);
      expect(await store.freezeManifest(manifest(2))).toBe(false);
      const [found] = await store.manifests(closeId);
      expect(found).toEqual(manifest(450));
      expect(await store.manifest(manifest().manifestId)).toEqual(manifest(450));
      expect(await store.manifest(`${closeId}_none`)).toBeUndefined();
    });

    it('decides a manifest once, with its audit entry, and only with the hash that was seen', async () => {
      const { store, audit } = await make();
      await store.freezeManifest(manifest());
      const { manifestId } = manifest();
      expect(await store.decideManifest(manifestId, 'other', decision, audited)).toBe(false);
      expect(await audit.list(0, 10)).toEqual([]);
      expect(await store.decideManifest(manifestId, 'h1', decision, audited)).toBe(true);
      expect(await store.decideManifest(manifestId, 'h1', { ...decision, by: 'cy' }, audited)).toBe(false);
      expect(await audit.list(0, 10)).toHaveLength(1);
      expect(await store.manifest(manifestId)).toMatchObject({ status: 'approved', decision });
    });

    it('never lets a maker decide, whoever asks', async () => {
      const { store, audit } = await make();
      await store.freezeManifest(manifest());
      expect(await store.decideManifest(manifest().manifestId, 'h1', { ...decision, by: 'ada' }, audited)).toBe(false);
      expect((await store.manifest(manifest().manifestId))?.status).toBe('awaiting approval');
      expect(await audit.list(0, 10)).toEqual([]);
    });

    it('lets two approvers at once decide only once', async () => {
      const { store, audit } = await make();
      await store.freezeManifest(manifest());
      const both = await Promise.all(
        ['bo', 'cy'].map((by) => store.decideManifest(manifest().manifestId, 'h1', { ...decision, by }, audited)),
      );
      expect(both.filter(Boolean)).toHaveLength(1);
      expect(await audit.list(0, 10)).toHaveLength(1);
    });

    it('moves a manifest only from where it is', async () => {
      const { store } = await make();
      await store.freezeManifest(manifest());
      const { manifestId } = manifest();
      expect(await store.moveManifest(manifestId, ['approved', 'posting'], 'posting')).toBe(false);
      expect(await store.moveManifest(manifestId, ['awaiting approval'], 'expired')).toBe(true);
      expect((await store.manifest(manifestId))?.status).toBe('expired');
      expect(await store.moveManifest(`${closeId}_none`, ['approved'], 'posting')).toBe(false);
    });

    it('keeps a token only while the manifest awaits approval, and shows it to no reader', async () => {
      const { store } = await make();
      await store.freezeManifest(manifest());
      const { manifestId } = manifest();
      expect(await store.keepToken(manifestId, 'secret-token')).toBe(true);
      expect(await store.token(manifestId)).toBe('secret-token');
      expect(JSON.stringify([await store.manifest(manifestId), await store.manifests(closeId)])).not.toContain(
        'secret',
      );
      await store.decideManifest(manifestId, 'h1', decision, audited);
      expect(await store.keepToken(manifestId, 'later')).toBe(false);
      expect(await store.token(manifestId)).toBe('secret-token');
      await store.forgetToken(manifestId);
      expect(await store.token(manifestId)).toBeUndefined();
    });

    it('finds documents by payer, by close, by id and by line', async () => {
      const { store } = await make();
      const second = closeIdOf(dates, 2);
      await store.putDocument(stored('mb-a'), [line('mb-a')]);
      await store.putDocument(stored('mb-b', 'acct-02'), []);
      await store.putDocument(stored('mb-a', 'acct-01', second), [line('mb-a', second)]);
      const ids = (found: readonly StoredDocument[]) => found.map(({ document }) => document.documentId);
      expect(ids(await store.documentsOfPayer(closeId, 'acct-01'))).toEqual(['mb-a']);
      const first = await store.listDocuments(closeId, 1);
      const rest = await store.listDocuments(closeId, 5, first.next);
      expect(ids([...first.items, ...rest.items])).toEqual(['mb-a', 'mb-b']);
      expect((await store.documentById('mb-a'))?.document.closeId).toBe(second);
      expect((await store.documentOf(closeId, 'acct-01', 'mb-a'))?.document.closeId).toBe(closeId);
      expect(await store.documentById('mb-z')).toBeUndefined();
      expect((await store.lineReferences('line-1')).map((each) => each.closeId)).toEqual([closeId, second]);
      expect(await store.lineReferences('none')).toEqual([]);
    });
  });
};
