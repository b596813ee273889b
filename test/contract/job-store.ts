import { describe, expect, it } from 'vitest';
import type { AuditLog } from '../../lambdas/platform/audit-log.ts';
import type { JobRecord, Jobs, NewJobs } from '../../lambdas/usage/jobs/jobs.ts';

const NOW = '2026-11-02T00:00:00.000Z';
const job = (n: number): JobRecord => ({
  jobId: `job-${n}`,
  kind: 'ledger.rebuild',
  state: 'waiting',
  startedBy: 'olga',
  startedAt: NOW,
  params: { start: '2026-10-01', subjects: ['org-01'] },
  revision: 1,
  aliveAt: NOW,
});

/** What every store of jobs must do. `makeStore` gives an empty one with its audit log. */
export const jobStoreContract = (
  name: string,
  makeStore: () => Promise<{ readonly jobs: Jobs & NewJobs; readonly audit: AuditLog }>,
): void => {
  describe(`job store: ${name}`, () => {
    it('keeps a job that is asked for, and audits who did', async () => {
      const { jobs, audit } = await makeStore();
      expect(await jobs.get('job-1')).toBeUndefined();
      await jobs.create(job(1));
      expect(await jobs.get('job-1')).toEqual(job(1));
      expect(await audit.list(0, 10)).toMatchObject([
        { actor: 'olga', action: 'ledger.rebuild', target: 'job-1', details: job(1).params },
      ]);
      await expect(jobs.create(job(1))).rejects.toThrow();
    });

    it('writes a job under its own revision only', async () => {
      const { jobs } = await makeStore();
      await jobs.create(job(1));
      const cursor = { subject: 'org-01', at: [1, 2] };
      const running = { ...job(1), state: 'running' as const, revision: 2, cursor };
      expect(await jobs.save({ ...running, revision: 3 })).toBe(false);
      expect(await jobs.save(running)).toBe(true);
      expect(await jobs.save({ ...running, cursor: undefined })).toBe(false);
      expect(await jobs.get('job-1')).toEqual(running);
      expect(await jobs.save({ ...job(2), revision: 2 })).toBe(false);
    });

    it('lets a job go on from its own revision only, and audits who wanted that', async () => {
      const { jobs, audit } = await makeStore();
      await jobs.create(job(1));
      expect(await jobs.resume({ ...job(1), revision: 3 }, 'grace')).toBe(false);
      expect(await jobs.resume({ ...job(1), revision: 2 }, 'grace')).toBe(true);
      expect((await jobs.get('job-1'))?.revision).toBe(2);
      expect((await audit.list(1, 10)).map(({ actor, action, target }) => [actor, action, target])).toEqual([
        ['grace', 'job.resume', 'job-1'],
      ]);
    });

    it('lists from the newest on, page by page', async () => {
      const { jobs } = await makeStore();
      for (const n of [2, 1, 4, 3]) await jobs.create(job(n));
      const ids = async (limit: number, after?: string) => (await jobs.list(limit, after)).map(({ jobId }) => jobId);
      expect(await ids(3)).toEqual(['job-4', 'job-3', 'job-2']);
      expect(await ids(3, 'job-2')).toEqual(['job-1']);
      expect(await ids(3, 'job-1')).toEqual([]);
    });
  });
};
