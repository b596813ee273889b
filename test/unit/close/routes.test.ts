import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { documentDeliveries } from '../../../lambdas/close/document-deliveries.ts';
import type { ExplainPorts } from '../../../lambdas/close/explain-line.ts';
import { refreshPosting } from '../../../lambdas/close/refresh-posting.ts';
import { adjustmentRoutes } from '../../../lambdas/close/routes/adjustments.ts';
import { closeRoutes } from '../../../lambdas/close/routes/closes.ts';
import { documentRoutes } from '../../../lambdas/close/routes/documents.ts';
import { exceptionRoutes } from '../../../lambdas/close/routes/exceptions.ts';
import { lineRoutes } from '../../../lambdas/close/routes/lines.ts';
import { startClose } from '../../../lambdas/close/start-close.ts';
import { supersedeOpen } from '../../../lambdas/close/supersede.ts';
import { httpEdge } from '../../../lambdas/platform/http-edge.ts';
import { closeAll, documentsOf, goOn, makeWorld, runMachine, type World } from './close-world.ts';

type Answer = { readonly status: number; readonly body: Record<string, unknown> };

/** The finance API over a world of twins: what the handler wires, without AWS. */
const api = (world: World) => {
  const { clock, store, audit, machine, files, catalog } = world;
  const delivery = { statuses: world.erp.delivery.statuses };
  const deliveries = documentDeliveries({
    catalog,
    clock,
    store,
    deliveries: {
      ...delivery,
      statuses: async (adapter, ids) => [...(await delivery.statuses(adapter, ids))],
      attempts: async () => [],
      giveUp: (_adapter, id) => world.erp.giveUp(id),
    },
  });
  const keys: (string | undefined)[] = [];
  const woken: string[] = [];
  // A ledger without appends: the pins of these tests are made by hand.
  const nothing = async () => ({ appends: [], overlays: [], queries: 0, bytes: 0 });
  const explain: ExplainPorts = {
    store,
    files,
    catalog,
    ledger: { putIfAbsent: async () => 'taken', slotAbove: nothing, day: nothing },
    archive: { line: async () => Promise.reject(new Error('no line is asked for')) },
  };
  const tokens = {
    wake: async (token: string) => {
      woken.push(token);
      return 'sent' as const;
    },
  };
  const edge = httpEdge(
    [
      ...closeRoutes({
        store,
        files,
        approval: { clock, store, tokens, pause: async () => undefined },
        start: async ({ idempotencyKey, ...request }) => {
          keys.push(idempotencyKey);
          return startClose({ clock, store, audit, machine }, request);
        },
        supersede: (dates, by) => supersedeOpen({ store, audit, tokens }, dates, by),
        refresh: (closeId) => refreshPosting({ store, catalog, clock, delivery }, closeId),
      }),
      ...documentRoutes({ store, files, deliveries }),
      ...lineRoutes({ ...explain, catalog, usage: world.ports.usage }),
      ...adjustmentRoutes({ clock, audit, store, files }),
      ...exceptionRoutes({ clock, store, giveUp: deliveries.giveUp, countAll: world.countAll }),
    ],
    new Logger({ logLevel: 'SILENT' }),
  );
  const call = async (who: string, groups: string, method: string, path: string, body?: unknown): Promise<Answer> => {
    const [pathname = '', search = ''] = path.split('?');
    const event = {
      httpMethod: method,
      path: pathname,
      headers: { 'Idempotency-Key': 'key-1' },
      queryStringParameters: Object.fromEntries(new URLSearchParams(search)),
      pathParameters: null,
      body: body === undefined ? null : JSON.stringify(body),
      isBase64Encoded: false,
      requestContext: { requestId: 'r', authorizer: { claims: { 'cognito:username': who, 'cognito:groups': groups } } },
    } as unknown as APIGatewayProxyEvent;
    const result = (await edge(event, {} as Context)) as APIGatewayProxyResult;
    return { status: result.statusCode, body: JSON.parse(result.body) };
  };
  return {
    keys,
    woken,
    pia: (method: string, path: string, body?: unknown) => call('pia', 'finance-preparer', method, path, body),
    anton: (method: string, path: string, body?: unknown) => call('anton', 'finance-approver', method, path, body),
    sue: (method: string, path: string, body?: unknown) => call('sue', 'success', method, path, body),
  };
};

const CLOSE = 'close-20261001-20261101-1';
const A1 = 'mb-a1-20261001-invoice-1USD-0';

const approve = async (world: World, closeId: string, entity: string): Promise<void> => {
  const manifest = await world.store.manifest(`${closeId}_${entity}`);
  const record = { actor: 'anton', action: 'manifest.approve', target: `${closeId}_${entity}`, details: {} };
  const decision = { decision: 'approve' as const, by: 'anton', at: world.clock.now() };
  await world.store.decideManifest(`${closeId}_${entity}`, manifest?.hash ?? '', decision, record);
};

