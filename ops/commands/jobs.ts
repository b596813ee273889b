import type { ApiClient } from '../api-client.ts';
import { type Job, progressOf, waitForJob } from '../jobs.ts';
import { say, table } from '../print.ts';
import { terminalShower } from '../shower.ts';

const secondsPart = (instant: string): string => instant.slice(0, 19).replace('T', ' ');

/** The newest jobs and how each stands. */
export const listJobs = async (api: ApiClient): Promise<void> => {
  const { items } = await api.get<{ items: Job[] }>('/jobs');
  if (items.length === 0) return say('Nobody has started a job yet.');
  say(
    table(
      ['job', 'what', 'state', 'started', 'by', 'how far'],
      items.map((job) => [
        job.jobId,
        job.params.preview === true ? `${job.kind} (preview)` : job.kind,
        job.state,
        secondsPart(job.startedAt),
        job.startedBy,
        // The last step of one that is done may say nothing any more.
        job.message ?? (job.state === 'done' && job.progress?.done === 0 ? '' : progressOf(job)),
      ]),
    ),
  );
};

/** One job: what was asked, by whom, how it stands, and what came out. */
export const showJob = async (api: ApiClient, jobId: string): Promise<void> => {
  const job = await api.get<Job>(`/jobs/${encodeURIComponent(jobId)}`);
  const rows: [string, string | undefined][] = [
    ['what', job.kind],
    ['state', job.state],
    ['started', `${secondsPart(job.startedAt)} by ${job.startedBy}`],
    ['ended', job.endedAt && secondsPart(job.endedAt)],
    ...Object.entries(job.params).map(([name, value]): [string, string] => [`  ${name}`, JSON.stringify(value)]),
    ['how far', progressOf(job) || undefined],
    ['why', job.message],
  ];
  say(
    table(
      ['job', job.jobId],
      rows.filter(([, value]) => value !== undefined),
    ),
  );
  if (job.result !== undefined) say(`\n${JSON.stringify(job.result, undefined, 2)}`);
};

/** Lets a failed job go on from where it was, and waits for it. */
export const resumeJob = async (api: ApiClient, jobId: string): Promise<void> => {
  const job = await api.post<Job>(`/jobs/${encodeURIComponent(jobId)}/resumption`, {});
  const result = await waitForJob(api, job, terminalShower());
  say(JSON.stringify(result, undefined, 2));
};
