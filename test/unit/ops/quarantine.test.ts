import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { jobRoutes } from '../../../lambdas/operations/job-routes.ts';
import { quarantineRoutes } from '../../../lambdas/operations/quarantine-routes.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { runJob } from '../../../lambdas/usage/jobs/run-job.ts';
import { releaseMany, writeOffMany } from '../../../lambdas/usage/quarantine/decide-many.ts';
import type { ApiClient } from '../../../ops/api-client.ts';
import * as look from '../../../ops/commands/quarantine.ts';
import * as decisions from '../../../ops/commands/quarantine-decisions.ts';
import { memoryJobs } from '../../twins/memory-jobs.ts';
import { caller } from '../operations/call.ts';
import { eventText } from '../usage-edge/events.ts';
import { releaseWorld } from '../usage-edge/release-world.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const ops = { ...look, ...decisions };
const BAD = eventText({ data: { count: -1, endpoint: 'read' } });

/** The command line before the real routes. */
const setUp = async (...lines: readonly (string | Uint8Array)[]) => {
  const world = releaseWorld();
  await world.arrive(...lines);
  world.clock.advance(60_000);
  const jobs = memoryJobs(world.audit);
  const clock = world.clock;
  const run = (work: typeof releaseMany) => async (call: { readonly jobId: string }) => {
    await runJob({ jobs, clock }, call.jobId, 900_000, work(world.ports));
  };
  const functions = { 'quarantine.release': run(releaseMany), 'quarantine.write-off': run(writeOffMany) };
  const call = caller([
    ...quarantineRoutes({ ...world.ports, starter: { jobs, functions, clock, ids: countingIds() } }),
    ...jobRoutes({ jobs, functions, clock }),
  ]);
  const answer = async <T>(request: Parameters<typeof call>[0]): Promise<T> => {
    const { status, body } = await call(request);
    if (status >= 400) throw new Error((body as { detail: string }).detail);
    return body as T;
  };
  const defined = (query: Record<string, string | undefined>) =>
    Object.fromEntries(Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined));
  const api: ApiClient = {
    get: (to, query = {}) => answer({ method: 'GET', path: `/v1${to}`, query: defined(query) }),
    post: (to, body) => answer({ method: 'POST', path: `/v1${to}`, body: JSON.parse(JSON.stringify(body)) }),
    delete: (to) => answer({ method: 'DELETE', path: `/v1${to}` }),
  };
  return { ...world, api };
};

const printed = async (work: () => Promise<void>): Promise<string> => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  write.mockClear();
  await work();
  const text = write.mock.calls.map(([each]) => each).join('');
  write.mockRestore();
  if (process.env.SHOW) process.stdout.write(`\n${text}`);
  return text;
};

const fileWith = (text: string): string => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'line-')), 'line.json');
  writeFileSync(file, text);
  return file;
};