describe('the finance API', () => {
  it('starts, shows, approves and reconciles a close', async () => {
    const world = makeWorld();
    world.ownerless.push({ subject: 'org-99', events: 2 });
    const { pia, anton, keys, woken } = api(world);
    expect(await pia('POST', '/v1/closes', { start: '2026-10-01', end: '2026-11-01' })).toEqual({
      status: 202,
      body: { closeId: CLOSE },
    });
    expect(keys).toEqual(['key-1']);
    expect((await pia('GET', `/v1/closes/${CLOSE}/reconciliation`)).status).toBe(404);
    await runMachine(world, CLOSE);
    const shown = await anton('GET', `/v1/closes/${CLOSE}`);
    expect(Object.keys(shown.body)).toEqual(['close', 'manifests', 'exceptions']);
    expect(JSON.stringify(shown.body)).not.toContain('token-');
    const manifests = shown.body.manifests as { manifestId: string; hash: string }[];
    for (const { manifestId, hash } of manifests) {
      const path = `/v1/closes/${CLOSE}/manifests/${manifestId}/decision`;
      expect((await pia('POST', path, { decision: 'approve', hash })).body.code).toBe('MAKER_IS_CHECKER');
      expect((await anton('POST', path, { decision: 'approve', hash: 'old' })).body.code).toBe('STALE_MANIFEST');
      expect((await anton('POST', path, { decision: 'maybe', hash })).status).toBe(400);
      expect((await anton('POST', path, { decision: 'approve', hash })).status).toBe(200);
    }
    expect(woken).toHaveLength(2);
    expect((await world.store.close(CLOSE))?.steps.approve).toMatchObject({ state: 'done', done: 2 });
    await goOn(world, CLOSE);
    expect((await pia('GET', `/v1/closes/${CLOSE}/reconciliation`)).body).toMatchObject({ breaks: 0 });
    expect((await pia('GET', '/v1/closes')).body.items).toMatchObject([{ closeId: CLOSE, status: 'done' }]);
    expect((await pia('GET', `/v1/closes/${CLOSE}/accounts`)).body.items).toHaveLength(3);
  });

  it('lists documents without arithmetic and shows one with all of it', async () => {
    const world = makeWorld();
    world.usage.set('org-a1', '150');
    await closeAll(world);
    const { pia } = api(world);
    const list = await pia('GET', `/v1/documents?closeId=${CLOSE}`);
    expect(list.body.items).toMatchObject([
      { document: { documentId: A1, total: '55.00' }, delivery: { state: 'posted', vendorId: `v-${A1}` } },
      {},
      {},
    ]);
    expect(JSON.stringify(list.body)).not.toContain('arithmetic');
    const one = await pia('GET', `/v1/documents/${A1}`);
    expect(one.body).toMatchObject({ document: { documentId: A1 }, attempts: [], delivery: { state: 'posted' } });
    expect(JSON.stringify(one.body)).toContain('arithmetic');
    expect((await pia('GET', '/v1/documents')).status).toBe(400);
    expect((await pia('GET', '/v1/documents/none')).status).toBe(404);
  });

  it('shows a line with every document that carries it, and its events page by page', async () => {
    const world = makeWorld();
    world.usage.set('org-a1', '150');
    await closeAll(world);
    world.usage.set('org-a1', '180');
    const { close } = await closeAll(world);
    const { pia } = api(world);
    const [stored] = (await world.store.listDocuments(close.closeId, 1)).items;
    const lineId = stored?.document.lines[0]?.lineId ?? '';
    const line = await pia('GET', `/v1/lines/${lineId}`);
    expect(line.body).toMatchObject({ id: lineId, amount: '8.00', arithmetic: { step: 'line' } });
    expect(line.body.documents).toMatchObject([
      { documentId: A1, amount: '5.00' },
      { documentId: 'mb-a1-20261001-debit-memo-1USD-1', amount: '3.00' },
    ]);
    // The same id as in the delivery's messages: from the line to the log lines of its posting.
    const sent = new Map(world.sent.map(({ deliveryId, correlationId }) => [deliveryId, correlationId]));
    for (const { documentId, correlationId } of line.body.documents as {
      documentId: string;
      correlationId: string;
    }[]) {
      expect(correlationId).toBe(sent.get(documentId));
      expect(correlationId).toMatch(new RegExp(`^close-.+/${documentId}$`));
    }
    expect(JSON.stringify(line.body)).not.toContain('linesKey');
    expect((await pia('GET', `/v1/lines/${lineId}/verification`)).body).toMatchObject({ equal: true, lineId });
    expect((await pia('GET', '/v1/lines/none/verification')).body.code).toBe('NO_SUCH_LINE');
    // What was pinned is not in this ledger: that is no empty list of events.
    expect((await pia('GET', `/v1/lines/${lineId}/events`)).body.code).toBe('INTERNAL');
    expect((await pia('GET', '/v1/lines/none')).body.code).toBe('NO_SUCH_LINE');
  });

  it('lists and resolves exceptions; who decides becomes a maker', async () => {
    const world = makeWorld();
    world.ownerless.push({ subject: 'org-99', events: 2 });
    await closeAll(world);
    const { pia, anton } = api(world);
    const open = (await pia('GET', '/v1/exceptions?state=open')).body.items as { exceptionId: string }[];
    expect(open).toHaveLength(1);
    const path = `/v1/exceptions/${open[0]?.exceptionId}/resolution`;
    expect((await anton('POST', path, { decision: 'accepted', reason: 'x' })).body.code).toBe('ROLE_MISSING');
    expect((await pia('POST', path, { decision: 'Not A Word', reason: 'x' })).status).toBe(400);
    expect((await pia('POST', path, { decision: 'accepted' })).status).toBe(400);
    expect((await pia('POST', path, { decision: 'void', reason: 'x' })).body.code).toBe('NOT_VOIDABLE');
    expect((await pia('POST', path, { decision: 'accepted', reason: 'a test account' })).body).toMatchObject({
      exception: { state: 'resolved', resolution: { by: 'pia' } },
    });
    expect((await pia('POST', path, { decision: 'accepted', reason: 'x' })).body.code).toBe('ALREADY_RESOLVED');
    expect((await pia('GET', '/v1/exceptions')).body.items).toEqual([]);
    expect((await pia('GET', '/v1/exceptions?state=resolved')).body.items).toHaveLength(1);
    expect((await world.audit.list(0, 100)).at(-1)).toMatchObject({ action: 'exception.resolve', actor: 'pia' });
  });

  it('takes adjustments of a line, and shows what stands beside the rating of a close', async () => {
    const world = makeWorld();
    const { close } = await closeAll(world);
    const { pia, anton } = api(world);
    const document = (await pia('GET', `/v1/documents/${A1}`)).body.document as { lines: { lineId: string }[] };
    const path = `/v1/lines/${document.lines[0]?.lineId}/adjustments`;
    const wanted = { kind: 'goodwill', amount: '-2.00', reason: 'outage' };
    expect((await anton('POST', path, wanted)).body.code).toBe('ROLE_MISSING');
    expect((await pia('POST', path, { ...wanted, kind: 'gift' })).status).toBe(400);
    expect((await pia('POST', path, wanted)).body).toMatchObject({ adjustment: { amount: '-2.00', by: 'pia' } });
    const shown = await anton('GET', `/v1/closes/${close.closeId}/entries`);
    expect(shown.body.items).toMatchObject([{ kind: 'goodwill', account: 'a1', reason: 'outage' }]);
  });

  it('lets newer knowledge take the place of what waits for approval, once, and never of what is approved', async () => {
    const world = makeWorld();
    const { pia, woken } = api(world);
    const dates = { start: '2026-10-01', end: '2026-11-01' };
    world.usage.set('org-a1', '150');
    await pia('POST', '/v1/closes', dates);
    await runMachine(world, CLOSE);
    await approve(world, CLOSE, 'gmbh');
    world.usage.set('org-a1', '180');
    // Without being told so it is left alone.
    expect((await pia('POST', '/v1/closes', dates)).body).toEqual({ closeId: CLOSE });
    const superseded = await pia('POST', '/v1/closes', { ...dates, supersede: true });
    expect(superseded).toEqual({ status: 202, body: { closeId: CLOSE, superseded: [`${CLOSE}_inc`] } });
    expect(woken).toEqual([`token-${CLOSE}_inc`]);
    const manifest = await world.store.manifest(`${CLOSE}_inc`);
    const record = { actor: 'anton', action: 'manifest.approve', target: '', details: {} };
    const decision = { decision: 'approve' as const, by: 'anton', at: world.clock.now() };
    // Whoever decides a moment later is too late.
    expect(await world.store.decideManifest(`${CLOSE}_inc`, manifest?.hash ?? '', decision, record)).toBe(false);

    expect((await goOn(world, CLOSE)).state).toBe('done');
    expect((await world.store.close(CLOSE))?.steps.done.notes?.join(' ')).toContain('superseded');
    const next = await world.store.latestClose(dates);
    expect(next).toMatchObject({ run: 2, startedBy: 'pia', status: 'running' });
    await runMachine(world, next?.closeId ?? '');
    const documents = await documentsOf(world, next?.closeId ?? '');
    // The invoice is made anew with all that is known, and nothing of what was approved is billed again.
    expect(documents.map(({ account, kind, total }) => [account, kind, total])).toEqual([
      ['a1', 'invoice', '58.00'],
      ['a2', 'invoice', '50.00'],
    ]);
  });

  it('lets nobody in who has nothing to do with finance', async () => {
    const { sue, anton } = api(makeWorld());
    for (const path of [
      '/v1/closes',
      `/v1/closes/${CLOSE}`,
      '/v1/documents?closeId=x',
      '/v1/lines/x',
      '/v1/exceptions',
    ]) {
      expect((await sue('GET', path)).body.code).toBe('ROLE_MISSING');
    }
    expect((await anton('POST', '/v1/closes', { start: '2026-10-01', end: '2026-11-01' })).status).toBe(403);
    expect((await anton('GET', `/v1/closes/${CLOSE}`)).status).toBe(404);
  });
});
