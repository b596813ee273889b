import type { ApiRoute } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import { type Jobs, jobAt, type NewJobs } from '../usage/jobs/jobs.ts';
import { resumeJob, type StartPorts } from '../usage/jobs/start-job.ts';
import { OPERATORS, optionalText, READERS } from './requests.ts';

/** What the routes of jobs need. */
export type JobPorts = Omit<StartPorts, 'jobs' | 'ids'> & { readonly jobs: Jobs & NewJobs };

const PAGE = 50;

/** `GET /v1/jobs` (newest first), `GET /v1/jobs/{jobId}`, `POST /v1/jobs/{jobId}/resumption`. */
export const jobRoutes = (ports: JobPorts): ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/jobs',
    roles: READERS,
    run: async ({ query }) => {
      const records = await ports.jobs.list(PAGE, optionalText('after', query.after));
      const items = records.map((record) => jobAt(record, ports.clock.nowMillis()));
      const last = items.at(-1);
      return { status: 200, body: { items, ...(items.length === PAGE && last ? { next: last.jobId } : {}) } };
    },
  },
  {
    method: 'GET',
    path: '/v1/jobs/{jobId}',
    roles: READERS,
    run: async ({ path: { jobId = '' } }) => {
      const record = await ports.jobs.get(jobId);
      if (record === undefined) throw new ProblemError(404, 'NO_SUCH_JOB', `there is no job ${jobId}`);
      return { status: 200, body: jobAt(record, ports.clock.nowMillis()) };
    },
  },
  {
    method: 'POST',
    path: '/v1/jobs/{jobId}/resumption',
    roles: OPERATORS,
    run: async ({ path: { jobId = '' }, caller }) => ({
      status: 202,
      body: await resumeJob(ports, jobId, caller.name),
    }),
  },
];
