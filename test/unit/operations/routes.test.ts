import { describe, expect, it } from 'vitest';
import type { DeadLetterQueues, HeldLetter } from '../../../lambdas/delivery/dead-letters.ts';
import { apiKeyRoutes } from '../../../lambdas/operations/api-key-routes.ts';
import { auditRoutes } from '../../../lambdas/operations/audit-routes.ts';
import { catalogRoutes } from '../../../lambdas/operations/catalog-routes.ts';
import { queueRoutes, readQueues } from '../../../lambdas/operations/queue-routes.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import type { Role } from '../../../lambdas/platform/http-edge.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { memoryAccess } from '../../twins/memory-access.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { caller } from './call.ts';

const clock = manualClock('2026-11-02T00:00:00.000Z');
const bad = (status: number, code: string) => ({ status, body: { code } });

describe('queues', () => {
  const letter = (n: number): HeldLetter => ({
    messageId: `m-${n}`,
    receipt: `r-${n}`,
    subject: `invoice-${n}`,
    class: n % 2 === 0 ? 'auth' : 'rejected',
    code: 'E',
    message: 'no',
    since: '2026-11-01T23:59:00.000Z',
    body: '{}',
  });
  const setUp = () => {
    const dead = new Map([1, 2, 3].map((n) => [`m-${n}`, letter(n)]));
    const live: string[] = [];
    const held = new Set<string>();
    const queues: DeadLetterQueues = {
      depth: async (url) => (url === 'dlq' ? dead.size : url === 'queue' ? live.length : 0),
      take: async () => {
        const free = [...dead.values()].filter(({ messageId }) => !held.has(messageId));
        for (const { messageId } of free) held.add(messageId);
        return free;
      },
      giveBack: async (_, { messageId }) => {
        held.delete(messageId);
      },
      send: async (_, { messageId }) => {
        live.push(messageId);
      },
      delete: async (_, { messageId }) => {
        dead.delete(messageId);
      },
    };
    const described = readQueues(
      JSON.stringify([
        { name: 'netsuite', url: 'queue', dlqUrl: 'dlq', runbook: '#netsuite' },
        { name: 'async-failures', dlqUrl: 'async-dlq', runbook: '#async' },
      ]),
    );
    const audit = memoryAuditLog(clock);
    const adapters = { adapterState: async (adapter: string) => ({ adapter, state: 'ok', since: '' }) as const };
    const ports = { queues, adapters, audit, clock, explain: async () => undefined, pause: async () => undefined };
    return { call: caller(queueRoutes(described, ports)), audit, live };
  };

  it('are listed with their dead letters and their age', async () => {
    const { call } = setUp();
    expect(await call({ method: 'GET', path: '/v1/queues' })).toMatchObject({
      status: 200,
      body: { items: [{ name: 'netsuite', depth: 0, dlqDepth: 3, oldestSeconds: 60, runbook: '#netsuite' }, {}] },
    });
  });

  it('show what is in a dead-letter queue, why and since when', async () => {
    const { call } = setUp();
    const answer = await call({ method: 'GET', path: '/v1/queues/netsuite/messages', query: { limit: '1' } });
    expect(answer.body).toEqual({
      items: [
        {
          messageId: 'm-1',
          what: 'invoice-1',
          why: 'rejected E: no',
          since: '2026-11-01T23:59:00.000Z',
          ageSeconds: 60,
          class: 'rejected',
          code: 'E',
        },
      ],
    });
  });

  it('are redriven after a preview, by filter, with an audit entry', async () => {
    const { call, audit, live } = setUp();
    const redrive = (body: unknown, name = 'netsuite') =>
      call({ method: 'POST', path: `/v1/queues/${name}/redrive`, body });
    const filter = { class: 'rejected' };
    expect((await redrive({ filter, preview: true })).body).toMatchObject({ matched: 2, moved: 0 });
    expect(live).toEqual([]);
    expect((await redrive({ filter, preview: false })).body).toEqual({
      matched: 2,
      moved: 2,
      left: 1,
      auditSequence: 1,
    });
    expect(live).toEqual(['m-1', 'm-3']);
    expect(await audit.list(0, 9)).toMatchObject([{ actor: 'olga', action: 'queue.redrive', target: 'netsuite' }]);
    expect(await redrive({ preview: false }, 'async-failures')).toMatchObject(bad(409, 'NOT_REDRIVABLE'));
    expect(await redrive({ preview: false }, 'none')).toMatchObject(bad(404, 'NO_SUCH_QUEUE'));
    expect(await redrive({})).toMatchObject(bad(400, 'BAD_REQUEST'));
    expect(await redrive({ preview: true, limit: 0 })).toMatchObject(bad(400, 'BAD_REQUEST'));
    expect(await redrive({ preview: true, perSecond: 1, limit: 100 })).toMatchObject(bad(400, 'BAD_REQUEST'));
  });

  it('are a list with names, or the function does not start', () => {
    expect(() => readQueues('[{"name":"x"}]')).toThrow('QUEUES_JSON');
  });
});

