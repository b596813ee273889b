import type { CloseStore, Page } from '../../lambdas/close/close-store.ts';
import { closeIdOfManifest, parseExceptionId, sortableCloseId } from '../../lambdas/close/names.ts';
import type {
  AccountProgress,
  LineReference,
  PeriodEntry,
  PeriodResult,
  StoredDocument,
} from '../../lambdas/close/records.ts';
import type { CloseException, CloseRecord, Manifest } from '../../lambdas/close/types.ts';
import type { AuditLog } from '../../lambdas/platform/audit-log.ts';

const copy = <T>(value: T): T => structuredClone(value);
const ordered = <T>(items: readonly T[], keyOf: (item: T) => string): T[] =>
  [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
const pageOf = <T>(items: readonly T[], limit: number, after?: string): Page<T> => {
  const from = Number(after ?? 0);
  const next = from + limit;
  return { items: copy(items.slice(from, next)), ...(next < items.length ? { next: String(next) } : {}) };
};

/** The finance table in memory, for tests. May be used because it passes test/contract/close-store.ts. */
export const memoryCloseStore = (audit: AuditLog): CloseStore => {
  const closes = new Map<string, CloseRecord>();
  const accounts = new Map<string, AccountProgress>();
  /** By account and end. */
  const results = new Map<string, Map<string, PeriodResult>>();
  const exceptions = new Map<string, CloseException>();
  const entries = new Map<string, PeriodEntry>();
  const manifests = new Map<string, Manifest>();
  const tokens = new Map<string, string>();
  const documents = new Map<string, StoredDocument>();
  const references = new Map<string, LineReference>();

  const must = (closeId: string): CloseRecord => {
    const record = closes.get(closeId);
    if (record === undefined) throw new Error(`there is no close ${closeId}`);
    return record;
  };
  const documentsWhere = (keep: (stored: StoredDocument) => boolean): StoredDocument[] =>
    ordered([...documents.values()].filter(keep), ({ document }) => `${document.account}#${document.documentId}`);

  return {
    createClose: async (record) => {
      if (closes.has(record.closeId)) return false;
      closes.set(record.closeId, copy(record));
      return true;
    },
    close: async (closeId) => copy(closes.get(closeId)),
    latestClose: async (dates) =>
      copy(
        [...closes.values()]
          .filter((record) => record.start === dates.start && record.end === dates.end)
          .sort((a, b) => b.run - a.run)[0],
      ),
    listCloses: async (limit, after) => {
      const keyOf = (record: CloseRecord) => `${record.start}#${record.end}#${record.run.toString().padStart(6, '0')}`;
      return pageOf(ordered([...closes.values()], keyOf).reverse(), limit, after);
    },
    setStep: async (closeId, step, progress) => {
      const record = must(closeId);
      closes.set(closeId, { ...record, steps: { ...record.steps, [step]: copy(progress) } });
    },
    countDone: async (closeId, step, more) => {
      const record = must(closeId);
      const progress = { ...record.steps[step], done: record.steps[step].done + more };
      closes.set(closeId, { ...record, steps: { ...record.steps, [step]: progress } });
    },
    changeClose: async (closeId, change) => {
      closes.set(closeId, { ...must(closeId), ...copy(change) });
    },
    progressClose: async (closeId, status, steps) => {
      const record = closes.get(closeId);
      if (record?.status !== 'running' && record?.status !== 'needs you') return false;
      closes.set(closeId, { ...record, status, steps: { ...record.steps, ...copy(steps) } });
      return true;
    },
    restartClose: async (closeId, attempt, by) => {
      const record = closes.get(closeId);
      if (record?.status !== 'failed' || (record.attempt ?? 1) >= attempt) return false;
      const { failure: _failure, endedAt: _endedAt, ...rest } = record;
      closes.set(closeId, { ...rest, status: 'running', attempt, restartedBy: [...(rest.restartedBy ?? []), by] });
      return true;
    },

    planAccount: async (progress) => {
      const key = `${progress.closeId}#${progress.account}`;
      if (!accounts.has(key)) accounts.set(key, copy(progress));
    },
    account: async (closeId, account) => copy(accounts.get(`${closeId}#${account}`)),
    accounts: async (closeId) =>
      copy(
        ordered(
          [...accounts.values()].filter((progress) => progress.closeId === closeId),
          (progress) => progress.account,
        ),
      ),
    listAccounts: async (closeId, limit, after) => {
      const own = [...accounts.values()].filter((progress) => progress.closeId === closeId);
      return pageOf(
        ordered(own, (progress) => progress.account),
        limit,
        after,
      );
    },
    endAccount: async (progress) => {
      const key = `${progress.closeId}#${progress.account}`;
      if (accounts.get(key)?.state !== 'open') return false;
      accounts.set(key, copy(progress));
      return true;
    },
    putResult: async (result) => {
      const key = `${result.account}#${result.end}`;
      results.set(key, (results.get(key) ?? new Map()).set(result.start, copy(result)));
    },
    resultEndingAt: async (account, end) =>
      copy(ordered([...(results.get(`${account}#${end}`)?.values() ?? [])], (result) => result.start).at(-1)),

    resultsOf: async (account) =>
      copy(
        ordered(
          [...results.values()].flatMap((each) => [...each.values()]).filter((result) => result.account === account),
          ({ end, start }) => `${end}#${start}`,
        ),
      ),

    raise: async (exception, closeStartedAt) => {
      const known = exceptions.get(exception.exceptionId);
      const foundAgain = known?.resolution?.decision === 'fixed' && known.resolution.at < closeStartedAt;
      if (known === undefined || foundAgain) exceptions.set(exception.exceptionId, copy(exception));
      return copy(exceptions.get(exception.exceptionId) ?? exception);
    },
    exception: async (exceptionId) => copy(exceptions.get(exceptionId)),
    exceptions: async (dates) =>
      copy(
        ordered(
          [...exceptions.values()].filter((exception) => {
            const of = parseExceptionId(exception.exceptionId);
            return of?.start === dates.start && of.end === dates.end;
          }),
          (exception) => exception.exceptionId,
        ),
      ),
    listExceptions: async (state, limit, after) =>
      pageOf(
        ordered(
          [...exceptions.values()].filter((exception) => exception.state === state),
          (exception) => `${exception.raisedAt}#${exception.exceptionId}`,
        ).reverse(),
        limit,
        after,
      ),
    resolveException: async (exceptionId, resolution, record) => {
      const known = exceptions.get(exceptionId);
      if (known?.state !== 'open') return false;
      // First our own side, which cannot fail: nobody else gets in between, as in a transaction.
      exceptions.set(exceptionId, { ...known, state: 'resolved', resolution: copy(resolution) });
      await audit.append(record);
      return true;
    },

    addEntry: async (entry, record) => {
      const key = `${entry.start}#${entry.end}#${entry.entryId}`;
      if (entries.has(key)) return false;
      entries.set(key, copy(entry));
      await audit.append(record);
      return true;
    },
    entries: async ({ start, end }) =>
      copy(
        ordered(
          [...entries.values()].filter((entry) => entry.start === start && entry.end === end),
          ({ entryId }) => entryId,
        ),
      ),

    freezeManifest: async (manifest) => {
      if (manifests.has(manifest.manifestId)) return false;
      manifests.set(manifest.manifestId, copy(manifest));
      return true;
    },
    manifest: async (manifestId) => copy(manifests.get(manifestId)),
    manifests: async (closeId) =>
      copy(
        ordered(
          [...manifests.values()].filter((manifest) => closeIdOfManifest(manifest.manifestId) === closeId),
          (manifest) => manifest.manifestId,
        ),
      ),
    moveManifest: async (manifestId, from, to) => {
      const manifest = manifests.get(manifestId);
      if (manifest === undefined || !from.includes(manifest.status)) return false;
      manifests.set(manifestId, { ...manifest, status: to });
      return true;
    },
    decideManifest: async (manifestId, hash, decision, record) => {
      const manifest = manifests.get(manifestId);
      if (manifest?.status !== 'awaiting approval' || manifest.hash !== hash) return false;
      if (manifest.makers.includes(decision.by)) return false;
      const status = decision.decision === 'approve' ? 'approved' : 'returned';
      manifests.set(manifestId, { ...manifest, status, decision: copy(decision) });
      await audit.append(record);
      return true;
    },
    keepToken: async (manifestId, token) => {
      if (manifests.get(manifestId)?.status !== 'awaiting approval') return false;
      tokens.set(manifestId, token);
      return true;
    },
    token: async (manifestId) => tokens.get(manifestId),
    forgetToken: async (manifestId) => {
      tokens.delete(manifestId);
    },

    putDocument: async (stored, lines) => {
      for (const line of lines) references.set(`${line.lineId}#${line.closeId}#${line.documentId}`, copy(line));
      const { document } = stored;
      documents.set(`${document.closeId}#${document.account}#${document.documentId}`, copy(stored));
    },
    documentsOfPayer: async (closeId, payer) =>
      copy(documentsWhere(({ document }) => document.closeId === closeId && document.account === payer)),
    listDocuments: async (closeId, limit, after) =>
      pageOf(
        documentsWhere(({ document }) => document.closeId === closeId),
        limit,
        after,
      ),
    documentOf: async (closeId, payer, documentId) => copy(documents.get(`${closeId}#${payer}#${documentId}`)),
    documentById: async (documentId) =>
      copy(
        ordered(
          documentsWhere(({ document }) => document.documentId === documentId),
          ({ document }) => sortableCloseId(document.closeId),
        ).at(-1),
      ),
    lineReferences: async (lineId) =>
      copy(
        ordered(
          [...references.values()].filter((line) => line.lineId === lineId),
          (line) => `${sortableCloseId(line.closeId)}#${line.documentId}`,
        ),
      ),
  };
};
