import { closeIdOf, exceptionIdOf, manifestIdOf } from '../../lambdas/close/names.ts';
import type { AccountProgress, Adjustment, LineReference, StoredDocument } from '../../lambdas/close/records.ts';
import {
  CLOSE_STEPS,
  type CloseException,
  type CloseRecord,
  type Manifest,
  type StepProgress,
} from '../../lambdas/close/types.ts';

/** What the contract of close stores puts into them. */

export const dates = { start: '2026-10-01', end: '2026-11-01' };
export const open: StepProgress = { state: 'open', done: 0, total: 0 };
export const record = (run: number): CloseRecord => ({
  format: 1,
  closeId: closeIdOf(dates, run),
  ...dates,
  run,
  status: 'running',
  startedBy: 'ada',
  startedAt: '2026-11-02T00:00:00.000Z',
  steps: Object.fromEntries(CLOSE_STEPS.map((step) => [step, open])) as CloseRecord['steps'],
});
export const closeId = record(1).closeId;
export const exception = (about: string): CloseException => ({
  format: 1,
  exceptionId: exceptionIdOf(dates, 'anomaly', about),
  kind: 'anomaly',
  account: 'acct-01',
  ...dates,
  message: 'far above the month before',
  evidence: { about },
  state: 'open',
  raisedAt: `2026-11-02T00:00:00.${about.padStart(3, '0')}Z`,
});
export const manifest = (documents = 1): Manifest => ({
  format: 1,
  manifestId: manifestIdOf(closeId, 'larkspur-inc'),
  closeId,
  entity: 'larkspur-inc',
  status: 'awaiting approval',
  totals: { USD: '10.00' },
  documents: Array.from({ length: documents }, (_, n) => ({
    documentId: `mb-${n}`,
    account: 'acct-01',
    kind: 'invoice' as const,
    currency: 'USD',
    total: '10.00',
    mapping: 'netsuite-invoice',
    mappingVersion: 1,
    payloadKey: 'payloads/x.json',
    payloadHash: 'x',
  })),
  hash: 'h1',
  makers: ['ada'],
});
export const decision = { decision: 'approve' as const, by: 'bo', at: '2026-11-02T01:00:00.000Z' };
export const audited = { actor: 'bo', action: 'manifest.approve', target: manifest().manifestId, details: {} };
export const progress = (account: string): AccountProgress => ({
  format: 1,
  closeId,
  account,
  accountName: account,
  salesRegion: 'us',
  state: 'open',
  contracts: [],
  subjects: [],
  knownAt: '2026-11-02T00:00:00.000Z',
});
export const stored = (documentId: string, payer = 'acct-01', of = closeId): StoredDocument => ({
  format: 1,
  document: {
    format: 1,
    documentId,
    closeId: of,
    manifestId: manifestIdOf(of, 'larkspur-inc'),
    kind: 'invoice',
    generation: 0,
    account: payer,
    accountName: payer,
    customerId: '1',
    entity: 'larkspur-inc',
    subsidiaryId: '1',
    currency: 'USD',
    period: { ...dates, zone: 'Etc/UTC' },
    documentDate: '2026-10-31',
    lines: [],
    total: '10.00',
  },
  bodyKey: 'k',
  bodyHash: 'h',
});
export const line = (documentId: string, of = closeId): LineReference => ({
  lineId: 'line-1',
  closeId: of,
  documentId,
  account: 'acct-01',
  amount: '10.00',
  currency: 'USD',
  linesKey: 'k',
  linesHash: 'h',
  pinsKey: 'p',
  pinsHash: 'ph',
});

export const adjustment: Adjustment = {
  format: 1,
  entryId: 'adj-1',
  kind: 'goodwill',
  ...dates,
  about: 'line-1',
  account: 'acct-01',
  payer: 'acct-01',
  entity: 'larkspur-inc',
  contract: 'contract-01',
  currency: 'USD',
  product: 'api-calls',
  description: 'API calls',
  period: { ...dates, zone: 'Etc/UTC' },
  amount: '-2.00',
  reason: 'outage',
  by: 'gina',
  at: '2026-11-02T00:00:00.000Z',
};
