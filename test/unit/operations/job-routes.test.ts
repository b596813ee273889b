import { describe, expect, it } from 'vitest';
import { jobRoutes } from '../../../lambdas/operations/job-routes.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { runJob } from '../../../lambdas/usage/jobs/run-job.ts';
import { startJob } from '../../../lambdas/usage/jobs/start-job.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryJobs } from '../../twins/memory-jobs.ts';
import { caller } from './call.ts';

const bad = (status: number, code: string) => ({ status, body: { code } });

const setUp = () => {
  const clock = manualClock('2026-11-02T00:00:00.000Z');
  const audit = memoryAuditLog(clock);
  const jobs = memoryJobs(audit);
  const called: string[] = [];
  const functions = {
    'ledger.rebuild': async ({ jobId }: { readonly jobId: string }) => {
      called.push(jobId);
    },
  };
  const ids = countingIds();
  const start = () =>
    startJob({ jobs, functions, clock, ids }, { kind: 'ledger.rebuild', params: { n: 1 }, startedBy: 'olga' });
  return { clock, audit, jobs, called, start, call: caller(jobRoutes({ jobs, functions, clock })) };
};

describe('jobs over the API', () => {
  it('are listed from the newest on, page by page, without what only runs know', async () => {
    const { clock, start, call } = setUp();
    for (let n = 0; n < 51; n += 1) {
      clock.advance(1);
      await start();
    }
    const list = async (query: Record<string, string>) =>
      (await call({ method: 'GET', path: '/v1/jobs', query, roles: ['finance-preparer'] })).body as {
        items: { jobId: string }[];
        next?: string;
      };
    const first = await list({});
    expect([first.items.length, first.items[0]?.jobId]).toEqual([50, expect.stringContaining('id-51')]);
    const rest = await list({ after: first.next ?? '' });
    expect(rest.items.map(({ jobId }) => jobId)).toEqual([expect.stringContaining('id-1')]);
    expect(rest).not.toHaveProperty('next');
    expect(rest.items[0]).not.toHaveProperty('revision');
  });

  it('are shown one by one', async () => {
    const { start, call } = setUp();
    const { jobId } = await start();
    const answer = await call({ method: 'GET', path: `/v1/jobs/${jobId}` });
    expect(answer).toMatchObject({ status: 200, body: { jobId, state: 'waiting', params: { n: 1 } } });
    expect(await call({ method: 'GET', path: '/v1/jobs/job-7' })).toMatchObject(bad(404, 'NO_SUCH_JOB'));
  });

  it('go on when they failed, and only then, for operators only', async () => {
    const { clock, audit, jobs, called, start, call } = setUp();
    const { jobId } = await start();
    const path = `/v1/jobs/${jobId}/resumption`;
    expect(await call({ method: 'POST', path })).toMatchObject(bad(409, 'JOB_NOT_FAILED'));
    await expect(runJob({ jobs, clock }, jobId, 1, () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await call({ method: 'POST', path, roles: ['success'] })).toMatchObject(bad(403, 'ROLE_MISSING'));
    expect(await call({ method: 'POST', path, as: 'grace' })).toMatchObject({
      status: 202,
      body: { state: 'waiting' },
    });
    expect(called).toEqual([jobId, jobId]);
    expect((await audit.list(1, 9)).map(({ actor, action, target }) => [actor, action, target])).toEqual([
      ['grace', 'job.resume', jobId],
    ]);
  });
});
