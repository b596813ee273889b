import { runContestant } from './contest.ts';
import { grow } from './growth.ts';
import { remember } from './memory.ts';
import { walkOnce } from './nightly.ts';
import type { SampleOptions } from './sample.ts';
import { sampleMonth } from './sample.ts';
import type { Workload } from './traffic.ts';

/** One piece of work for a process of its own: the simulated functions live in it, with their memory. */
export type Job =
  | { readonly kind: 'month'; readonly options: SampleOptions }
  | { readonly kind: 'contestant'; readonly name: string; readonly workload: Workload; readonly seconds: number }
  | { readonly kind: 'growth'; readonly events: number }
  | { readonly kind: 'walk' }
  | { readonly kind: 'memory'; readonly ids: number };

const work = (job: Job): Promise<unknown> => {
  switch (job.kind) {
    case 'month':
      return sampleMonth(job.options);
    case 'contestant':
      return runContestant(job.name, job.workload, job.seconds);
    case 'growth':
      return grow(job.events);
    case 'walk':
      return walkOnce();
    case 'memory':
      return remember(job.ids);
  }
};

// Started by jobs.ts; the result is the one thing that it sends.
if (process.send !== undefined) {
  const result = await work(JSON.parse(process.argv[2] ?? '') as Job);
  process.send(result, () => process.disconnect());
}
