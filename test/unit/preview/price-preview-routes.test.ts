import { describe, expect, it } from 'vitest';
import type { CatalogEntry, Contract, Publication } from '../../../lambdas/catalog/types.ts';
import { pricePreviewRoutes } from '../../../lambdas/operations/price-preview-routes.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { previewJob } from '../../../lambdas/preview/preview-job.ts';
import { runPreviewStep } from '../../../lambdas/preview/preview-steps.ts';
import type { PreviewChange, PreviewReport } from '../../../lambdas/preview/types.ts';
import { POLICY_IDS } from '../../../lambdas/rating/policies.ts';
import type { Job } from '../../../lambdas/usage/jobs/jobs.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { memoryJobs } from '../../twins/memory-jobs.ts';
import { contract, priceBook } from '../close/close-catalog.ts';
import { catalogOf, closeAll, makeWorld } from '../close/close-world.ts';
import { caller } from '../operations/call.ts';

const WAITING = {
  publicationId: 'pub-1',
  changes: [{ ...priceBook('USD', '0.07'), change: 'changed' }],
} as unknown as Publication;

const makeHouse = (entries: readonly CatalogEntry[] = catalogOf()) => {
  const world = makeWorld(entries);
  const { clock, files, audit } = world;
  const jobs = memoryJobs(audit);
  const called: string[] = [];
  const store = memoryCatalog(entries);
  const catalog = {
    ...store,
    publication: async (id: string) => (id === 'pub-1' ? WAITING : undefined),
  };
  const functions = {
    'price.preview': async ({ jobId }: { jobId: string }) => {
      called.push(jobId);
    },
  };
  const call = caller(
    pricePreviewRoutes({
      catalog,
      known: { eventTypes: ['calls'], policies: POLICY_IDS },
      files,
      jobs,
      starter: { jobs, functions, clock, ids: countingIds() },
      clock,
    }),
  );
  const ask = (body: unknown) =>
    call({ method: 'POST', path: '/v1/price-previews', body, as: 'pia', roles: ['finance-preparer'] });
  const changeOf = async (job: unknown): Promise<PreviewChange> => {
    const { params } = job as Job & { params: { change: { key: string } } };
    return JSON.parse((await files.getText(params.change.key)) ?? '') as PreviewChange;
  };
  return { world, jobs, call, ask, called, changeOf };
};

describe('POST /v1/price-previews', () => {
  it.each([
    ['the newest version', { id: 'list-usd' }, '0.10', 'list-usd version 1'],
    ['a version', { id: 'list-usd', version: 1 }, '0.10', 'list-usd version 1'],
    ['what waits in a publication', { publication: 'pub-1' }, '0.07', 'list-usd of pub-1'],
    ['a body', { body: priceBook('USD', '0.05').body }, '0.05', 'a price book that is not published'],
  ])('takes %s as the changed book, whole', async (_, book, unitPrice, source) => {
    const { ask, changeOf, called } = makeHouse();
    const { status, body } = await ask({ book });
    expect(status).toBe(202);
    const job = body as Job;
    expect(job).toMatchObject({
      kind: 'price.preview',
      state: 'waiting',
      startedBy: 'pia',
      params: { of: `${source} in place of list-usd`, months: 3, riskPercent: 10, nearPercent: 10 },
    });
    expect(called).toEqual([job.jobId]);
    const change = await changeOf(job);
    expect(change.book).toMatchObject({ replaces: 'list-usd', source });
    expect(change.book?.body.prices[1]?.steps[1]).toMatchObject({ unitPrice });
  });

  it('takes a contract that keeps its periods, and both at once', async () => {
    const { ask, changeOf } = makeHouse();
    const { body } = await ask({
      book: { id: 'list-eur', replaces: 'list-usd' },
      contract: { body: contract('a1', { policy: 'itemised' }).body },
      accounts: ['a1'],
      months: 0,
    });
    expect(await changeOf(body)).toMatchObject({
      book: { replaces: 'list-usd', body: { id: 'list-eur' } },
      contract: { body: { id: 'contract-a1', policy: 'itemised' } },
    });
  });

  it.each<[string, unknown, number, string]>([
    ['nothing that is changed', {}, 400, '/book'],
    ['a book there is not', { book: { id: 'none' } }, 404, '/book/id'],
    ['a version there is not', { book: { id: 'list-usd', version: 9 } }, 404, '/book/version'],
    ['a publication there is not', { book: { publication: 'pub-9' } }, 404, '/book/publication'],
    ['a publication without a contract', { contract: { publication: 'pub-1' } }, 400, '/contract/publication'],
    ['a book that nobody has', { book: { id: 'list-usd', replaces: 'x' } }, 404, '/book/replaces'],
    ['a book that is none', { book: { body: { id: 'list-usd' } } }, 400, '/book/body'],
    [
      'a contract without history',
      { contract: { body: contract('a1', { id: 'contract-new' }).body } },
      404,
      '/contract',
    ],
    [
      'a contract with other periods',
      { contract: { body: contract('a1', { zone: 'UTC' }).body as Contract } },
      400,
      '/contract/body/zone',
    ],
    ['too many months', { book: { id: 'list-usd' }, months: 99 }, 400, '/months'],
    ['accounts that are none', { book: { id: 'list-usd' }, accounts: 'a1' }, 400, '/accounts'],
  ])('refuses %s, and says where', async (_, body, status, path) => {
    const { ask, called } = makeHouse();
    const answer = await ask(body);
    expect(answer).toMatchObject({ status });
    const { errors } = answer.body as { errors: { path: string }[] };
    expect(errors[0]?.path.startsWith(path)).toBe(true);
    expect(called).toEqual([]);
  });

  it('is for finance and operators', async () => {
    const { call } = makeHouse();
    const body = { book: { id: 'list-usd' } };
    expect(await call({ method: 'POST', path: '/v1/price-previews', body, roles: ['success'] })).toMatchObject({
      status: 403,
    });
  });
});

