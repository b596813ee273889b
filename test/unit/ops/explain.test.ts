import { afterEach, expect, it, vi } from 'vitest';
import type { ExplainedLine, LineEvent } from '../../../lambdas/close/types.ts';
import type { ApiClient } from '../../../ops/api-client.ts';
import { explainLine } from '../../../ops/commands/explain.ts';

afterEach(() => vi.restoreAllMocks());

const node = (text: string, result: string): ExplainedLine['arithmetic'] => ({
  step: 'line',
  text,
  result,
  unit: 'USD',
  children: [],
});

const line: ExplainedLine = {
  format: 1,
  id: 'line-1',
  account: 'acct-01',
  payer: 'acct-01',
  contract: 'acct-01-2026',
  item: 'api',
  product: '40',
  description: 'API calls',
  meter: 'api_calls',
  dimensions: {},
  period: { start: '2026-10-01', end: '2026-11-01', zone: 'America/New_York' },
  quantity: '1200',
  unit: 'call',
  currency: 'USD',
  amount: '1200.50',
  arithmetic: node('1,200 calls', '1200.50'),
  pins: { usageHash: 'u', contractVersion: 1, priceBook: 'list', priceBookVersion: 1, policy: 'p', engine: '1' },
  inputsHash: 'a'.repeat(64),
  schedule: {
    line: 'line-1',
    currency: 'USD',
    recognition: 'as-used',
    entries: [{ from: '2026-10-01', to: '2026-11-01', amount: '1200.50' }],
  },
  documents: [
    {
      lineId: 'line-1',
      closeId: 'close-20261001-20261101-1',
      documentId: 'mb-1',
      account: 'acct-01',
      amount: '1200.50',
      currency: 'USD',
      correlationId: 'close-20261001-20261101-1/mb-1',
    },
  ],
};

const event = (id: string): LineEvent => ({
  subject: 'org-01',
  slot: '2026-10-01T00:00:00.000Z',
  version: 1,
  hash: 'h',
  idHash: 'i',
  pointer: { key: 'events/usage/2026/10/01/shard/1-2.ndjson.gz', line: 7 },
  position: { stream: 'usage', shard: 'shard', sequence: '1', index: 0 },
  receivedAt: '2026-10-01T00:00:01.000Z',
  correlationId: 'ingest-0123456789abcdef',
  event: {
    specversion: '1.0',
    id,
    source: '//larkspur.example/platform',
    type: 'com.larkspur.api.requests',
    subject: 'org-01',
    dataschema: 'https://schemas.larkspur.example/com.larkspur.api.requests/2',
    time: '2026-10-01T00:00:00.500Z',
    data: { count: 1, endpoint: 'read' },
  },
});

it('prints a line, the documents that bill it and the events behind it, each with its correlation id', async () => {
  const asked: string[] = [];
  const api: ApiClient = {
    get: async <T>(path: string) => {
      asked.push(path);
      return (path.endsWith('/events') ? { items: [event('e1'), event('e2')] } : line) as T;
    },
    post: () => Promise.reject(new Error('nothing is written')),
    delete: () => Promise.reject(new Error('nothing is written')),
  };
  const printed: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  await explainLine(api, 'line-1', 1);
  const out = printed.join('');
  expect(asked).toEqual(['/lines/line-1', '/lines/line-1/events']);
  expect(out).toContain('API calls: USD 1,200.50');
  expect(out).toContain('Revenue, as-used:');
  expect(out).toMatch(/2026-10-01 +2026-11-01 +1,200\.50/);
  expect(out).toMatch(/mb-1 +USD +1,200\.50 +close-20261001-20261101-1\/mb-1/);
  expect(out).toContain('Made of 2 events; the first 1:');
  expect(out).toMatch(/e1 +2026-10-01T00:00:00\.500Z +org-01 +ingest-0123456789abcdef +\[1\]:7/);
  expect(out).toContain('\n[1] events/usage/2026/10/01/shard/1-2.ndjson.gz\n');
  expect(out).not.toContain('e2');
});
