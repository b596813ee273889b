import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { ProblemError } from '../../../lambdas/platform/problem.ts';
import { lambdaJobFunction } from '../../../lambdas/usage/jobs/job-function.ts';
import { jobAt } from '../../../lambdas/usage/jobs/jobs.ts';
import { type JobRun, runJob } from '../../../lambdas/usage/jobs/run-job.ts';
import { startJob } from '../../../lambdas/usage/jobs/start-job.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryJobs } from '../../twins/memory-jobs.ts';

const MINUTE = 60_000;

const setUp = (call: () => Promise<void> = async () => undefined) => {
  const clock = manualClock('2026-11-02T00:00:00.000Z');
  const jobs = memoryJobs(memoryAuditLog(clock));
  const ports = { jobs, clock, functions: { 'ledger.rebuild': call }, ids: countingIds() };
  const start = () => startJob(ports, { kind: 'ledger.rebuild', params: {}, startedBy: 'olga' });
  const stands = async (jobId: string) => {
    const record = await jobs.get(jobId);
    if (record === undefined) throw new Error('no job');
    return jobAt(record, clock.nowMillis());
  };
  return { clock, jobs, ports, start, stands };
};

describe('a job', () => {
  it('goes from waiting over running to done', async () => {
    const { clock, ports, start, stands } = setUp();
    const { jobId } = await start();
    expect(await stands(jobId)).toMatchObject({ state: 'waiting', startedBy: 'olga' });
    await runJob(ports, jobId, 15 * MINUTE, async (run) => {
      clock.advance(MINUTE);
      await run.save({ done: 3, of: 10, unit: 'days' }, 'day 3');
      expect(await stands(jobId)).toMatchObject({ state: 'running', progress: { done: 3, of: 10 } });
      return { slots: 7 };
    });
    expect(await stands(jobId)).toMatchObject({ state: 'done', result: { slots: 7 }, endedAt: clock.now() });
    await runJob(ports, jobId, 15 * MINUTE, () => Promise.reject(new Error('a done job is not done again')));
  });

  it('takes its own write, found there at the second try of a client that heard no answer, for its own', async () => {
    const { ports, jobs, start, stands } = setUp();
    const { jobId } = await start();
    const save: typeof jobs.save = async (job) => {
      await jobs.save(job);
      return jobs.save(job);
    };
    await runJob({ ...ports, jobs: { ...jobs, save } }, jobId, 15 * MINUTE, async (run) => {
      await run.save({ done: 3, of: 10, unit: 'days' }, 'day 3');
      return { slots: 7 };
    });
    expect(await stands(jobId)).toMatchObject({ state: 'done', result: { slots: 7 } });
  });

  it('that does not fit into one run goes on where it was, in a call of its own', async () => {
    const { clock, ports, start, stands } = setUp();
    const { jobId } = await start();
    const calls: string[] = [];
    const work = async (run: JobRun) => {
      let done = Number(run.cursor ?? 0);
      while (done < 5) {
        if (run.isTimeUp()) return 'later' as const;
        clock.advance(6 * MINUTE);
        done += 1;
        await run.save({ done, of: 5, unit: 'days' }, done);
      }
      return { done };
    };
    const again = async (call: { readonly jobId: string }) => {
      calls.push(call.jobId);
    };
    await runJob(ports, jobId, 15 * MINUTE, work, again);
    expect(await stands(jobId)).toMatchObject({ state: 'running', progress: { done: 3 } });
    await runJob(ports, jobId, 15 * MINUTE, work, again);
    expect(await stands(jobId)).toMatchObject({ state: 'done', result: { done: 5 } });
    expect(calls).toEqual([jobId]);
  });

  it('that fails goes on from its cursor when the platform tries again', async () => {
    const { ports, start, stands } = setUp();
    const { jobId } = await start();
    const failing = runJob(ports, jobId, 15 * MINUTE, async (run) => {
      await run.save({ done: 1, unit: 'days' }, { day: 1 });
      throw new Error('throttled');
    });
    await expect(failing).rejects.toThrow('throttled');
    expect(await stands(jobId)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('its log says why'),
    });
    await runJob(ports, jobId, 15 * MINUTE, async ({ cursor, job }) => {
      expect([cursor, job.state, job.message]).toEqual([{ day: 1 }, 'running', undefined]);
      return {};
    });
    expect(await stands(jobId)).toMatchObject({ state: 'done' });
    expect(await stands(jobId)).not.toHaveProperty('message');
  });

  it('that met a problem is failed in its words, and is not tried again', async () => {
    const { ports, start, stands } = setUp();
    const { jobId } = await start();
    const problem = new ProblemError(409, 'BACKFILL_NOT_OPEN', 'b-1 is closed: open another one');
    await runJob(ports, jobId, 15 * MINUTE, () => Promise.reject(problem));
    expect(await stands(jobId)).toMatchObject({ state: 'failed', message: 'b-1 is closed: open another one' });
  });

  it('is run by the run that began last, if there are two', async () => {
    const { ports, start, stands } = setUp();
    const { jobId } = await start();
    await runJob(ports, jobId, 15 * MINUTE, async (first) => {
      await runJob(ports, jobId, 15 * MINUTE, async () => ({ by: 'second' }));
      await first.save({ done: 1, unit: 'days' }, 1);
      return { by: 'first' };
    });
    expect(await stands(jobId)).toMatchObject({ state: 'done', result: { by: 'second' } });
  });

  it('is failed when it never began, or its run died', async () => {
    const { clock, ports, start, stands } = setUp();
    const { jobId: never } = await start();
    const { jobId: died } = await start();
    void runJob(ports, died, 15 * MINUTE, () => new Promise(() => undefined));
    await Promise.resolve();
    clock.advance(17 * MINUTE);
    expect(await stands(died)).toMatchObject({ state: 'failed', message: expect.stringContaining('died') });
    expect(await stands(never)).toMatchObject({ state: 'waiting' });
    clock.advance(60 * MINUTE);
    expect(await stands(never)).toMatchObject({ state: 'failed', message: expect.stringContaining('not begin') });
  });

  it('whose function cannot be called is failed at once', async () => {
    const { jobs, start } = setUp(() => Promise.reject(new Error('throttled')));
    await expect(start()).rejects.toThrow('throttled');
    expect(await jobs.list(9)).toMatchObject([
      { state: 'failed', message: expect.stringContaining('ask for it again') },
    ]);
  });
});

it('calls a Lambda function without waiting for what it does', async () => {
  const lambda = mockClient(LambdaClient);
  await lambdaJobFunction(new LambdaClient({ region: 'us-east-1' }), 'settle', { sweep: true })({ jobId: 'job-1' });
  const { InvocationType, Payload } = lambda.commandCalls(InvokeCommand)[0]?.args[0].input ?? {};
  const payload = Buffer.from(Payload as Uint8Array).toString();
  expect([InvocationType, payload]).toEqual(['Event', '{"sweep":true,"jobId":"job-1"}']);
});
