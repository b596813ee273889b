import { afterEach, expect, it, vi } from 'vitest';
import type { ApiClient } from '../../../ops/api-client.ts';
import { listJobs, showJob } from '../../../ops/commands/jobs.ts';
import { type Job, waitForJob } from '../../../ops/jobs.ts';
import { terminalShower } from '../../../ops/shower.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const job: Job = {
  jobId: 'job-1',
  kind: 'ledger.rebuild',
  state: 'waiting',
  startedBy: 'olga',
  startedAt: '2026-11-02T09:30:00.000Z',
  params: { start: '2026-10-01' },
};
const answering = (...answers: unknown[]): ApiClient =>
  ({ get: async () => (answers.length > 1 ? answers.shift() : answers[0]) }) as unknown as ApiClient;

const printed = async (work: () => Promise<void>): Promise<string> => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await work();
  return write.mock.calls.map(([text]) => text).join('');
};

it('waits for a job, telling how far it is, and answers its result', async () => {
  vi.useFakeTimers();
  const lines: string[] = [];
  const show = { line: (text: string) => lines.push(text), end: () => lines.push('end') };
  const api = answering(
    { ...job, state: 'running', progress: { done: 1200, of: 3100, unit: 'days' } },
    { ...job, state: 'done', result: { slots: 7 } },
  );
  const waiting = waitForJob(api, job, show);
  await vi.runAllTimersAsync();
  expect(await waiting).toEqual({ slots: 7 });
  expect(lines).toEqual(['ledger.rebuild: waiting, 0 s', 'ledger.rebuild: 1,200 of 3,100 days, 0 s', 'end']);
});

it('says why a job failed', async () => {
  const failed = { ...job, state: 'failed' as const, message: 'the archive has no line 7' };
  await expect(waitForJob(answering(failed), failed)).rejects.toThrow('job-1 failed: the archive has no line 7');
});

it('replaces its line on a terminal, and repeats itself seldom in a log', () => {
  const shownOn = (isTTY: boolean): string[] => {
    const written: string[] = [];
    const out = { isTTY, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
    const shower = terminalShower(out);
    for (const text of ['a', 'a', 'b']) shower.line(text);
    shower.end();
    return written;
  };
  expect(shownOn(true)).toEqual(['\r\u001b[2Ka', '\r\u001b[2Kb', '\r\u001b[2K']);
  expect(shownOn(false)).toEqual(['a\n']);
});

it('lists and shows jobs', async () => {
  const failed = { ...job, state: 'failed', message: 'it failed unforeseen' };
  const list = await printed(() => listJobs(answering({ items: [failed] })));
  expect(list).toMatch(/job-1 +ledger\.rebuild +failed +2026-11-02 09:30:00 +olga +it failed unforeseen/);
  const shown = await printed(() => showJob(answering({ ...job, state: 'done', result: { slots: 7 } }), 'job-1'));
  expect(shown).toContain('started  2026-11-02 09:30:00 by olga');
  expect(shown).toContain('start  "2026-10-01"');
  expect(shown).toContain('"slots": 7');
});