describe('audit', () => {
  const setUp = async (count: number) => {
    const audit = memoryAuditLog(clock);
    for (let n = 0; n < count; n += 1) await audit.append({ actor: 'a', action: 'x.y', target: `${n}`, details: {} });
    return audit;
  };

  it('is listed in pages', async () => {
    const call = caller(auditRoutes(await setUp(130)));
    const first = await call({ method: 'GET', path: '/v1/audit' });
    expect(first.body).toMatchObject({ next: '100' });
    const second = await call({ method: 'GET', path: '/v1/audit', query: { after: '100' } });
    expect((second.body as { items: unknown[] }).items).toHaveLength(30);
    expect(second.body).not.toHaveProperty('next');
  });

  it('is verified page by page', async () => {
    const call = caller(auditRoutes(await setUp(21_100)));
    const verify = async (query: Record<string, string>) =>
      (await call({ method: 'GET', path: '/v1/audit/verification', query })).body;
    expect(await verify({})).toEqual({ entries: 20_000, whole: true, next: '20000' });
    expect(await verify({ after: '20000' })).toEqual({ entries: 1_100, whole: true });
  });

  it('is verified from the first entry on, across strides', async () => {
    const audit = await setUp(1_100);
    const verify = (list: typeof audit.list) =>
      caller(auditRoutes({ list }))({ method: 'GET', path: '/v1/audit/verification' });
    expect((await verify(audit.list)).body).toEqual({ entries: 1_100, whole: true });
    const forged = async (after: number, limit: number) =>
      (await audit.list(after, limit)).map((each) =>
        each.sequence === 777 ? { ...each, actor: 'someone else' } : each,
      );
    expect((await verify(forged)).body).toMatchObject({ entries: 776, whole: false, broken: { sequence: 777 } });
    const cut = async (after: number, limit: number) =>
      (await audit.list(after, limit)).filter(({ sequence }) => sequence !== 600);
    expect((await verify(cut)).body).toMatchObject({ whole: false, broken: { sequence: 601 } });
  });
});

describe('catalog', () => {
  const setUp = () => {
    const catalog = memoryCatalog();
    const audit = memoryAuditLog(clock);
    return caller(
      catalogRoutes({ catalog, audit, clock, known: { eventTypes: ['t'], policies: [] }, priceOf: () => '0' }),
    );
  };
  const meter = {
    kind: 'meter',
    id: 'api_calls',
    effectiveFrom: '2024-01-01T00:00:00.000Z',
    body: {
      id: 'api_calls',
      name: 'API calls',
      eventType: 't',
      aggregation: 'COUNT',
      dimensions: [],
      filters: [],
      unit: 'call',
    },
  };
  const propose = (call: ReturnType<typeof setUp>, entries: unknown) =>
    call({ method: 'POST', path: '/v1/catalog/publications', body: { entries } });

  it('is published by two people', async () => {
    const call = setUp();
    const proposed = await propose(call, [meter]);
    expect(proposed).toMatchObject({ status: 201, body: { changes: [{ id: 'api_calls', change: 'new' }] } });
    const { publicationId, hash } = proposed.body as { publicationId: string; hash: string };
    const approve = (as: string, of: string, roles: Role[] = ['operator']) =>
      call({
        method: 'POST',
        path: `/v1/catalog/publications/${publicationId}/approval`,
        body: { hash: of },
        as,
        roles,
      });
    const seen = await call({ method: 'GET', path: `/v1/catalog/publications/${publicationId}`, as: 'otto' });
    expect(seen).toMatchObject({
      status: 200,
      body: { hash, status: 'proposed', proposedBy: 'olga', changes: [meter] },
    });
    expect(await approve('olga', hash)).toMatchObject(bad(409, 'MAKER_IS_CHECKER'));
    expect(await approve('otto', 'other')).toMatchObject(bad(409, 'STALE_PUBLICATION'));
    expect(await approve('otto', hash, ['finance-preparer'])).toMatchObject(bad(403, 'ROLE_MISSING'));
    expect(await approve('otto', hash)).toMatchObject({ status: 200, body: { status: 'published', changes: 1 } });
    const listed = await call({ method: 'GET', path: '/v1/catalog/meter', roles: ['success'] });
    expect(listed.body).toMatchObject({ items: [{ id: 'api_calls', version: 1, publishedBy: 'otto' }] });
    const history = await call({ method: 'GET', path: '/v1/catalog/meter/history', roles: ['success'] });
    expect(history.body).toEqual(listed.body);
  });

  it('names every flaw, and kinds that it does not have', async () => {
    const call = setUp();
    expect(await propose(call, [{ ...meter, effectiveFrom: 'soon' }])).toMatchObject(bad(400, 'ENTRIES_INVALID'));
    expect(await call({ method: 'GET', path: '/v1/catalog/toString' })).toMatchObject(bad(404, 'NO_SUCH_KIND'));
    const unknown = await call({ method: 'GET', path: '/v1/catalog/publications/pub-none' });
    expect(unknown).toMatchObject(bad(404, 'NO_SUCH_PUBLICATION'));
  });
});

describe('API keys', () => {
  it('are issued and revoked by operators only', async () => {
    const audit = memoryAuditLog(clock);
    const gateway = { create: async () => 'gk-1', remove: async () => undefined };
    const call = caller(apiKeyRoutes({ access: memoryAccess(audit), gateway, clock, ids: countingIds() }));
    const body = { name: 'platform', sources: ['//larkspur.example/platform'] };
    const post = (roles: Role[]) => call({ method: 'POST', path: '/v1/api-keys', body, roles });
    expect(await post(['finance-approver'])).toMatchObject(bad(403, 'ROLE_MISSING'));
    const { status, body: issued } = await post(['operator']);
    const { keyId, secret } = issued as { keyId: string; secret: string };
    expect([status, secret.startsWith('mbk_')]).toEqual([201, true]);
    expect(await call({ method: 'DELETE', path: `/v1/api-keys/${keyId}` })).toMatchObject({ status: 200 });
    expect(await call({ method: 'DELETE', path: '/v1/api-keys/key-none' })).toMatchObject(bad(404, 'NO_SUCH_KEY'));
  });
});
