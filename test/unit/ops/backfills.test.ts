import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { Backfill } from '../../../lambdas/usage/types.ts';
import type { ApiClient } from '../../../ops/api-client.ts';
import { listBackfills, loadBackfill, previewBackfill, sealBackfill } from '../../../ops/commands/backfills.ts';
import { cancelEvent } from '../../../ops/commands/corrections.ts';

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

const printed = async (work: () => Promise<void>): Promise<string> => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await work();
  return write.mock.calls.map(([text]) => text).join('');
};

it('loads a file in portions, and shows what was refused by the number of its line', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'backfill-'));
  const file = path.join(folder, 'events.ndjson');
  await writeFile(file, `${Array.from({ length: 1_201 }, (_, n) => `{"id":"e${n}"}`).join('\n')}\n\n`);
  const portions: number[] = [];
  const api = {
    post: async (_: string, { lines }: { lines: string[] }) => {
      portions.push(lines.length);
      return {
        results: lines.map((line, index) =>
          line === '{"id":"e700"}'
            ? {
                index,
                id: 'e700',
                status: 'rejected',
                code: 'NOT_CLOUDEVENT',
                path: '/subject',
                message: 'It is missing.',
              }
            : { index, id: '', status: 'received' },
        ),
      };
    },
  } as unknown as ApiClient;
  const text = await printed(() => loadBackfill(api, 'bf-1', file));
  await rm(folder, { recursive: true });
  expect(portions).toEqual([500, 500, 201]);
  expect(text).toContain('1,200 of 1,201 lines');
  expect(text).toMatch(/701\s+e700\s+NOT_CLOUDEVENT/);
  expect(process.exitCode).toBe(1);
});

it('shows what closing changes, and what of it was billed', async () => {
  const change = {
    account: 'acct-01',
    period: { start: '2026-10-01', end: '2026-11-01', zone: 'UTC' },
    meter: 'calls',
    unit: 'call',
    dimensions: { endpoint: 'read' },
    before: '105',
    after: '12',
    closedBy: ['close-20261001-20261101-1'],
  };
  const pages = [
    { items: [change], next: 'x' },
    { items: [{ ...change, account: undefined, subject: 'org-09', before: undefined, days: 3, closedBy: [] }] },
  ];
  const api = { get: async () => pages.shift() } as unknown as ApiClient;
  const text = await printed(() => previewBackfill(api, 'bf-1'));
  expect(text).toMatch(/acct-01\s+2026-10-01\s+calls\s+read\s+105\s+12\s+close-20261001-20261101-1/);
  expect(text).toMatch(/nobody's org-09\s+2026-10-01\s+calls\s+read\s+-\s+12\s+3/);
});

it('waits until a backfill is sealed, and lists it', async () => {
  const content = { subjects: 1, days: 2, slots: 2, lines: 1_234, changes: 3, accounts: 1 };
  const job = { jobId: 'job-1', kind: 'backfill.seal', state: 'done', result: content };
  const deed = { by: 'olga', at: '2026-11-20T00:00:00.000Z' };
  const backfill: Backfill = {
    backfillId: 'bf-1',
    state: 'sealed',
    reason: 'why',
    opened: deed,
    sealed: deed,
    content,
  };
  const api = { post: async () => job, get: async () => ({ items: [backfill] }) } as unknown as ApiClient;
  expect(await printed(() => sealBackfill(api, 'bf-1'))).toContain('1,234 lines in 2 slots');
  expect(await printed(() => listBackfills(api))).toMatch(/bf-1\s+sealed\s+2026-11-20T00:00\s+olga\s+1,234\s+why/);
});

it('says what becomes of an event that is cancelled', async () => {
  const api = { post: async () => ({ items: [{ id: 'a', known: 'unknown' }] }) } as unknown as ApiClient;
  const options = { subject: 'org-01', source: '//x', time: '2026-10-01T00:00:00Z', reason: 'sent by a test' };
  expect(await printed(() => cancelEvent(api, 'a', options))).toContain('if it comes, it counts nothing');
});
