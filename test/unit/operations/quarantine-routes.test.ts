import { describe, expect, it } from 'vitest';
import { quarantineRoutes } from '../../../lambdas/operations/quarantine-routes.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import type { QuarantineEntry } from '../../../lambdas/usage/types.ts';
import { memoryJobs } from '../../twins/memory-jobs.ts';
import { eventText } from '../usage-edge/events.ts';
import { releaseWorld } from '../usage-edge/release-world.ts';
import { caller } from './call.ts';

const bad = (status: number, code: string) => ({ status, body: { code } });
const GOOD = eventText();
const BAD = eventText({ data: { count: -1, endpoint: 'read' } });

const entry = (n: number, changes: Partial<QuarantineEntry> = {}): QuarantineEntry => ({
  id: `q-${n}`,
  position: { stream: 'usage', shard: 's', sequence: String(n), index: 0 },
  code: 'SCHEMA',
  path: '/data/gb',
  message: 'it is wrong',
  body: '{}',
  bodyEncoding: 'utf8',
  pointer: { key: 'k', line: n },
  receivedAt: '2026-11-01T00:00:00.000Z',
  state: 'waiting',
  ...changes,
});

const setUp = async (...entries: readonly QuarantineEntry[]) => {
  const world = releaseWorld();
  await world.quarantine.put(entries);
  const jobs = memoryJobs(world.audit);
  const called: string[] = [];
  const run = async ({ jobId }: { readonly jobId: string }) => {
    called.push(jobId);
  };
  const functions = { 'quarantine.release': run, 'quarantine.write-off': run };
  const starter = { jobs, functions, clock: world.clock, ids: countingIds() };
  const call = caller(quarantineRoutes({ ...world.ports, starter }));
  const get = (path: string, query: Record<string, string> = {}) =>
    call({ method: 'GET', path: `/v1/quarantine${path}`, query });
  const post = (path: string, body: unknown) => call({ method: 'POST', path: `/v1/quarantine${path}`, body });
  return { ...world, jobs, called, call, get, post };
};

const arrived = async (...lines: readonly (string | Uint8Array)[]) => {
  const world = await setUp();
  await world.arrive(...lines);
  return { ...world, id: (await world.only()).id };
};

describe('the quarantine', () => {
  it('is listed in pages, by what is said, without the lines', async () => {
    const many = Array.from({ length: 60 }, (_, n) => entry(100 + n));
    const { get } = await setUp(...many, entry(1, { code: 'TOO_LARGE', subject: 'org-01' }));
    const first = (await get('')).body as { items: unknown[]; next: string };
    expect(first.items).toHaveLength(50);
    expect(first.items[0]).not.toHaveProperty('body');
    const second = await get('', { after: first.next });
    expect((second.body as { items: unknown[] }).items).toHaveLength(11);
    expect(second.body).not.toHaveProperty('next');
    const found = { items: [{ id: 'q-1' }] };
    expect((await get('', { code: 'TOO_LARGE', state: 'waiting' })).body).toMatchObject(found);
    expect((await get('', { subject: 'org-01', text: 'WRONG', from: '2026-11-01', to: '' })).body).toMatchObject(found);
    expect((await get('', { to: '2026-11-01T00:00:00Z' })).body).toEqual({ items: [] });
  });

  it('is counted by state and code, with the oldest', async () => {
    const { get } = await setUp(entry(1), entry(2), entry(3, { state: 'written-off' }));
    expect((await get('/counts')).body).toEqual({
      items: [
        { state: 'waiting', code: 'SCHEMA', count: 2, more: false, oldest: '2026-11-01T00:00:00.000Z' },
        { state: 'written-off', code: 'SCHEMA', count: 1, more: false, oldest: '2026-11-01T00:00:00.000Z' },
      ],
    });
  });

  it('refuses what it does not know', async () => {
    const { get, call } = await setUp();
    for (const query of [{ code: 'ODD' }, { state: 'odd' }, { after: 'nonsense' }, { from: 'yesterday' }]) {
      expect(await get('', query)).toMatchObject(bad(400, 'BAD_REQUEST'));
    }
    expect(await get('/q-9')).toMatchObject(bad(404, 'NO_SUCH_ENTRY'));
    expect(await call({ method: 'GET', path: '/v1/quarantine', roles: ['success'] })).toMatchObject(
      bad(403, 'ROLE_MISSING'),
    );
  });
});

