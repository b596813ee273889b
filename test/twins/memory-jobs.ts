import type { AuditLog } from '../../lambdas/platform/audit-log.ts';
import { askedFor, type JobRecord, type Jobs, type NewJobs, resumedBy } from '../../lambdas/usage/jobs/jobs.ts';

/** Jobs in memory; passes the same contract as the table. */
export const memoryJobs = (audit: AuditLog): Jobs & NewJobs => {
  const jobs = new Map<string, JobRecord>();
  const save = async (job: JobRecord): Promise<boolean> => {
    if (jobs.get(job.jobId)?.revision !== job.revision - 1) return false;
    jobs.set(job.jobId, structuredClone(job));
    return true;
  };
  return {
    get: async (jobId) => structuredClone(jobs.get(jobId)),
    list: async (limit, after) =>
      [...jobs.values()]
        .filter(({ jobId }) => after === undefined || jobId < after)
        .sort((a, b) => (a.jobId < b.jobId ? 1 : -1))
        .slice(0, limit),
    save,
    create: async (job) => {
      if (jobs.has(job.jobId)) throw new Error(`there is a job ${job.jobId} already`);
      jobs.set(job.jobId, structuredClone(job));
      await audit.append(askedFor(job));
    },
    resume: async (job, by) => {
      if (!(await save(job))) return false;
      await audit.append(resumedBy(job, by));
      return true;
    },
  };
};
