import { afterEach, expect, it, vi } from 'vitest';
import type { ApiClient } from '../../../ops/api-client.ts';
import { showDocument } from '../../../ops/commands/documents.ts';

afterEach(() => vi.restoreAllMocks());

const document = {
  documentId: 'mb-1',
  kind: 'invoice',
  account: 'acct-01',
  accountName: 'Northgate',
  currency: 'USD',
  total: '100.00',
  entity: 'inc',
  period: { start: '2026-10-01', end: '2026-11-01', zone: 'Etc/UTC' },
  lines: [{ lineId: 'l-1', quantity: '1', unit: 'fee', amount: '100.00', description: 'Fee' }],
};

/** What is printed of an answer of the API. */
const shown = async (answer: object): Promise<string> => {
  const printed: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  const api = { get: async () => answer } as unknown as ApiClient;
  await showDocument(api, 'mb-1');
  return printed.join('\n');
};

it('shows which deposit pays for a document and where that stands, and what is to be applied by hand', async () => {
  const delivery = { state: 'failed', lastError: { class: 'rejected', code: 'USER_ERROR', message: 'nothing left' } };
  const text = await shown({
    document: { ...document, payments: [{ description: 'Gift', amount: '5.00', appliedBy: 'hand' }] },
    attempts: [],
    payments: [
      { paymentId: 'mb-1-pay-1', deposit: '901', description: 'Prepaid', amount: '60.00', delivery },
      { paymentId: 'mb-1-pay-2', deposit: '902', description: 'Bonus', amount: '1.00' },
    ],
  });
  expect(text).toMatch(/Prepaid\s+60\.00\s+deposit 901\s+failed\s+nothing left/);
  expect(text).toMatch(/Bonus\s+1\.00\s+deposit 902\s+not sent/);
  expect(text).toMatch(/Gift\s+5\.00\s+hand, in the ERP/);
});

it('says nothing of prepaid credit where there is none', async () => {
  expect(await shown({ document, attempts: [] })).not.toContain('prepaid credit');
});