describe('an entry', () => {
  it('is shown whole and in order, with the place that is wrong', async () => {
    const { get, id } = await arrived(BAD);
    const { body } = await get(`/${id}`);
    expect(body).toMatchObject({ entry: { id, body: BAD, path: '/data/count' }, refusedAgain: [] });
    const { lines, marked } = (body as { shown: { lines: string[]; marked: [number, number] } }).shown;
    expect(lines.slice(marked[0], marked[1] + 1)).toEqual(['    "count": -1,']);
  });

  it('is shown whole where the table holds its beginning, unless no answer could hold it', async () => {
    const large = eventText({ type: 'x', note: 'y'.repeat(70_000) });
    const { get, id } = await arrived(large);
    const { body } = await get(`/${id}`);
    expect(body).toMatchObject({ entry: { body: large } });
    expect(body).not.toHaveProperty('entry.bodyCut');
    const huge = await arrived(large.replace('yyy', 'y'.repeat(1024 * 1024)));
    expect((await huge.get(`/${huge.id}`)).body).toMatchObject({ entry: { bodyCut: true } });
  });

  it('is judged as it is and as it was edited, and nothing is changed by it', async () => {
    const { post, id, audit, waiting } = await arrived(BAD);
    const asIs = await post(`/${id}/judgement`, {});
    expect(asIs.body).toMatchObject({ judgement: { verdict: 'refused', code: 'SCHEMA' }, changes: [] });
    expect(asIs.body).toHaveProperty('shown.marked');
    expect((await post(`/${id}/judgement`, { body: GOOD })).body).toMatchObject({
      judgement: { verdict: 'counted' },
      changes: [{ path: '/data/count', before: '-1', after: '12' }],
    });
    expect(await post(`/${id}/judgement`, { body: '{"a":' })).toMatchObject({
      body: { judgement: { code: 'NOT_JSON' } },
    });
    expect(await post(`/${id}/judgement`, { body: {} })).toMatchObject(bad(400, 'BAD_REQUEST'));
    expect(waiting).toEqual([]);
    expect(await audit.list(0, 9)).toEqual([]);
  });

  it('is released, and tells what was changed and by whom', async () => {
    const { get, post, id, take } = await arrived(BAD);
    expect(await post(`/${id}/release`, { note: 'as it is' })).toMatchObject({
      status: 422,
      body: { code: 'SCHEMA', errors: [{ path: '/data/count' }] },
    });
    const forced = await post(`/${id}/release`, { note: 'a newer schema comes', force: true });
    expect(forced).toMatchObject({
      status: 200,
      body: { entry: { state: 'released', release: { by: 'olga', forced: true } }, auditSequence: 1 },
    });
    expect(forced.body).not.toHaveProperty('entry.body');
    await take();
    const { refusedAgain } = (await get(`/${id}`)).body as { refusedAgain: { id: string }[] };
    expect(refusedAgain).toMatchObject([{ code: 'SCHEMA', releasedFrom: id }]);
    const next = refusedAgain[0]?.id ?? '';
    expect(await post(`/${next}/release`, { note: 'sign', body: GOOD })).toMatchObject({
      body: {
        entry: { state: 'released' },
        changes: [{ path: '/data/count' }, { path: '/recordedtime', before: '"2026-10-05T10:00:00.000Z"' }],
        auditSequence: 2,
      },
    });
    expect((await get(`/${next}`)).body).toMatchObject({
      entry: { release: { note: 'sign' } },
      changes: [{ path: '/data/count', before: '-1', after: '12' }, { path: '/recordedtime' }],
    });
  });

  it('is written off with a reason', async () => {
    const { post, id } = await arrived(BAD);
    expect(await post(`/${id}/write-off`, {})).toMatchObject(bad(400, 'BAD_REQUEST'));
    expect(await post(`/${id}/write-off`, { reason: 'a test' })).toMatchObject({
      status: 200,
      body: { entry: { state: 'written-off', writeOff: { by: 'olga', reason: 'a test' } }, auditSequence: 1 },
    });
    expect(await post(`/${id}/release`, { note: 'x' })).toMatchObject(bad(409, 'WRITTEN_OFF'));
  });

  it('is changed by operators only, with a reason', async () => {
    const { call, post, id } = await arrived(BAD);
    for (const what of ['release', 'write-off']) {
      const path = `/v1/quarantine/${id}/${what}`;
      const answer = await call({
        method: 'POST',
        path,
        body: { note: 'x', reason: 'x' },
        roles: ['finance-preparer'],
      });
      expect(answer).toMatchObject(bad(403, 'ROLE_MISSING'));
    }
    expect(await post(`/${id}/release`, { note: ' ' })).toMatchObject(bad(400, 'BAD_REQUEST'));
    expect(await post(`/${id}/release`, { note: 'x'.repeat(2_001) })).toMatchObject(bad(400, 'BAD_REQUEST'));
    expect(await post(`/${id}/release`, { note: 'x', force: 'yes' })).toMatchObject(bad(400, 'BAD_REQUEST'));
  });
});

describe('many entries', () => {
  it('are released and written off by filter, as jobs', async () => {
    const { post, jobs, called } = await arrived(BAD);
    const asked = await post('/releases', { filter: { code: 'SCHEMA', state: 'released' }, note: 'x', preview: true });
    expect(asked).toMatchObject({ status: 202, body: { kind: 'quarantine.release', state: 'waiting' } });
    const filter = { subject: 'org-01', from: '2026-10-05' };
    await post('/write-offs', { filter, reason: 'a test' });
    expect(called).toHaveLength(2);
    const params = await Promise.all(called.map(async (jobId) => (await jobs.get(jobId))?.params));
    expect(params).toEqual([
      { filter: { code: 'SCHEMA' }, why: 'x', preview: true },
      { filter: { subject: 'org-01', from: '2026-10-05T00:00:00.000Z' }, why: 'a test', preview: false },
    ]);
  });

  it.each([
    [{ note: 'x' }],
    [{ filter: {}, note: 'x' }],
    [{ filter: { state: 'waiting' }, note: 'x' }],
    [{ filter: { code: 'SCHEMA' } }],
    [{ filter: { code: 'SCHEMA' }, note: 'x', preview: 'yes' }],
    [{ filter: { code: 7 }, note: 'x' }],
  ])('are not meant by %j', async (body) => {
    expect(await (await setUp()).post('/releases', body)).toMatchObject(bad(400, 'BAD_REQUEST'));
  });

  it('that were left as they were are told with the reason', async () => {
    const { get, quarantine } = await setUp();
    const outcomes = Array.from({ length: 51 }, (_, n) => ({
      id: `q-${100 + n}`,
      code: 'SCHEMA' as const,
      path: '/data',
      message: 'no',
    }));
    await quarantine.keepOutcomes('job-1', outcomes);
    const first = (await get('/outcomes/job-1')).body as { items: unknown[]; next: string };
    expect(first).toEqual({ items: outcomes.slice(0, 50), next: 'q-149' });
    expect((await get('/outcomes/job-1', { after: first.next })).body).toEqual({ items: outcomes.slice(50) });
  });
});