describe('the quarantine at the command line', () => {
  it('is counted and listed', async () => {
    const { api } = await setUp(BAD, 'no json', eventText({ id: 'e-2', type: 'com.larkspur.new' }));
    const counts = await printed(() => ops.countQuarantine(api));
    expect(counts).toMatch(/^code +waiting +releasing +released +written off +oldest that waits\n/);
    expect(counts).toMatch(/\nSCHEMA +1 .* d\n/);
    const list = await printed(() => ops.listQuarantine(api, {}, 2));
    expect(list).toContain('NOT_JSON');
    expect(list).toContain('There are more');
    expect(await printed(() => ops.listQuarantine(api, { text: 'at least' }, 9))).toMatch(/SCHEMA .* \/data\/count/);
    expect(await printed(() => ops.listQuarantine(api, { state: 'released' }, 9))).toContain('Nothing in quarantine');
    const empty = await setUp();
    expect(await printed(() => ops.countQuarantine(empty.api))).toBe('The quarantine is empty.\n');
    expect(await printed(() => ops.listQuarantine(empty.api, {}, 9))).toBe('The quarantine is empty.\n');
  });

  it('shows a line in order with a mark at what is wrong', async () => {
    const { api, only } = await setUp(BAD);
    const { id } = await only();
    const text = await printed(() => ops.showQuarantine(api, id));
    expect(text).toMatch(/^SCHEMA at \/data\/count: -1 must be at least 1/);
    expect(text).toContain('\n▶     "count": -1,\n');
    expect(text).toContain('event          e-1 of //larkspur.example/platform');
  });

  it('saves a line as it is shown, so that it can be edited and released', async () => {
    const { api, only } = await setUp(BAD);
    const { id } = await only();
    const file = fileWith('');
    expect(await printed(() => ops.showQuarantine(api, id, file))).toContain(`quarantine judge ${id} --body ${file}`);
    const saved = readFileSync(file, 'utf8');
    expect(JSON.parse(saved)).toEqual(JSON.parse(BAD));
    writeFileSync(file, saved.replace('"count": -1', '"count": 1'));
    expect(await printed(() => ops.judgeQuarantine(api, id, file))).toContain('It would be counted.');
    const broken = await setUp(new Uint8Array([0xff, 0xfe]));
    const { id: unreadable } = await broken.only();
    await expect(printed(() => ops.showQuarantine(broken.api, unreadable, file))).rejects.toThrow('not UTF-8');
  });

  it('judges, releases with a file and tells what was changed', async () => {
    const { api, only, take } = await setUp(BAD);
    const { id } = await only();
    const file = fileWith(JSON.stringify(JSON.parse(BAD.replace(':-1', ':7')), null, 2));
    expect(await printed(() => ops.judgeQuarantine(api, id, undefined))).toMatch(/^It would be refused again: SCHEMA/);
    expect(await printed(() => ops.judgeQuarantine(api, id, file))).toContain('It would be counted.');
    await expect(ops.releaseQuarantine(api, id, { note: 'x' })).rejects.toThrow('would be refused again');
    const text = await printed(() => ops.releaseQuarantine(api, id, { note: 'sign', body: file }));
    expect(text).toMatch(/\/data\/count +before +-1\n +after +7\n/);
    expect(text).toContain('is released with these changes');
    expect(text).toContain('Audit entry 1.');
    expect(await printed(() => ops.releaseQuarantine(api, id, { note: 'sign' }))).toContain('That was decided before.');
    await take();
    const shown = await printed(() => ops.showQuarantine(api, id));
    expect(shown).toMatch(/released +by olga at .*: sign\n/);
    expect(shown).toContain('Released with these changes:');
  });

  it('says which lines were refused again, and writes off', async () => {
    const { api, only, take } = await setUp(BAD);
    const { id } = await only();
    await printed(() => ops.releaseQuarantine(api, id, { note: 'x', force: true }));
    await take();
    const again = (await only()).id;
    expect(await printed(() => ops.showQuarantine(api, id))).toContain(`refused again  ${again} (SCHEMA, waiting)`);
    expect(await printed(() => ops.showQuarantine(api, again))).toContain(`released from  ${id}`);
    expect(await printed(() => ops.writeOffQuarantine(api, again, 'a test'))).toBe(
      `${again} is written off. Audit entry 2.\n`,
    );
  });

  it('releases and writes off many, after a preview', async () => {
    const { api, waiting, only } = await setUp(BAD, eventText({ id: 'e-2', subject: 'org-02', specversion: '0.3' }));
    const preview = await printed(() => ops.releaseMany(api, { from: '2026-10-01', note: 'x', preview: true }));
    expect(preview).toMatch(/^of 2 entries\n/);
    expect(preview).toMatch(/would pass now +0\n/);
    expect(preview).toMatch(/left as it was +code +at +why\n/);
    expect(preview).toContain('This was a preview');
    await printed(() => ops.releaseMany(api, { code: 'SCHEMA', note: 'x' }));
    expect(waiting).toEqual([]);
    const done = await printed(() => ops.writeOffMany(api, { code: 'SCHEMA', reason: 'a test' }));
    expect(done).toMatch(/written off +1\n/);
    expect(await only()).toMatchObject({ code: 'NOT_CLOUDEVENT' });
    expect(await printed(() => ops.writeOffMany(api, { subject: 'org-02', reason: 'y', preview: true }))).toMatch(
      /would be written off +1\n/,
    );
  });
});
