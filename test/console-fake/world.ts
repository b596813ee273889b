import type { CloseException, CloseRecord, ErpDocument, Manifest } from '../../lambdas/close/types.ts';
import {
  creditOf,
  type Delivered,
  deliveryOf,
  exceptionsOf,
  invoicesOf,
  manifestsOf,
  stepsOf,
  sumText,
  totalsOf,
} from './books.ts';
import { type Company, loadCompany } from './company.ts';
import { type FakeCatalog, makeCatalog } from './price-books.ts';
import { type FakeQuarantine, makeQuarantine } from './quarantine.ts';

/** What the fake API serves: September closed and posted, October frozen and waiting for people. */
export type World = {
  readonly company: Company;
  closes: CloseRecord[];
  readonly manifests: Map<string, Manifest[]>;
  exceptions: CloseException[];
  documents: { readonly document: ErpDocument; readonly delivered?: Delivered }[];
  readonly quarantine: FakeQuarantine;
  readonly catalog: FakeCatalog;
  /** How often each running close was asked for: the fake's clock. */
  readonly asked: Map<string, number>;
};

export const SEPTEMBER = 'close-20260901-20261001-1';
export const OCTOBER = 'close-20261001-20261101-1';
const september = { start: '2026-09-01', end: '2026-10-01' };
const october = { start: '2026-10-01', end: '2026-11-01' };
const septemberAt = '2026-10-02T08:00:04.120Z';
const octoberAt = '2026-11-03T18:12:40.008Z';

const done = (count: number, totals?: Record<string, string>) => ({
  state: 'done' as const,
  done: count,
  total: count,
  ...(totals ? { totals } : {}),
});

/** A yen amount of twelve digits, on one account, to see whether the pages bear it. */
const enlarge = (document: ErpDocument): ErpDocument => {
  const [first, ...rest] = document.lines;
  if (document.currency !== 'JPY' || document.account !== 'acct-14' || !first) return document;
  const lines = [{ ...first, amount: '123456789012' }, ...rest];
  return {
    ...document,
    lines,
    total: sumText(
      'JPY',
      lines.map(({ amount }) => amount),
    ),
  };
};

const closed = (documents: readonly ErpDocument[]): CloseRecord => {
  const totals = totalsOf(documents);
  return {
    format: 1,
    closeId: SEPTEMBER,
    ...september,
    run: 1,
    status: 'done',
    startedBy: 'schedule',
    startedAt: septemberAt,
    endedAt: '2026-10-02T09:41:50.900Z',
    steps: stepsOf(
      {
        readiness: done(4),
        prepare: done(24),
        rate: done(24, totals),
        judge: done(24, totals),
        exceptions: done(0),
        freeze: done(documents.length, totals),
        approve: done(3, totals),
        post: done(documents.length, totals),
        reconcile: done(documents.length, totals),
        done: done(1),
      },
      septemberAt,
    ),
  };
};

const waiting = (rated: Record<string, string>, frozen: Record<string, string>, documents: number): CloseRecord => ({
  format: 1,
  closeId: OCTOBER,
  ...october,
  run: 1,
  status: 'needs you',
  startedBy: 'priya.preparer',
  startedAt: octoberAt,
  steps: stepsOf(
    {
      readiness: {
        ...done(4),
        notes: ['All usage up to 2 Nov 2026, 12:00 UTC is settled; 40 events wait in quarantine.'],
      },
      prepare: done(24),
      rate: done(24, rated),
      judge: done(24, rated),
      exceptions: {
        state: 'needs you',
        done: 0,
        total: 2,
        notes: ['Heronmere Utilities is held until its exception is decided; all others go on.'],
      },
      freeze: done(documents, frozen),
      approve: { state: 'needs you', done: 0, total: 3 },
      post: { state: 'waiting', done: 0, total: documents },
    },
    octoberAt,
  ),
});

/**
 * Makes the world anew.
 * @param rows how many documents the list has: 0 = a fresh system, else the example company's, repeated until enough.
 */
export const makeWorld = (rows?: number): World => {
  const company = loadCompany('2026-10');
  const quarantine = makeQuarantine(rows);
  const catalog = makeCatalog(rows);
  if (rows === 0) {
    return {
      company,
      closes: [],
      manifests: new Map(),
      exceptions: [],
      documents: [],
      quarantine,
      catalog,
      asked: new Map(),
    };
  }
  const old = invoicesOf(company, SEPTEMBER, september, [], 3);
  const invoices = invoicesOf(company, OCTOBER, october, ['acct-18'], 0).map(enlarge);
  const corrected = old.find(({ account }) => account === 'acct-03');
  if (!corrected) throw new Error('acct-03 has no invoice');
  const fresh = [...invoices, creditOf(company, corrected, OCTOBER)];
  const oldManifests = manifestsOf(SEPTEMBER, old, 'schedule').map(
    (manifest): Manifest => ({
      ...manifest,
      status: 'posted',
      decision: { decision: 'approve', by: 'anna.approver', at: '2026-10-02T09:12:00.000Z' },
    }),
  );
  const base: World['documents'] = [
    ...old.map((document, index) => ({ document, delivered: deliveryOf(document, index, '2026-10-02T09:13:07.000Z') })),
    ...fresh.map((document) => ({ document })),
  ];
  const wanted = rows ?? base.length;
  const documents = Array.from({ length: wanted }, (_, index) => {
    const one = base[index % base.length];
    if (!one) throw new Error('no documents');
    const copy = Math.floor(index / base.length);
    if (copy === 0) return one;
    return { ...one, document: { ...one.document, documentId: `${one.document.documentId}-${copy}` } };
  });
  const all = totalsOf(invoicesOf(company, OCTOBER, october, [], 0).map(enlarge));
  return {
    company,
    closes: [waiting(all, totalsOf(fresh), fresh.length), closed(old)],
    manifests: new Map([
      [OCTOBER, manifestsOf(OCTOBER, fresh, 'priya.preparer')],
      [SEPTEMBER, oldManifests],
    ]),
    exceptions: exceptionsOf(october, octoberAt),
    documents,
    quarantine,
    catalog,
    asked: new Map(),
  };
};