describe('GET /v1/price-previews/{jobId}', () => {
  it('tells how a preview stands, then its report and every account, page by page', async () => {
    const { world, jobs, call, ask } = makeHouse();
    world.usage.set('org-a1', '1100');
    await closeAll(world);
    const { jobId } = (await ask({ book: { body: priceBook('USD', '0.05').body }, months: 1 })).body as Job;
    const get = (path: string, query = {}) =>
      call({ method: 'GET', path: `/v1/price-previews/${jobId}${path}`, query });
    expect(await get('')).toMatchObject({ status: 200, body: { job: { state: 'waiting' } } });
    expect(await get('/accounts')).toMatchObject({ status: 409, body: { code: 'NOT_DONE' } });

    const ports = { ...world, jobs, results: world.store, usage: world.ports.usage };
    await runPreviewStep(ports, { step: 'plan', jobId });
    await runPreviewStep(ports, { step: 'rate', jobId, chunk: 1 });
    await runPreviewStep(ports, { step: 'report', jobId });
    const { report } = (await get('')).body as { report: PreviewReport };
    expect(report.totals.find(({ currency }) => currency === 'USD')).toMatchObject({
      before: '200.00',
      after: '150.00',
    });
    expect(await get('/accounts')).toMatchObject({
      body: { items: [{ account: 'a1' }, { account: 'a2' }, { account: 'a3' }] },
    });
    expect(await get('/accounts', { after: 'a2' })).toMatchObject({ body: { items: [{ account: 'a3' }] } });
  });

  it('knows no other job', async () => {
    const { call } = makeHouse();
    expect(await call({ method: 'GET', path: '/v1/price-previews/job-9' })).toMatchObject({
      status: 404,
      body: { code: 'NO_SUCH_PREVIEW' },
    });
  });
});

describe('the job of a preview', () => {
  const machine = (ended: ReadonlySet<string>, names: string[] = []) => ({
    names,
    start: async (name: string) => {
      names.push(name);
      return { executionArn: name, started: !ended.has(name) && name !== 'running' };
    },
    hasEnded: async (name: string) => ended.has(name),
  });

  it('runs under its own name, and resumed under the next one that is free', async () => {
    const first = machine(new Set());
    await previewJob(first)({ jobId: 'job-1' });
    expect(first.names).toEqual(['job-1']);
    const again = machine(new Set(['job-1', 'job-1-2']));
    await previewJob(again)({ jobId: 'job-1' });
    expect(again.names).toEqual(['job-1', 'job-1-2', 'job-1-3']);
  });

  it('leaves one alone that is running, and gives up in the end', async () => {
    const running = machine(new Set());
    await previewJob(running)({ jobId: 'running' });
    expect(running.names).toEqual(['running']);
    const all = { start: async (name: string) => ({ executionArn: name, started: false }), hasEnded: async () => true };
    await expect(previewJob(all)({ jobId: 'job-1' })).rejects.toThrow('20 times');
  });
});
